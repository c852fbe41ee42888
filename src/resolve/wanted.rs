//! What is expected of arguments, and of objects that are written down.

use super::{
    Resolver,
    found::Found,
    ty::{Def, Env, FileRef, Ty},
    types::joined,
    world::FileFacts,
};
use crate::record::{Binding, BindingId, Expr, ExprId};

/// Objects in what objects take over are looked through to this depth.
const MAX_RECORDS: usize = 8;

/// The name of a [`Expr::Special`] that is the type of the parameter that takes all that is left.
pub const REST: &str = "...";

impl Resolver<'_> {
    /// What a record has under a name: its own, or what it takes over.
    pub(super) fn record_member(&mut self, def: &Def, env: &Env, name: &str) -> Found {
        let own = self.bound_in(def, name);
        if !own.is_empty() {
            return Found::all(own).within(env);
        }
        let Some((facts, binding)) = self.binding_of(def) else { return Found::Unknown };
        // An object may take over what it is itself a part of.
        if self.records.len() >= MAX_RECORDS || self.records.contains(def) {
            return Found::Unknown;
        }
        self.records.push(def.clone());
        let mut found = Found::Unknown;
        for &base in facts.facts.list(binding.bases).to_vec().iter().rev() {
            let ty = self.ty(facts.file, base).with(env);
            found = self.members(facts.rules, &ty, name);
            if !found.is_unknown() {
                break;
            }
        }
        self.records.pop();
        found
    }

    /// What is expected where a record is written.
    pub(super) fn expected(&mut self, file: FileRef, record: BindingId) -> Ty {
        let Some(facts) = self.world.facts(file) else { return Ty::Unknown };
        let ty = facts.facts.bindings.get(record as usize).map_or(0, |binding| binding.ty);
        self.ty(file, ty)
    }

    /// What a call expects as an argument, as far as the other arguments tell.
    pub(super) fn wanted(&mut self, file: FileRef, call: ExprId, nth: usize) -> Ty {
        let Some(facts) = self.world.facts(file) else { return Ty::Unknown };
        let rules = facts.rules;
        let (callee, args) = match facts.facts.expr(call) {
            Expr::Call { callee, args } => (callee, args),
            Expr::New { ty, args } => (ty, args),
            _ => return Ty::Unknown,
        };
        let callee = self.ty(file, callee);
        let args = facts.facts.list(args).to_vec();
        callee.map(|callee| match callee {
            Ty::LibFunc(of, name) => match &**of {
                Ty::Lib(of, given) | Ty::LibType(of, given) => {
                    let member = rules.stubs().member(of, given, name);
                    member.map_or_else(Ty::outside, |(member, filled)| member.wanted(&filled, nth))
                }
                _ => Ty::outside(),
            },
            Ty::LibType(name, _) => {
                rules.stubs().function(name).map_or_else(Ty::outside, |(member, filled)| member.wanted(&filled, nth))
            }
            Ty::Lib(..) => Ty::outside(),
            Ty::Func(def, env) => self.wanted_by(def, env, file, &args, nth),
            Ty::Type(def, given) => {
                let env = self.generics_env(def, given);
                self.wanted_by(def, &env, file, &args, nth)
            }
            Ty::Fn(params, _) => params.get(nth).cloned().unwrap_or_default(),
            Ty::Of(..) | Ty::Record(..) => {
                let found = (rules.member)(self, callee, "@call");
                let all: Vec<Ty> =
                    found.hits().iter().map(|hit| self.wanted_by(&hit.def, &hit.env, file, &args, nth)).collect();
                Ty::either(all)
            }
            _ => Ty::Unknown,
        })
    }

    /// The type of a parameter of a function or a type that is made, its type parameters as the other arguments tell.
    fn wanted_by(&mut self, def: &Def, env: &Env, file: FileRef, args: &[ExprId], nth: usize) -> Ty {
        let Some((facts, binding)) = self.binding_of(def) else { return Ty::Unknown };
        let params = facts.facts.list(binding.params).to_vec();
        let get = |at: usize| {
            let param = params.get(at).or(params.last())?;
            let binding = *facts.facts.bindings.get(*param as usize)?;
            let is_rest = is_rest(&facts, &binding);
            (at < params.len() || is_rest).then_some((binding.ty, is_rest))
        };
        let Some((wanted, is_rest)) = get(nth) else { return Ty::Unknown };
        let mut told: Vec<(Def, Ty)> = Vec::new();
        if !facts.facts.list(binding.generics).is_empty() {
            for (at, &arg) in args.iter().enumerate().filter(|(at, _)| *at != nth) {
                let Some((ty, is_rest)) = get(at) else { break };
                let mut ty = self.as_type(facts.file, ty);
                if is_rest {
                    ty = self.part_of(facts.rules, &ty, "@element");
                }
                let arg = self.ty(file, arg);
                self.unify(&ty, &arg, &mut told, 0);
            }
        }
        let mut ty = self.as_type(facts.file, wanted);
        if is_rest {
            ty = self.part_of(facts.rules, &ty, "@element");
        }
        ty.with(&joined(env, &told.into()))
    }

    /// What a function is called with at a place.
    pub(super) fn parameter(&mut self, of: &Ty, nth: usize) -> Ty {
        of.map(|of| {
            let params = match of {
                Ty::Of(..) | Ty::Record(..) => {
                    let rules = self.rules_of_ty(of);
                    let found = (rules.member)(self, of, "@call");
                    let all: Vec<Ty> =
                        found.hits().iter().map(|hit| Ty::Func(hit.def.clone(), hit.env.clone())).collect();
                    all.first().map(|func| self.params_of(func)).unwrap_or_default()
                }
                of => self.params_of(of),
            };
            params.get(nth).cloned().unwrap_or_default()
        })
    }

    fn rules_of_ty(&self, ty: &Ty) -> &'static super::Rules {
        match ty {
            Ty::Of(def, _) | Ty::Record(def, _) | Ty::Func(def, _) | Ty::Type(def, _) => self.rules_of(def),
            _ => &super::PLAIN,
        }
    }

    /// All forms of a function: what else bears its name where it is defined.
    pub fn forms(&mut self, def: &Def) -> Vec<Def> {
        let Some((facts, symbol)) = self.symbol_of(def) else { return vec![def.clone()] };
        let Some((_, binding)) = self.binding_of(def) else { return vec![def.clone()] };
        let owner = facts.owner(binding.symbol).to_owned();
        let name = facts.facts.name(binding.name).to_owned();
        let mut all = self.world().declared(facts.rules.family, &owner, &name);
        all.retain(|other| {
            matches!(other, Def::Bound(file, _) if *file == facts.file)
                && self
                    .symbol_of(other)
                    .is_some_and(|(_, other)| other.container == symbol.container && other.kind.is_function())
        });
        if all.is_empty() { vec![def.clone()] } else { all }
    }
}

/// A parameter that takes all arguments that are left.
pub(super) fn is_rest(facts: &FileFacts, binding: &Binding) -> bool {
    matches!(facts.facts.expr(binding.ty), Expr::Special { what, .. } if facts.facts.name(what) == REST)
}
