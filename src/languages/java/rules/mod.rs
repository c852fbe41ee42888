//! Where Java's names lead.

mod choose;
mod fits;
mod functions;
mod operators;
mod scopes;
mod types;

use std::sync::LazyLock;

use crate::resolve::{Def, FileRef, Found, Resolver, Rules, Stubs, Ty};

static LIBRARY: LazyLock<Stubs> = LazyLock::new(|| Stubs::parse(include_str!("../library.stubs")));

pub(super) static RULES: Rules = Rules {
    family: "java",
    free: scopes::free,
    import: scopes::import,
    in_module,
    member,
    scoped: scopes::scoped,
    path: Some(path),
    chosen: choose::chosen,
    given: Some(functions::given),
    made: Some(choose::made),
    shape: functions::shape,
    special: operators::special,
    library: &LIBRARY,
    ..Rules::NONE
};

/// What a package has under a name: a type, or a package.
fn in_module(resolver: &mut Resolver<'_>, module: &Def, name: &str) -> Found {
    let Def::Package(package) = module else { return resolver.in_module(module, name) };
    let types = scopes::types_of_package(resolver, &package.name, name);
    match types.is_empty() {
        false => Found::all(types),
        true if scopes::may_be_package(name) => {
            Found::exact(Def::package(package.family, &format!("{}.{name}", package.name)))
        }
        true => Found::outside(name),
    }
}

/// A field; else, of what may be a type, a type in it.
fn member(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    match ty {
        Ty::Of(def, args) | Ty::Type(def, args) => {
            let env = types::env(resolver, def, args);
            let field = types::field(resolver, def, &env, name);
            if let Found::Unknown | Found::Outside(_) = field
                && let inner @ Found::Defs(_) = types::inner(resolver, def, name)
            {
                return inner;
            }
            field
        }
        // Neither has a field that anyone asks for.
        Ty::Lib(of, _) if matches!(&**of, "String") || fits::is_primitive(of) => Found::Unknown,
        _ => resolver.member_of(ty, name),
    }
}

/// A type in a package or a type.
fn path(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    match ty {
        Ty::Of(def, _) | Ty::Type(def, _) => types::inner(resolver, def, name),
        Ty::Module(module) => in_module(resolver, module, name),
        Ty::Lib(..) | Ty::LibType(..) => Found::outside(name),
        _ => Found::Unknown,
    }
}

/// The text of names of files that are nearer goes before others: a workspace may hold a type more than once.
fn nearest(resolver: &Resolver<'_>, file: FileRef, mut defs: Vec<Def>) -> Vec<Def> {
    if defs.len() < 2 {
        return defs;
    }
    let Some(own) = resolver.facts(file).map(|facts| facts.path.clone()) else { return defs };
    let common = |def: &Def| match def {
        Def::Bound(at, _) => resolver.facts(*at).map_or(0, |facts| {
            let same = |(a, b): &(&str, &str)| a == b;
            own.split('/').zip(facts.path.split('/')).take_while(same).count()
        }),
        _ => 0,
    };
    let best = defs.iter().map(common).max().unwrap_or_default();
    defs.retain(|def| common(def) == best);
    defs
}
