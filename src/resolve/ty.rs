//! What is known of the type of a value.

use std::sync::Arc;

use super::list::List;
use crate::record::BindingId;

/// A file, as a [`super::World`] numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileRef(pub u32);

/// What a name may lead to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Def {
    /// A binding of a file: a symbol, or a local.
    Bound(FileRef, BindingId),
    /// A file as a module.
    File(FileRef),
    /// A package, a namespace: what several files of a family of languages may add to, by its full name.
    Package(Arc<Package>),
}

/// Shared, lest every definition be as large.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Package {
    pub family: &'static str,
    pub name: Box<str>,
}

impl Def {
    pub fn package(family: &'static str, name: &str) -> Self {
        Def::Package(Arc::new(Package { family, name: name.into() }))
    }
}

pub type Args = List<Ty>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Ty {
    #[default]
    Unknown,
    /// An object of a type, with its type arguments.
    Of(Def, Args),
    /// The type itself.
    Type(Def, Args),
    /// A function, and what the type parameters around it stand for.
    Func(Def, Env),
    /// A file or package.
    Module(Def),
    /// An object of a type from outside of the workspace. No name: of some such type.
    Lib(Arc<str>, Args),
    /// That type itself.
    LibType(Arc<str>, Args),
    /// A function of a type from outside: the object's type, the function's name.
    LibFunc(Arc<Ty>, Arc<str>),
    Tuple(Args),
    /// Any of these.
    Either(Args),
    /// A type parameter.
    Var(Def),
    /// Something that is called with these and gives that.
    Fn(Args, Arc<Ty>),
    /// An object written down, whose members are those of this binding's symbol.
    Object(Def),
    /// An object written down, or the type of one, whose members are those of a binding; what type parameters around it
    /// stand for.
    Record(Def, Env),
}

/// What type parameters stand for.
pub type Env = List<(Def, Ty)>;

impl Ty {
    /// Of a type that the workspace does not define, and nothing more is known.
    pub fn outside() -> Self {
        Ty::Lib("".into(), none())
    }

    pub fn lib(name: &str) -> Self {
        Ty::Lib(name.into(), none())
    }

    pub fn is_unknown(&self) -> bool {
        *self == Ty::Unknown
    }

    /// All that it may be.
    pub fn each(&self) -> &[Ty] {
        match self {
            Ty::Either(any) => any,
            one => std::slice::from_ref(one),
        }
    }

    /// Any of several; what is not known is left out where something else is.
    pub fn either(all: impl IntoIterator<Item = Ty>) -> Ty {
        let mut found: Vec<Ty> = Vec::new();
        for ty in all {
            for one in ty.each() {
                if !one.is_unknown() && !found.contains(one) && found.len() < 8 {
                    found.push(one.clone());
                }
            }
        }
        match found.len() {
            0 => Ty::Unknown,
            1 => found.remove(0),
            _ => Ty::Either(found.into()),
        }
    }

    /// Is defined outside of the workspace, as far as it is known at all.
    pub fn is_outside(&self) -> bool {
        match self {
            Ty::Lib(..) | Ty::LibType(..) | Ty::LibFunc(..) | Ty::Tuple(_) | Ty::Fn(..) => true,
            Ty::Either(any) => any.iter().all(Ty::is_outside),
            _ => false,
        }
    }

    /// Applied to each of what it may be.
    pub fn map(&self, mut f: impl FnMut(&Ty) -> Ty) -> Ty {
        match self {
            Ty::Either(any) => Ty::either(any.iter().map(f)),
            one => f(one),
        }
    }

    /// With type parameters replaced by what they stand for.
    pub fn with(&self, env: &Env) -> Ty {
        if env.is_empty() { self.clone() } else { self.with_at(env, 0) }
    }

    /// With types of types to a depth only; what is in those is unknown.
    pub(super) fn nested_to(&self, depth: u32) -> Ty {
        let Some(inner) = depth.checked_sub(1) else { return Ty::Unknown };
        let all = |args: &Args| -> Args { args.iter().map(|arg| arg.nested_to(inner)).collect() };
        match self {
            Ty::Of(def, args) => Ty::Of(def.clone(), all(args)),
            Ty::Type(def, args) => Ty::Type(def.clone(), all(args)),
            Ty::Func(def, env) => Ty::Func(def.clone(), nested(env, inner)),
            Ty::Lib(name, args) => Ty::Lib(name.clone(), all(args)),
            Ty::LibType(name, args) => Ty::LibType(name.clone(), all(args)),
            Ty::LibFunc(of, name) => Ty::LibFunc(Arc::new(of.nested_to(inner)), name.clone()),
            Ty::Tuple(args) => Ty::Tuple(all(args)),
            Ty::Either(any) => Ty::either(any.iter().map(|one| one.nested_to(depth))),
            Ty::Fn(params, gives) => Ty::Fn(all(params), Arc::new(gives.nested_to(inner))),
            Ty::Record(def, env) => Ty::Record(def.clone(), nested(env, inner)),
            Ty::Unknown | Ty::Module(_) | Ty::Var(_) | Ty::Object(_) => self.clone(),
        }
    }

    fn with_at(&self, env: &Env, depth: u32) -> Ty {
        if depth > 16 {
            return Ty::Unknown;
        }
        let all = |args: &Args| -> Args { args.iter().map(|arg| arg.with_at(env, depth + 1)).collect() };
        match self {
            Ty::Var(def) => env.iter().find(|(var, _)| var == def).map_or_else(|| self.clone(), |(_, ty)| ty.clone()),
            Ty::Of(def, args) if !args.is_empty() => Ty::Of(def.clone(), all(args)),
            Ty::Type(def, args) if !args.is_empty() => Ty::Type(def.clone(), all(args)),
            Ty::Lib(name, args) if !args.is_empty() => Ty::Lib(name.clone(), all(args)),
            Ty::LibType(name, args) if !args.is_empty() => Ty::LibType(name.clone(), all(args)),
            Ty::LibFunc(of, name) => Ty::LibFunc(Arc::new(of.with_at(env, depth + 1)), name.clone()),
            Ty::Tuple(args) => Ty::Tuple(all(args)),
            Ty::Either(any) => Ty::either(any.iter().map(|one| one.with_at(env, depth + 1))),
            Ty::Fn(params, gives) => Ty::Fn(all(params), Arc::new(gives.with_at(env, depth + 1))),
            Ty::Func(def, own) => Ty::Func(def.clone(), within(own, env, depth)),
            Ty::Record(def, own) => Ty::Record(def.clone(), within(own, env, depth)),
            _ => self.clone(),
        }
    }
}

/// What type parameters stand for, with types of types to a depth only.
pub(super) fn nested(env: &Env, depth: u32) -> Env {
    env.iter().map(|(var, ty)| (var.clone(), ty.nested_to(depth))).collect()
}

/// What is known of type parameters, with what those in it stand for, and what is known beside.
fn within(own: &Env, env: &Env, depth: u32) -> Env {
    let own: Vec<(Def, Ty)> = own.iter().map(|(var, ty)| (var.clone(), ty.with_at(env, depth + 1))).collect();
    let missing = env.iter().filter(|(var, _)| !own.iter().any(|(known, _)| known == var));
    own.iter().cloned().chain(missing.cloned()).collect()
}

pub fn none() -> Args {
    List::default()
}
