//! The types of expressions.

use std::sync::Arc;

use super::{
    Resolver,
    found::{Found, Hit},
    memo::Question,
    ty::{Args, Def, Env, FileRef, Ty, none},
    world::FileFacts,
};
use crate::record::{BindingId, BindingKind, Expr, ExprId, ListId, NONE, SymbolFacts, SymbolKind};

impl Resolver<'_> {
    /// The type of the value of an expression.
    pub fn ty(&mut self, file: FileRef, expr: ExprId) -> Ty {
        if expr == 0 || expr == NONE {
            return Ty::Unknown;
        }
        self.remembered(Question::Value(file, expr), |this| this.ty_now(file, expr))
    }

    fn ty_now(&mut self, file: FileRef, expr: ExprId) -> Ty {
        let Some(facts) = self.world.facts(file) else { return Ty::Unknown };
        let rules = facts.rules;
        match facts.facts.expr(expr) {
            Expr::Unknown => Ty::Unknown,
            Expr::Bound(_) | Expr::Declared(_) | Expr::Free { .. } | Expr::Import { .. } => {
                let found = self.means(file, expr);
                self.ty_of_found(file, &found)
            }
            Expr::Member { of, .. } | Expr::Path { of, .. } if is_inside(&facts, of) => {
                let found = self.means(file, expr);
                self.ty_of_found(file, &found)
            }
            Expr::Path { of, .. } if rules.path.is_some() => {
                let found = self.means(file, expr);
                match found {
                    Found::Unknown if self.ty(file, of).is_outside() => Ty::outside(),
                    found => self.ty_of_found(file, &found),
                }
            }
            Expr::Inside { class } => self.inside_ty(file, class),
            Expr::Above { class } => Ty::either(self.bases(&Def::Bound(file, class))),
            Expr::Chosen { of, args } => self.chosen(file, expr, of, args).1,
            Expr::First(list) => {
                // What leads somewhere goes before what is only known to be from outside.
                for &one in facts.facts.list(list) {
                    if !self.means(file, one).hits().is_empty() {
                        return self.ty(file, one);
                    }
                }
                let all = facts.facts.list(list).iter().map(|&one| self.ty(file, one));
                all.into_iter().find(|ty| !ty.is_unknown()).unwrap_or_default()
            }
            Expr::Member { of, name } | Expr::Path { of, name } => {
                let of = self.ty(file, of);
                let name = facts.facts.name(name);
                if matches!(of, Ty::Either(_)) {
                    return self.member_ty(file, &of, name);
                }
                let found = self.means(file, expr);
                self.ty_of_member(file, &of, name, &found)
            }
            Expr::Call { callee, args } => {
                let callee_ty = self.ty(file, callee);
                let args = self.tys(file, args);
                self.called(rules, &callee_ty, &args)
            }
            Expr::New { ty, args } => {
                let of = self.ty(file, ty);
                if let Some(made) = rules.made {
                    return of.map(|of| made(self, file, of, args));
                }
                let args = self.tys(file, args);
                of.map(|of| match of {
                    Ty::Type(def, given) if given.is_empty() => {
                        this_or(self.constructed(def, &args), || Ty::Of(def.clone(), given.clone()))
                    }
                    Ty::Type(def, given) => Ty::Of(def.clone(), given.clone()),
                    Ty::LibType(name, given) => Ty::Lib(name.clone(), given.clone()),
                    Ty::Var(_) => of.clone(),
                    other => self.called(rules, other, &args),
                })
            }
            Expr::Instance(of) => self.as_type(file, of),
            Expr::Element(of) => self.part(file, of, "@element"),
            Expr::Index { of, by } => {
                let whole = self.ty(file, of);
                let index = facts.facts.expr(by);
                whole.map(|whole| match (whole, index) {
                    (Ty::Tuple(parts), Expr::Special { what, .. }) => {
                        // A tuple is asked by a number that is written down.
                        let nth: Option<usize> = facts.facts.name(what).parse().ok();
                        nth.and_then(|nth| parts.get(nth).cloned()).unwrap_or_default()
                    }
                    (whole, _) => self.part_of(rules, whole, "@index"),
                })
            }
            Expr::Nth { of, nth } => {
                let whole = self.ty(file, of);
                whole.map(|whole| match whole {
                    Ty::Tuple(parts) => parts.get(nth as usize).cloned().unwrap_or_default(),
                    Ty::Lib(name, args) if &**name == "@case" => args.get(nth as usize).cloned().unwrap_or_default(),
                    whole => self.part_of(rules, whole, "@element"),
                })
            }
            Expr::Await(of) => self.part(file, of, "@await"),
            Expr::Unwrap(of) => self.part(file, of, "@unwrap"),
            Expr::Deref(of) => {
                let of = self.ty(file, of);
                of.map(|of| (rules.deref)(self, of))
            }
            Expr::AddressOf(of) => self.ty(file, of),
            Expr::Either(list) => {
                let all: Vec<Ty> = facts.facts.list(list).iter().map(|&one| self.ty(file, one)).collect();
                Ty::either(all)
            }
            Expr::Tuple(list) => Ty::Tuple(self.tys(file, list).into()),
            Expr::Apply { of, args } => {
                let of = self.ty(file, of);
                let args: Args = self.types(file, args).into();
                of.map(|of| match of {
                    Ty::Type(def, _) => Ty::Type(def.clone(), args.clone()),
                    Ty::LibType(name, _) => Ty::LibType(name.clone(), args.clone()),
                    Ty::Func(def, env) => {
                        let given = self.generics_env(def, &args);
                        Ty::Func(def.clone(), joined(&given, env))
                    }
                    other => other.clone(),
                })
            }
            Expr::Lib { name, args } => Ty::Lib(facts.facts.name(name).into(), self.tys(file, args).into()),
            Expr::SelfValue { symbol } => self.self_ty(file, symbol),
            Expr::SelfType { symbol } => type_of(&self.self_ty(file, symbol)),
            Expr::Super { symbol } => self.super_ty(file, symbol),
            Expr::Function { params, gives } => {
                let params: Vec<Ty> = facts
                    .facts
                    .list(params)
                    .iter()
                    .map(|&param| {
                        let ty = facts.facts.bindings.get(param as usize).map_or(0, |binding| binding.ty);
                        self.as_type(file, ty)
                    })
                    .collect();
                Ty::Fn(params.into(), Arc::new(self.ty(file, gives)))
            }
            Expr::Given { call, slot } => self.given(file, call, slot >> 8, slot & 255),
            Expr::Result(of) => {
                let of = self.ty(file, of);
                self.called(rules, &of, &[])
            }
            Expr::TypeOf(of) => type_of(&self.ty(file, of)),
            Expr::Object { symbol } => self.def_of_symbol(file, symbol).map_or(Ty::Unknown, Ty::Object),
            Expr::Special { what, of } => {
                let of = self.ty(file, of);
                (rules.special)(self, file, facts.facts.name(what), &of)
            }
            Expr::Case { of, by } => self.case(file, of, by),
            Expr::Keyword { .. } => {
                let found = self.means(file, expr);
                self.ty_of_found(file, &found)
            }
            Expr::Record(binding) => Ty::Record(Def::Bound(file, binding), [].into()),
            Expr::ValueType(of) => self.ty(file, of),
            Expr::Wanted { call, nth } => self.wanted(file, call, nth as usize),
            Expr::Parameter { of, nth } => {
                let of = self.ty(file, of);
                self.parameter(&of, nth as usize)
            }
            Expr::Expected { record, name } => {
                let expected = self.expected(file, record);
                let ty = self.member_ty(file, &expected, facts.facts.name(name));
                // What holds anything under any name expects the same of each.
                if ty.is_unknown() || ty == Ty::outside() {
                    expected.map(|one| self.part_of(rules, one, "@index"))
                } else {
                    ty
                }
            }
        }
    }

    pub(super) fn tys(&mut self, file: FileRef, list: ListId) -> Vec<Ty> {
        let Some(facts) = self.world.facts(file) else { return Vec::new() };
        facts.facts.list(list).iter().map(|&one| self.ty(file, one)).collect()
    }

    pub(super) fn types(&mut self, file: FileRef, list: ListId) -> Vec<Ty> {
        let Some(facts) = self.world.facts(file) else { return Vec::new() };
        facts.facts.list(list).iter().map(|&one| self.as_type(file, one)).collect()
    }

    /// The type of the objects that a type expression describes.
    pub fn as_type(&mut self, file: FileRef, expr: ExprId) -> Ty {
        if expr == 0 || expr == NONE {
            return Ty::Unknown;
        }
        let normal = self.rules(file).normal;
        self.remembered(Question::Type(file, expr), |this| {
            let ty = this.as_type_now(file, expr);
            ty.map(|ty| normal(ty).unwrap_or_else(|| ty.clone()))
        })
    }

    fn as_type_now(&mut self, file: FileRef, expr: ExprId) -> Ty {
        let Some(facts) = self.world.facts(file) else { return Ty::Unknown };
        match facts.facts.expr(expr) {
            Expr::Either(list) => Ty::either(self.types(file, list)),
            Expr::Tuple(list) => Ty::Tuple(self.types(file, list).into()),
            Expr::Lib { name, args } => Ty::Lib(facts.facts.name(name).into(), self.types(file, args).into()),
            Expr::Function { params, gives } => {
                let params: Vec<Ty> = facts
                    .facts
                    .list(params)
                    .iter()
                    .map(|&param| {
                        let ty = facts.facts.bindings.get(param as usize).map_or(0, |binding| binding.ty);
                        self.as_type(file, ty)
                    })
                    .collect();
                Ty::Fn(params.into(), Arc::new(self.as_type(file, gives)))
            }
            Expr::SelfType { symbol } => self.self_ty(file, symbol),
            Expr::AddressOf(of) => self.as_type(file, of),
            Expr::ValueType(of) => self.ty(file, of),
            Expr::Apply { of, args } => {
                let args: Args = self.types(file, args).into();
                let of = self.ty(file, of);
                of.map(|of| self.instance(&with_args(of, &args)))
            }
            Expr::Special { what, of } => {
                let of = self.as_type(file, of);
                (facts.rules.special)(self, file, facts.facts.name(what), &of)
            }
            _ => {
                let ty = self.ty(file, expr);
                // Where a value bears the name of a type, the type is meant.
                let is_type = |ty: &Ty| matches!(ty, Ty::Type(..) | Ty::LibType(..) | Ty::Var(_));
                let only_types = facts.rules.types_apart && ty.each().iter().any(is_type);
                ty.map(|ty| if only_types && !is_type(ty) { Ty::Unknown } else { self.instance(ty) })
            }
        }
    }

    /// An object of a type.
    pub fn instance(&mut self, ty: &Ty) -> Ty {
        match ty {
            Ty::Type(def, args) if self.kind_of(def) == Some(SymbolKind::TypeAlias) => {
                let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
                let env = self.generics_env(def, args);
                self.as_type(facts.file, if binding.ty == 0 { binding.value } else { binding.ty }).with(&env)
            }
            Ty::Type(def, args) => Ty::Of(def.clone(), args.clone()),
            Ty::LibType(name, args) => Ty::Lib(name.clone(), args.clone()),
            Ty::Var(_) | Ty::Fn(..) | Ty::Tuple(_) => ty.clone(),
            Ty::Of(..) | Ty::Lib(..) | Ty::Object(_) | Ty::Record(..) => ty.clone(),
            _ => Ty::Unknown,
        }
    }

    /// What type parameters of a definition stand for, given its arguments.
    pub fn generics_env(&self, def: &Def, args: &Args) -> Env {
        if args.is_empty() {
            return [].into();
        }
        let Some((facts, binding)) = self.binding_of(def) else { return [].into() };
        let generics = facts.facts.list(binding.generics);
        generics.iter().zip(args.iter()).map(|(&var, arg)| (Def::Bound(facts.file, var), arg.clone())).collect()
    }

    /// A module by its full name.
    pub fn package_ty(&self, def: &Def) -> Ty {
        let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
        let name = facts.full_name(binding.symbol);
        name.map_or(Ty::Unknown, |name| Ty::Module(Def::package(facts.rules.family, &name)))
    }

    /// What a type parameter is bound to be.
    pub fn bound_of(&mut self, ty: &Ty) -> Ty {
        let Ty::Var(def) = ty else { return Ty::Unknown };
        let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
        match self.as_type(facts.file, binding.ty) {
            Ty::Var(_) => Ty::Unknown,
            bound => bound,
        }
    }

    /// The type of what a name means.
    pub fn ty_of_found(&mut self, _file: FileRef, found: &Found) -> Ty {
        match found {
            Found::Unknown => Ty::Unknown,
            Found::Outside(name) => Ty::LibType((**name).into(), none()),
            Found::Defs(hits) => {
                let all: Vec<Ty> = hits.iter().map(|hit| self.ty_of_hit(hit)).collect();
                Ty::either(all)
            }
        }
    }

    fn ty_of_hit(&mut self, hit: &Hit) -> Ty {
        let ty = self.def_ty(&hit.def);
        if hit.env.is_empty() {
            return ty;
        }
        match ty {
            Ty::Func(def, env) => Ty::Func(def, joined(&hit.env, &env)),
            ty => ty.with(&hit.env),
        }
    }

    /// The type of what is defined.
    pub fn def_ty(&mut self, def: &Def) -> Ty {
        self.remembered(Question::Def(def.clone()), |this| this.def_ty_now(def))
    }

    fn def_ty_now(&mut self, def: &Def) -> Ty {
        let Def::Bound(file, _) = def else { return Ty::Module(def.clone()) };
        let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
        let file = *file;
        let kind = facts.facts.symbols.get(binding.symbol as usize).map(|symbol| symbol.kind);
        match kind {
            _ if binding.kind == BindingKind::Accessor => return self.returned(def, &[].into(), &[]),
            Some(kind) if kind.is_type() || kind == SymbolKind::TypeAlias => return Ty::Type(def.clone(), none()),
            Some(kind) if kind.is_function() => return Ty::Func(def.clone(), [].into()),
            Some(SymbolKind::Module | SymbolKind::Namespace) => return (facts.rules.module)(self, def),
            _ => {}
        }
        match binding.kind {
            BindingKind::TypeParameter => Ty::Var(def.clone()),
            // A function that is no symbol.
            BindingKind::Definition | BindingKind::Signature if binding.params != NONE && kind.is_none() => {
                Ty::Func(def.clone(), [].into())
            }
            // A type that is none, as it may have no name.
            BindingKind::Definition if (binding.bases, binding.members) != (NONE, NONE) && kind.is_none() => {
                Ty::Type(def.clone(), none())
            }
            BindingKind::Import => {
                let found = self.means(file, binding.value);
                self.ty_of_found(file, &found)
            }
            _ if binding.ty != 0 => self.as_type(file, binding.ty),
            _ => self.ty(file, binding.value),
        }
    }

    /// What an object or type has under a name, by its type.
    pub fn member_ty(&mut self, file: FileRef, of: &Ty, name: &str) -> Ty {
        let rules = self.rules(file);
        of.map(|one| {
            let asking = std::mem::replace(&mut self.here, file);
            let found = (rules.member)(self, one, name);
            self.here = asking;
            let found = self.followed(found);
            self.ty_of_member(file, one, name, &found)
        })
    }

    /// The type of what was found in an object or type under a name.
    fn ty_of_member(&mut self, file: FileRef, of: &Ty, name: &str, found: &Found) -> Ty {
        match found {
            Found::Defs(_) => self.ty_of_found(file, found),
            // A module of which nothing is here.
            Found::Outside(_) if matches!(of, Ty::Module(_)) => Ty::outside(),
            _ => self.lib_member(self.rules(file), of, name),
        }
    }

    /// The object of the type that a symbol is, or is a member of.
    pub fn self_ty(&mut self, file: FileRef, symbol: u32) -> Ty {
        let holds = |symbol: &SymbolFacts| symbol.kind.is_type() || symbol.kind == SymbolKind::Impl;
        let Some(symbol) = self.around(file, symbol, holds) else { return Ty::Unknown };
        let Some(def) = self.def_of_symbol(file, symbol) else { return Ty::Unknown };
        let Some((facts, binding)) = self.binding_of(&def) else { return Ty::Unknown };
        if facts.facts.symbols.get(symbol as usize).is_some_and(|symbol| symbol.kind == SymbolKind::Impl) {
            return self.as_type(file, binding.ty);
        }
        // In a trait it is whatever has the trait.
        if facts.facts.symbols.get(symbol as usize).is_some_and(|symbol| symbol.kind == SymbolKind::Trait) {
            return Ty::Var(def);
        }
        let generics = facts.facts.list(binding.generics);
        let args: Args = generics.iter().map(|&var| Ty::Var(Def::Bound(file, var))).collect();
        Ty::Of(def, args)
    }

    /// An object of a type, as it is seen in its own body.
    fn inside_ty(&mut self, file: FileRef, class: BindingId) -> Ty {
        let Some(facts) = self.world.facts(file) else { return Ty::Unknown };
        let Some(binding) = facts.facts.bindings.get(class as usize) else { return Ty::Unknown };
        let generics = facts.facts.list(binding.generics);
        let args: Args = generics.iter().map(|&var| Ty::Var(Def::Bound(file, var))).collect();
        Ty::Of(Def::Bound(file, class), args)
    }

    /// What the type inherits from.
    fn super_ty(&mut self, file: FileRef, symbol: u32) -> Ty {
        let of = self.self_ty(file, symbol);
        let Ty::Of(def, _) = &of else { return Ty::Unknown };
        let bases = self.bases(def);
        Ty::either(bases)
    }

    /// Objects of the types that a type inherits from, in order.
    pub fn bases(&mut self, def: &Def) -> Vec<Ty> {
        let Some((facts, binding)) = self.binding_of(def) else { return Vec::new() };
        self.types(facts.file, binding.bases)
    }
}

fn is_inside(facts: &FileFacts, of: ExprId) -> bool {
    matches!(facts.facts.expr(of), Expr::Inside { .. })
}

fn this_or(ty: Ty, other: impl FnOnce() -> Ty) -> Ty {
    if ty.is_unknown() { other() } else { ty }
}

fn with_args(of: &Ty, args: &Args) -> Ty {
    match of {
        Ty::Type(def, _) => Ty::Type(def.clone(), args.clone()),
        Ty::LibType(name, _) => Ty::LibType(name.clone(), args.clone()),
        other => other.clone(),
    }
}

/// The type of an object as a value.
pub(super) fn type_of(ty: &Ty) -> Ty {
    ty.map(|ty| match ty {
        Ty::Of(def, args) => Ty::Type(def.clone(), args.clone()),
        Ty::Lib(name, args) => Ty::LibType(name.clone(), args.clone()),
        other => other.clone(),
    })
}

/// The first of two counts where both say something.
pub(super) fn joined(first: &Env, then: &Env) -> Env {
    if then.is_empty() {
        return first.clone();
    }
    let more = then.iter().filter(|(var, _)| !first.iter().any(|(own, _)| own == var));
    first.iter().chain(more).cloned().collect()
}
