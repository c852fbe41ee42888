//! Where Lua's names lead.

use super::bind::RETURNED;
use crate::resolve::{Def, FileRef, Found, Resolver, Rules, Ty};

pub(super) static RULES: Rules =
    Rules { family: "lua", free, import, in_module, follows_imports: false, ..Rules::NONE };

/// What the language has by itself, from 5.1 on.
const OWN: &[&str] = &[
    "_G",
    "_ENV",
    "_VERSION",
    "assert",
    "collectgarbage",
    "dofile",
    "error",
    "getfenv",
    "getmetatable",
    "ipairs",
    "load",
    "loadfile",
    "loadstring",
    "module",
    "next",
    "pairs",
    "pcall",
    "print",
    "rawequal",
    "rawget",
    "rawlen",
    "rawset",
    "require",
    "select",
    "setfenv",
    "setmetatable",
    "tonumber",
    "tostring",
    "type",
    "unpack",
    "xpcall",
    "warn",
    "coroutine",
    "debug",
    "io",
    "math",
    "os",
    "package",
    "string",
    "table",
    "utf8",
    "bit",
    "bit32",
    "jit",
    "arg",
];

/// A global may be anybody's: only what is the language's own is known.
fn free(_: &mut Resolver<'_>, _: FileRef, name: &str, _: u32) -> Found {
    if OWN.contains(&name) { Found::outside(name) } else { Found::Unknown }
}

fn import(resolver: &mut Resolver<'_>, file: FileRef, module: &str, _: Option<&str>) -> Found {
    let path = module.replace('.', "/");
    let here = resolver.facts(file).map(|facts| facts.path.clone()).unwrap_or_default();
    // From the directory that the file's own module name starts in, and from those that interpreters search.
    let own = resolver.facts(file).map_or(0, |facts| facts.module.split('.').count());
    let mut top = here.rsplit_once('/').map_or("", |(above, _)| above);
    for _ in 1..own {
        top = top.rsplit_once('/').map_or("", |(above, _)| above);
    }
    for root in [top, "", "src", "lib", "lua"] {
        for ending in [".lua", "/init.lua"] {
            let path = if root.is_empty() { format!("{path}{ending}") } else { format!("{root}/{path}{ending}") };
            if let Some(found) = resolver.world().file(&path) {
                return Found::exact(Def::File(found));
            }
        }
    }
    Found::outside(module)
}

/// What the value that a file returns has under a name.
fn in_module(resolver: &mut Resolver<'_>, module: &Def, name: &str) -> Found {
    let Def::File(file) = module else { return Found::Unknown };
    // A file may return what another one returns, and that what this one does.
    resolver.found_once(module, name, |resolver| {
        let returned = resolver.top(*file, RETURNED);
        let returned: Vec<Ty> =
            returned.into_iter().map(|binding| resolver.def_ty(&Def::Bound(*file, binding))).collect();
        let found: Vec<Found> = returned.iter().map(|ty| resolver.members(&RULES, ty, name)).collect();
        Found::union(found)
    })
}
