//! Functions as values: what lambdas are called with, by the one method of the type that is asked for.

use super::{RULES, choose, types};
use crate::{
    record::{Expr, ExprId, SymbolKind},
    resolve::{Def, Env, FileRef, Resolver, Ty},
};

/// What an object of a type with one method is called with, and gives.
pub(super) fn shape(resolver: &mut Resolver<'_>, ty: &Ty) -> Ty {
    match ty {
        Ty::Lib(..) => match shape_of_lib(ty) {
            Ty::Unknown => ty.clone(),
            shape => shape,
        },
        // A class is no function, whatever it inherits.
        Ty::Of(def, _) if resolver.kind_of(def) != Some(SymbolKind::Interface) => ty.clone(),
        Ty::Of(def, args) => {
            let env = types::env(resolver, def, args);
            if let Some((method, env)) = types::only_method(resolver, def, &env) {
                let params = params(resolver, &method, &env);
                let gives = match resolver.binding_of(&method) {
                    Some((facts, binding)) => resolver.as_type(facts.file, binding.ty).with(&env),
                    None => Ty::Unknown,
                };
                return Ty::Fn(params.into(), gives.into());
            }
            // It may be one from outside under another name.
            let line = types::line(resolver, def);
            let shapes: Vec<Ty> = line.outside.iter().map(|one| shape_of_lib(&one.with(&env))).collect();
            shapes.into_iter().find(|shape| matches!(shape, Ty::Fn(..))).unwrap_or_else(|| ty.clone())
        }
        _ => ty.clone(),
    }
}

fn shape_of_lib(ty: &Ty) -> Ty {
    match ty {
        Ty::Lib(name, args) if RULES.stubs().has_own(name, "@call") => {
            RULES.stubs().member(name, args, "@call").map_or(Ty::Unknown, |(member, filled)| member.shape(&filled))
        }
        _ => Ty::Unknown,
    }
}

/// The types of a method's parameters.
pub(super) fn params(resolver: &mut Resolver<'_>, method: &Def, env: &Env) -> Vec<Ty> {
    let Some((facts, binding)) = resolver.binding_of(method) else { return Vec::new() };
    let params = facts.facts.list(binding.params).to_vec();
    let ty = |&param: &u32| facts.facts.bindings.get(param as usize).map_or(0, |param| param.ty);
    params.iter().map(|param| resolver.as_type(facts.file, ty(param)).with(env)).collect()
}

/// What a type parameter is at least; itself, if nothing is said.
pub(super) fn bound(resolver: &mut Resolver<'_>, ty: &Ty) -> Ty {
    let mut ty = ty.clone();
    for _ in 0..8 {
        let Ty::Var(var) = &ty else { break };
        let Some((facts, binding)) = resolver.binding_of(var) else { break };
        match resolver.as_type(facts.file, binding.ty) {
            Ty::Unknown => break,
            bound => ty = bound,
        }
    }
    ty
}

/// One of the bounds of a type parameter, if it is another type parameter or has any.
pub(super) fn bound_once(resolver: &mut Resolver<'_>, ty: &Ty) -> Option<Ty> {
    let Ty::Var(var) = ty else { return None };
    let (facts, binding) = resolver.binding_of(var)?;
    Some(resolver.as_type(facts.file, binding.ty)).filter(|bound| !bound.is_unknown() && bound != ty)
}

/// What the lambda at an argument of a call is called with at one of its parameters.
pub(super) fn given(resolver: &mut Resolver<'_>, file: FileRef, call: ExprId, arg: u32, nth: u32) -> Ty {
    let Some(facts) = resolver.facts(file) else { return Ty::Unknown };
    let (callee, args) = match facts.facts.expr(call) {
        Expr::Call { callee, args } => (resolver.ty(file, callee), args),
        Expr::New { ty, args } => (choose::constructor(resolver, file, ty, args), args),
        _ => return Ty::Unknown,
    };
    let args = facts.facts.list(args);
    // Other lambdas tell nothing before their own parameters are known.
    let told = |resolver: &mut Resolver<'_>, at: usize| match args.get(at) {
        Some(&one) if at as u32 != arg && !matches!(facts.facts.expr(one), Expr::Function { .. }) => {
            resolver.ty(file, one)
        }
        _ => Ty::Unknown,
    };
    callee.map(|callee| match callee {
        Ty::LibFunc(of, name) => match &**of {
            Ty::Lib(of, given) | Ty::LibType(of, given) => {
                let all: Vec<Ty> = (0..args.len()).map(|at| told(resolver, at)).collect();
                let Some((member, filled)) = RULES.stubs().member(of, given, name) else { return Ty::Unknown };
                member.given_with(&filled, &all, arg as usize, nth as usize)
            }
            _ => Ty::Unknown,
        },
        Ty::Func(def, env) => {
            let params = params(resolver, def, env);
            let mut found = Vec::new();
            for (at, param) in params.iter().enumerate() {
                let one = told(resolver, at);
                resolver.unify(param, &one, &mut found, 0);
            }
            let Some(param) = params.get(arg as usize).or(params.last()) else { return Ty::Unknown };
            let param = match param {
                Ty::Lib(name, args) if &**name == "..." => args.first().cloned().unwrap_or_default(),
                param => param.clone(),
            };
            match shape(resolver, &param.with(&found.into())) {
                Ty::Fn(params, _) => params.get(nth as usize).cloned().unwrap_or_default(),
                _ => Ty::Unknown,
            }
        }
        _ => Ty::Unknown,
    })
}
