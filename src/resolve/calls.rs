//! What comes out of calls, and what goes into functions that are arguments.

use std::sync::Arc;

use super::{
    Resolver,
    found::Found,
    rules::Rules,
    ty::{Args, Def, Env, FileRef, Ty, none},
    types::joined,
};
use crate::record::{Expr, ExprId, NONE, SymbolKind};

impl Resolver<'_> {
    /// What a call of a value of this type gives.
    pub fn called(&mut self, rules: &Rules, callee: &Ty, args: &[Ty]) -> Ty {
        callee.map(|callee| match callee {
            Ty::Func(def, env) => self.returned(def, env, args),
            Ty::Type(def, given) if given.is_empty() => self.constructed(def, args),
            Ty::Type(def, given) => Ty::Of(def.clone(), given.clone()),
            Ty::LibType(name, given) => match rules.stubs().function(name) {
                Some((member, filled)) => member.gives(&filled, args),
                None => Ty::Lib(name.clone(), given.clone()),
            },
            Ty::LibFunc(of, name) => match &**of {
                Ty::Lib(of, given) | Ty::LibType(of, given) => match rules.stubs().member(of, given, name) {
                    Some((member, filled)) => member.gives(&filled, args),
                    None => Ty::outside(),
                },
                _ => Ty::outside(),
            },
            Ty::Lib(..) => Ty::outside(),
            Ty::Fn(_, gives) => (**gives).clone(),
            Ty::Of(..) | Ty::Var(_) | Ty::Object(_) | Ty::Record(..) => {
                if let Some(under) = (rules.underlying)(self, callee) {
                    return self.called(rules, &under, args);
                }
                if matches!(callee, Ty::Var(_)) {
                    return Ty::Unknown;
                }
                let found = (rules.member)(self, callee, "@call");
                self.called_found(rules, &found, args)
            }
            _ => Ty::Unknown,
        })
    }

    fn called_found(&mut self, rules: &Rules, found: &Found, args: &[Ty]) -> Ty {
        let all: Vec<Ty> = found
            .hits()
            .iter()
            .map(|hit| {
                let ty = self.def_ty(&hit.def).with(&hit.env);
                self.called(rules, &ty, args)
            })
            .collect();
        Ty::either(all)
    }

    /// What a function returns.
    pub fn returned(&mut self, def: &Def, env: &Env, args: &[Ty]) -> Ty {
        let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
        let ty =
            if binding.ty != 0 { self.as_type(facts.file, binding.ty) } else { self.ty(facts.file, binding.value) };
        if matches!(ty, Ty::Unknown | Ty::Lib(..)) && !has_vars(&ty) {
            return ty;
        }
        let inferred = self.inferred(facts.file, binding.params, binding.generics, args);
        ty.with(&joined(env, &inferred))
    }

    /// An object of a type, its type arguments as its constructor's arguments tell.
    pub(super) fn constructed(&mut self, def: &Def, args: &[Ty]) -> Ty {
        let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
        if self.kind_of(def) == Some(SymbolKind::TypeAlias) {
            return self.instance(&Ty::Type(def.clone(), none()));
        }
        let generics = facts.facts.list(binding.generics);
        if generics.is_empty() {
            return Ty::Of(def.clone(), none());
        }
        let inferred = self.inferred(facts.file, binding.params, binding.generics, args);
        let given: Args = generics
            .iter()
            .map(|&var| {
                let var = Def::Bound(facts.file, var);
                inferred.iter().find(|(known, _)| *known == var).map_or(Ty::Unknown, |(_, ty)| ty.clone())
            })
            .collect();
        if given.iter().all(Ty::is_unknown) { Ty::Of(def.clone(), none()) } else { Ty::Of(def.clone(), given) }
    }

    /// What a function's own type parameters stand for, by its arguments.
    fn inferred(&mut self, file: FileRef, params: u32, generics: u32, args: &[Ty]) -> Env {
        if generics == NONE || params == NONE || args.is_empty() {
            return [].into();
        }
        let Some(facts) = self.world.facts(file) else { return [].into() };
        let mut found: Vec<(Def, Ty)> = Vec::new();
        let params = facts.facts.list(params);
        for (nth, arg) in args.iter().enumerate() {
            let param = params.get(nth).or(params.last()).copied().unwrap_or(NONE);
            let Some(binding) = facts.facts.bindings.get(param as usize) else { continue };
            let is_rest = super::wanted::is_rest(&facts, binding);
            if nth >= params.len() && !is_rest {
                break;
            }
            if is_rest {
                let ty = self.as_type(file, binding.ty);
                let one = self.part_of(facts.rules, &ty, "@element");
                self.unify(&one, arg, &mut found, 0);
                continue;
            }
            let mut ty = self.as_type(file, binding.ty);
            if matches!(arg, Ty::Fn(..)) {
                ty = (facts.rules.shape)(self, &ty);
            }
            if let Ty::Lib(name, element) = &ty
                && &**name == "..."
            {
                // One of any number, or all of them.
                let array = matches!(arg, Ty::Lib(name, _) if matches!(&**name, "[]" | "..."));
                ty = if array {
                    Ty::Lib("[]".into(), element.clone())
                } else {
                    element.first().cloned().unwrap_or_default()
                };
            }
            match (facts.rules.fit)(self, &ty, arg) {
                Some((ty, arg)) => self.unify(&ty, &arg, &mut found, 0),
                None => self.unify(&ty, arg, &mut found, 0),
            }
        }
        // What bounds one type parameter may be made of others.
        for &var in facts.facts.list(generics) {
            let bound = facts.facts.bindings.get(var as usize).map_or(0, |var| var.ty);
            let var = Def::Bound(file, var);
            if bound != 0
                && let Some((_, known)) = found.iter().find(|(one, _)| *one == var).cloned()
            {
                let bound = self.as_type(file, bound);
                let (bound, known) = (facts.rules.fit)(self, &bound, &known).unwrap_or((bound, known));
                self.unify(&bound, &known, &mut found, 0);
            }
        }
        found.into()
    }

    /// What type parameters in one type must stand for, so that it is the other.
    pub fn unify(&mut self, ty: &Ty, with: &Ty, found: &mut Vec<(Def, Ty)>, depth: u32) {
        if depth > 6 {
            return;
        }
        let depth = depth + 1;
        match (ty, with) {
            (_, Ty::Unknown) => {}
            (Ty::Var(var), _) if found.iter().any(|(known, _)| known == var) => {}
            (Ty::Var(var), _) => found.push((var.clone(), with.clone())),
            (Ty::Of(def, args), Ty::Of(other, given)) => {
                if def == other {
                    args.iter().zip(given.iter()).for_each(|(arg, given)| self.unify(arg, given, found, depth));
                    return;
                }
                // What the argument inherits from may be what is asked for.
                let env = self.generics_env(other, given);
                for base in self.bases(other) {
                    for one in base.with(&env).each() {
                        if matches!(one, Ty::Of(..)) {
                            self.unify(ty, one, found, depth);
                        }
                    }
                }
            }
            (Ty::Lib(name, args), Ty::Lib(other, given)) if name == other => {
                args.iter().zip(given.iter()).for_each(|(arg, given)| self.unify(arg, given, found, depth));
            }
            (Ty::Tuple(args), Ty::Tuple(given)) => {
                args.iter().zip(given.iter()).for_each(|(arg, given)| self.unify(arg, given, found, depth));
            }
            (Ty::Fn(params, gives), Ty::Fn(others, given)) => {
                params.iter().zip(others.iter()).for_each(|(param, other)| self.unify(param, other, found, depth));
                self.unify(gives, given, found, depth);
            }
            (Ty::Fn(_, gives), Ty::Func(def, env)) => {
                let given = self.returned(def, env, &[]);
                self.unify(gives, &given, found, depth);
            }
            (Ty::Either(any), Ty::Either(given)) => {
                for one in given.iter() {
                    any.iter().for_each(|ty| self.unify(ty, one, found, depth));
                }
            }
            (Ty::Either(any), _) => any.iter().for_each(|ty| self.unify(ty, with, found, depth)),
            (_, Ty::Either(any)) => any.iter().for_each(|one| self.unify(ty, one, found, depth)),
            _ => {}
        }
    }

    /// A member of something from outside, as a value.
    pub(super) fn lib_member(&mut self, rules: &Rules, of: &Ty, name: &str) -> Ty {
        match of {
            Ty::Lib(of_name, _) | Ty::LibType(of_name, _) if of_name.is_empty() => Ty::outside(),
            Ty::Lib(of_name, given) | Ty::LibType(of_name, given) => {
                if rules.stubs().member(of_name, given, name).is_some() {
                    return Ty::LibFunc(Arc::new(of.clone()), name.into());
                }
                // A function of a module from outside is known by its last name.
                match of {
                    Ty::LibType(..) if rules.stubs().function(name).is_some() || rules.stubs().knows(name) => {
                        Ty::LibType(name.into(), none())
                    }
                    Ty::LibType(..) if !rules.stubs().knows(of_name) => Ty::LibType(name.into(), none()),
                    // What it leads to may have it.
                    _ => match rules.stubs().member(of_name, given, "@deref") {
                        Some((member, filled)) => {
                            let inner = member.gives(&filled, &[]);
                            if inner == *of { Ty::outside() } else { self.lib_member(rules, &inner, name) }
                        }
                        None => Ty::outside(),
                    },
                }
            }
            Ty::LibFunc(of, func) => {
                // The field of a library's type, and what that has.
                let value = match &**of {
                    Ty::Lib(of, given) => {
                        rules.stubs().member(of, given, func).map(|(member, filled)| member.gives(&filled, &[]))
                    }
                    _ => None,
                };
                value.map_or_else(Ty::outside, |value| self.lib_member(rules, &value, name))
            }
            Ty::Tuple(_) | Ty::Fn(..) => Ty::outside(),
            // It may inherit from something outside.
            Ty::Of(..) | Ty::Type(..) | Ty::Var(_) => match (rules.library_of)(self, of) {
                Some(lib) => self.lib_member(rules, &lib, name),
                None => Ty::Unknown,
            },
            _ => Ty::Unknown,
        }
    }

    /// A part of a value: what it gives when it is run over, indexed, awaited.
    pub(super) fn part(&mut self, file: FileRef, of: ExprId, which: &str) -> Ty {
        let whole = self.ty(file, of);
        let rules = self.rules(file);
        whole.map(|whole| self.part_of(rules, whole, which))
    }

    pub fn part_of(&mut self, rules: &Rules, whole: &Ty, which: &str) -> Ty {
        match whole {
            Ty::Tuple(parts) if matches!(which, "@element" | "@index") => Ty::either(parts.iter().cloned()),
            Ty::Lib(name, args) => match rules.stubs().member(name, args, which) {
                Some((member, filled)) => member.gives(&filled, &[]),
                None if matches!(which, "@await" | "@unwrap") => whole.clone(),
                None => Ty::outside(),
            },
            Ty::LibFunc(of, name) => {
                // A field.
                let value = match &**of {
                    Ty::Lib(of, given) => {
                        rules.stubs().member(of, given, name).map(|(member, filled)| member.gives(&filled, &[]))
                    }
                    _ => None,
                };
                value.map_or_else(Ty::outside, |value| self.part_of(rules, &value, which))
            }
            Ty::Of(..) | Ty::Var(_) | Ty::Record(..) => {
                if let Some(under) = (rules.underlying)(self, whole) {
                    return self.part_of(rules, &under, which);
                }
                if matches!(whole, Ty::Var(_)) {
                    return if matches!(which, "@await" | "@unwrap") { whole.clone() } else { Ty::Unknown };
                }
                let found = (rules.member)(self, whole, which);
                if found.hits().is_empty() {
                    return match (rules.library_of)(self, whole) {
                        Some(lib) => self.part_of(rules, &lib, which),
                        None if matches!(which, "@await" | "@unwrap") => whole.clone(),
                        None => Ty::Unknown,
                    };
                }
                self.called_found(rules, &found, &[])
            }
            _ if matches!(which, "@await" | "@unwrap") => whole.clone(),
            _ => Ty::Unknown,
        }
    }

    /// What the function at argument `arg` of a call is called with at its parameter `nth`.
    pub(super) fn given(&mut self, file: FileRef, call: ExprId, arg: u32, nth: u32) -> Ty {
        let Some(facts) = self.world.facts(file) else { return Ty::Unknown };
        let rules = facts.rules;
        if let Some(given) = rules.given {
            return given(self, file, call, arg, nth);
        }
        let (callee, args) = match facts.facts.expr(call) {
            Expr::Call { callee, args } => (callee, args),
            Expr::New { ty, args } => (ty, args),
            _ => return Ty::Unknown,
        };
        let callee = self.ty(file, callee);
        let args = facts.facts.list(args);
        callee.map(|callee| match callee {
            Ty::LibFunc(of, name) => match &**of {
                Ty::Lib(of, given) | Ty::LibType(of, given) => rules
                    .stubs()
                    .member(of, given, name)
                    .map_or(Ty::Unknown, |(member, filled)| member.given(&filled, arg as usize, nth as usize)),
                _ => Ty::Unknown,
            },
            Ty::Func(def, env) => {
                let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
                let params = facts.facts.list(binding.params);
                let Some(param) = params.get(arg as usize).and_then(|&param| facts.facts.bindings.get(param as usize))
                else {
                    return Ty::Unknown;
                };
                // Type parameters are told by the other arguments.
                let mut told: Vec<(Def, Ty)> = Vec::new();
                for (at, (&param, &one)) in params.iter().zip(args).enumerate() {
                    if at as u32 == arg {
                        continue;
                    }
                    let Some(binding) = facts.facts.bindings.get(param as usize) else { continue };
                    let ty = self.as_type(facts.file, binding.ty);
                    let one = self.ty(file, one);
                    self.unify(&ty, &one, &mut told, 0);
                }
                let env = joined(env, &told.into());
                let ty = self.as_type(facts.file, param.ty).with(&env);
                let params = self.params_of(&ty);
                params.get(nth as usize).map(|param| param.with(&env)).unwrap_or_default()
            }
            Ty::Fn(params, _) => match params.get(arg as usize) {
                Some(Ty::Fn(params, _)) => params.get(nth as usize).cloned().unwrap_or_default(),
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        })
    }

    /// The parameters of a value that can be called.
    pub(super) fn params_of(&mut self, ty: &Ty) -> Vec<Ty> {
        for one in ty.each() {
            match one {
                Ty::Fn(params, _) => return params.to_vec(),
                Ty::Var(_) => {
                    let bound = self.bound_of(one);
                    if let Some(Ty::Fn(params, _)) = bound.each().iter().find(|one| matches!(one, Ty::Fn(..))) {
                        return params.to_vec();
                    }
                }
                Ty::Func(def, env) => {
                    let Some((facts, binding)) = self.binding_of(def) else { continue };
                    let params = facts.facts.list(binding.params).to_vec();
                    return params
                        .iter()
                        .map(|&param| {
                            let ty = facts.facts.bindings.get(param as usize).map_or(0, |binding| binding.ty);
                            self.as_type(facts.file, ty).with(env)
                        })
                        .collect();
                }
                _ => {}
            }
        }
        Vec::new()
    }

    /// What is in a value that has a shape: the places of a variant, as a tuple; the object, narrowed to a type.
    pub(super) fn case(&mut self, file: FileRef, of: ExprId, by: ExprId) -> Ty {
        let whole = self.ty(file, of);
        let shape = self.ty(file, by);
        let rules = self.rules(file);
        let found = self.means(file, by);
        for hit in found.hits() {
            let Some((facts, binding)) = self.binding_of(&hit.def) else { continue };
            let kind = facts.facts.symbols.get(binding.symbol as usize).map(|symbol| symbol.kind);
            if binding.params != NONE
                && matches!(kind, Some(SymbolKind::EnumMember | SymbolKind::Struct | SymbolKind::Class))
            {
                let env = match whole.each().first() {
                    Some(Ty::Of(def, args)) => self.generics_env(def, args),
                    _ => [].into(),
                };
                let params = facts.facts.list(binding.params).to_vec();
                let parts: Args = params
                    .iter()
                    .map(|&param| {
                        let ty = facts.facts.bindings.get(param as usize).map_or(0, |binding| binding.ty);
                        self.as_type(facts.file, ty).with(&env)
                    })
                    .collect();
                return Ty::Lib("@case".into(), parts);
            }
            if kind == Some(SymbolKind::EnumMember) {
                if rules.variants_have_fields {
                    return Ty::Object(hit.def.clone());
                }
                return self.def_ty(&hit.def);
            }
        }
        match shape.each().first() {
            Some(shape @ Ty::Type(..)) => self.instance(shape),
            Some(Ty::LibType(name, _)) => {
                // `Some(x)`: what the library says of taking it apart.
                let which = format!("@case.{name}");
                let part = whole.each().first().map_or(Ty::Unknown, |whole| match whole {
                    Ty::Lib(of, args) => match rules.stubs().member(of, args, &which) {
                        Some((member, filled)) => member.gives(&filled, &[]),
                        None => Ty::Unknown,
                    },
                    _ => Ty::Unknown,
                });
                Ty::Lib("@case".into(), [part].into())
            }
            _ => Ty::Unknown,
        }
    }
}

fn has_vars(ty: &Ty) -> bool {
    match ty {
        Ty::Var(_) => true,
        Ty::Of(_, args) | Ty::Lib(_, args) | Ty::Tuple(args) | Ty::Either(args) => args.iter().any(has_vars),
        Ty::Fn(args, gives) => args.iter().any(has_vars) || has_vars(gives),
        _ => false,
    }
}
