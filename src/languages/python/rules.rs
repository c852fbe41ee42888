//! Where Python's names lead.

use std::sync::LazyLock;

use crate::resolve::{Def, FileRef, Found, Resolver, Rules, Stubs, Ty};

static LIBRARY: LazyLock<Stubs> = LazyLock::new(|| Stubs::parse(include_str!("library.stubs")));

pub(super) static RULES: Rules =
    Rules { family: "python", free, import, in_module, special, normal, keyword, library: &LIBRARY, ..Rules::NONE };

/// Names that the file does not bind: those that it takes in whole modules of, else the language's own.
fn free(resolver: &mut Resolver<'_>, file: FileRef, name: &str, _: u32) -> Found {
    match resolver.through_wildcards(file, name) {
        Found::Unknown if matches!(name, "__name__" | "__file__" | "__doc__" | "__all__") => {
            Found::exact(Def::File(file))
        }
        Found::Unknown => Found::outside(name),
        found => found,
    }
}

fn import(resolver: &mut Resolver<'_>, file: FileRef, module: &str, name: Option<&str>) -> Found {
    let Some(found) = module_file(resolver, file, module) else { return Found::outside(name.unwrap_or(module)) };
    match name {
        None => Found::exact(Def::File(found)),
        Some(name) => match in_module(resolver, &Def::File(found), name) {
            // The module is the workspace's: what it has not is nowhere.
            Found::Unknown => Found::Unknown,
            found => found,
        },
    }
}

/// What a module binds, takes from others, or has as a module inside of it.
fn in_module(resolver: &mut Resolver<'_>, module: &Def, name: &str) -> Found {
    let Def::File(file) = module else { return Found::Unknown };
    resolver.in_module(module, name).or_else(|| match resolver.facts(*file) {
        Some(facts) => match directory(&facts.path).1 {
            true => match below(resolver, directory(&facts.path).0, name) {
                Some(inside) => Found::exact(Def::File(inside)),
                None => Found::Unknown,
            },
            false => Found::Unknown,
        },
        None => Found::Unknown,
    })
}

/// The directory of a file, and whether the file stands for it.
fn directory(path: &str) -> (&str, bool) {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    (directory, name.starts_with("__init__."))
}

/// The file of a module, from a directory on.
fn below(resolver: &Resolver<'_>, directory: &str, module: &str) -> Option<FileRef> {
    let path = module.replace('.', "/");
    let path = if directory.is_empty() { path } else { format!("{directory}/{path}") };
    let endings = ["/__init__.py", ".py", ".pyi", "/__init__.pyi"];
    endings.iter().find_map(|ending| resolver.world().file(&format!("{path}{ending}")))
}

fn module_file(resolver: &Resolver<'_>, file: FileRef, module: &str) -> Option<FileRef> {
    let facts = resolver.facts(file)?;
    let (mut at, _) = directory(&facts.path);
    let dots = module.bytes().take_while(|byte| *byte == b'.').count();
    if dots > 0 {
        for _ in 1..dots {
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
        let rest = &module[dots..];
        if rest.is_empty() {
            return ["__init__.py", "__init__.pyi"].iter().find_map(|name| {
                resolver.world().file(&if at.is_empty() { (*name).to_owned() } else { format!("{at}/{name}") })
            });
        }
        return below(resolver, at, rest);
    }
    // From the directory that the file's own packages stand in, and from those that programs are started in.
    let packages = facts.module.split('.').filter(|part| !part.is_empty()).count();
    let ups = if directory(&facts.path).1 { packages } else { packages.saturating_sub(1) };
    let mut top = at;
    for _ in 0..ups {
        top = top.rsplit_once('/').map_or("", |(above, _)| above);
    }
    [top, "", "src", "lib"].iter().find_map(|root| below(resolver, root, module))
}

/// `as` in a `with` or `except`.
fn special(resolver: &mut Resolver<'_>, file: FileRef, what: &str, of: &Ty) -> Ty {
    match what {
        "as" => of.map(|of| match of {
            Ty::Type(..) | Ty::LibType(..) => resolver.instance(of),
            Ty::Tuple(types) => {
                let all: Vec<Ty> = types.iter().map(|ty| resolver.instance(ty)).collect();
                Ty::either(all)
            }
            Ty::Of(..) => {
                let enter = resolver.member_ty(file, of, "__enter__");
                let given = resolver.called(&RULES, &enter, &[]);
                if given.is_unknown() { of.clone() } else { given }
            }
            other => other.clone(),
        }),
        _ => Ty::Unknown,
    }
}

fn normal(ty: &Ty) -> Option<Ty> {
    let Ty::Lib(name, args) = ty else { return None };
    match &**name {
        "Optional" | "Final" | "ClassVar" | "Annotated" | "Required" | "NotRequired" | "ReadOnly" => {
            args.first().cloned()
        }
        "Union" => Some(Ty::either(args.iter().cloned())),
        "Type" | "type" => args.first().map(|of| match of {
            Ty::Of(def, args) => Ty::Type(def.clone(), args.clone()),
            other => other.clone(),
        }),
        "Tuple" | "tuple" if !args.is_empty() => Some(Ty::Tuple(args.clone())),
        "Callable" => args.last().map(|gives| Ty::Fn([].into(), gives.clone().into())),
        "TypeVar" | "Any" | "object" => Some(Ty::Unknown),
        _ => None,
    }
}

/// An argument's name is a parameter of the function, or of what makes an object; of a data class, a field.
fn keyword(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> Found {
    let Ty::Type(..) = ty else { return resolver.keyword(ty, name) };
    let init = resolver.member_of(ty, "__init__");
    if init.is_unknown() {
        return resolver.keyword(ty, name);
    }
    let found: Vec<Found> =
        init.hits().iter().map(|hit| resolver.keyword(&Ty::Func(hit.def.clone(), [].into()), name)).collect();
    match init {
        Found::Outside(_) => resolver.keyword(ty, name),
        _ => Found::union(found),
    }
}
