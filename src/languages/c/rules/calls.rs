//! Functions of one name, told apart by their parameters.

use super::types;
use crate::{
    languages::c::bind::declarations::SIGNATURE,
    record::{Confidence, Expr, ExprId, ListId},
    resolve::{Def, FileRef, Found, Hit, Resolver, Ty},
};

/// The parameters of a function as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    params: Vec<String>,
    is_const: bool,
    is_known: bool,
}

impl Signature {
    fn read(text: &str) -> Self {
        let (list, is_const) = match text.strip_suffix("|const") {
            Some(list) => (list, true),
            None => (text, false),
        };
        let (mut params, mut depth, mut from) = (Vec::new(), 0_i32, 0);
        for (at, byte) in list.bytes().enumerate() {
            match byte {
                b'<' | b'(' | b'[' => depth += 1,
                b'>' | b')' | b']' => depth -= 1,
                b',' if depth == 0 => {
                    params.push(list[from..at].to_owned());
                    from = at + 1;
                }
                _ => {}
            }
        }
        if from < list.len() {
            params.push(list[from..].to_owned());
        }
        if params == ["void"] {
            params.clear();
        }
        Signature { params, is_const, is_known: list != "?" }
    }

    fn bare(param: &str) -> &str {
        let param = param.trim_end_matches('=');
        // A parameter that is not changed is none to the caller.
        if param.contains(['&', '*', '[']) {
            param
        } else {
            param.trim_start_matches("const ").trim_end_matches(" const")
        }
    }

    /// One that a definition and its declaration share.
    pub fn is_same(&self, other: &Signature) -> bool {
        self.is_known
            && other.is_known
            && self.is_const == other.is_const
            && self.params.len() == other.params.len()
            && self.params.iter().zip(&other.params).all(|(a, b)| Self::bare(a) == Self::bare(b))
    }

    /// They may be written in another way.
    pub fn is_like(&self, other: &Signature) -> bool {
        !self.is_known
            || !other.is_known
            || (self.params.len() == other.params.len() && self.is_const == other.is_const)
    }

    /// How many arguments it takes at least and at most.
    fn range(&self) -> (usize, usize) {
        if !self.is_known {
            return (0, usize::MAX);
        }
        let is_open = self.params.iter().any(|param| param.contains("..."));
        let least = self.params.iter().filter(|param| !param.ends_with('=') && !param.contains("...")).count();
        (least, if is_open { usize::MAX } else { self.params.len() })
    }
}

pub(super) fn signature(resolver: &Resolver<'_>, def: &Def) -> Option<Signature> {
    let (facts, binding) = resolver.binding_of(def)?;
    let text = |expr: ExprId| match facts.facts.expr(expr) {
        Expr::Special { what, .. } => facts.facts.name(what).strip_prefix(SIGNATURE),
        _ => None,
    };
    let found = match facts.facts.expr(binding.value) {
        Expr::Either(list) => facts.facts.list(list).iter().find_map(|&expr| text(expr)),
        _ => text(binding.value),
    };
    found.map(Signature::read)
}

/// Of the functions that an expression names, those that take the arguments; of these the ones that fit best.
pub(super) fn chosen(resolver: &mut Resolver<'_>, file: FileRef, of: ExprId, args: ListId) -> (Found, Ty) {
    let found = resolver.means(file, of);
    let found = if found.hits().is_empty() { by_arguments(resolver, file, of, args, found) } else { found };
    if found.hits().len() < 2 {
        let ty = if found.hits().is_empty() { resolver.ty(file, of) } else { resolver.ty_of_found(file, &found) };
        return (found, ty);
    }
    let Some(facts) = resolver.facts(file) else { return (Found::Unknown, Ty::Unknown) };
    let given: Vec<Ty> = facts.facts.list(args).to_vec().iter().map(|&arg| resolver.ty(file, arg)).collect();
    let mut ranked: Vec<(i32, Hit)> = Vec::new();
    for hit in found.hits() {
        let Some(signature) = signature(resolver, &hit.def) else {
            ranked.push((0, hit.clone()));
            continue;
        };
        let (least, most) = signature.range();
        if !(least..=most).contains(&given.len()) {
            continue;
        }
        let fit = fit(resolver, &hit.def, &given);
        ranked.push((fit, hit.clone()));
    }
    if ranked.is_empty() {
        // A macro or a pack may hide arguments.
        let ty = resolver.ty_of_found(file, &found);
        return (found.at_most(Confidence::Likely), ty);
    }
    let best = ranked.iter().map(|(fit, _)| *fit).max().unwrap_or_default();
    let mut hits: Vec<Hit> = ranked.into_iter().filter(|(fit, _)| *fit == best).map(|(_, hit)| hit).collect();
    if hits.len() > 1 {
        let is_const = |hit: &Hit| signature(resolver, &hit.def).is_some_and(|signature| signature.is_const);
        hits.sort_by_cached_key(is_const);
        for hit in &mut hits {
            hit.confidence = hit.confidence.max(Confidence::Likely);
        }
    }
    let found = Found::Defs(hits);
    let ty = resolver.ty_of_found(file, &found);
    (found, ty)
}

/// How well arguments fit: what is known of both counts.
fn fit(resolver: &mut Resolver<'_>, def: &Def, given: &[Ty]) -> i32 {
    let Some((facts, binding)) = resolver.binding_of(def) else { return 0 };
    let params: Vec<u32> = facts.facts.list(binding.params).to_vec();
    let mut sum = 0;
    for (nth, arg) in given.iter().enumerate() {
        let Some(param) = params.get(nth).and_then(|&param| facts.facts.bindings.get(param as usize)) else { continue };
        let wanted = resolver.as_type(facts.file, param.ty);
        sum += likeness(resolver, &wanted, arg);
    }
    sum
}

fn likeness(resolver: &mut Resolver<'_>, wanted: &Ty, given: &Ty) -> i32 {
    let given = types::settled(given);
    match (wanted, &given) {
        (Ty::Unknown, _) | (_, Ty::Unknown) => 0,
        // Anything fits a type parameter, and nothing as well as what is written.
        (Ty::Var(_), _) => 1,
        (Ty::Of(a, _), Ty::Of(b, _)) if a == b => 4,
        (Ty::Of(a, _), Ty::Of(..)) if inherits(resolver, &given, a) => 3,
        (Ty::Lib(a, of), Ty::Lib(b, with)) if types::is_pointer(a) && types::is_pointer(b) => {
            match (of.first(), with.first()) {
                (Some(of), Some(with)) => likeness(resolver, of, with).clamp(-4, 4),
                _ => 1,
            }
        }
        (Ty::Lib(a, _), Ty::Lib(b, _)) if a == b && !a.is_empty() => 4,
        (Ty::Lib(a, _), Ty::Lib(b, _)) if super::LIBRARY.inherits(b, a) => 3,
        (Ty::Lib(a, _), Ty::Lib(b, _)) if is_number(a) && is_number(b) => 1,
        (Ty::Lib(a, _), Ty::Lib(b, _)) if a.is_empty() || b.is_empty() => 0,
        // A string is made of characters.
        (Ty::Lib(a, _), Ty::Lib(b, _)) if &**a == "string" && types::is_pointer(b) => 2,
        (Ty::Lib(a, _), Ty::Of(..)) if is_number(a) => -2,
        (Ty::Either(any), _) => any.iter().map(|one| likeness(resolver, one, &given)).max().unwrap_or(0),
        (_, Ty::Either(any)) => any.iter().map(|one| likeness(resolver, wanted, one)).max().unwrap_or(0),
        _ => -3,
    }
}

fn is_number(name: &str) -> bool {
    const NUMBERS: &[&str] = &[
        "int",
        "unsigned",
        "long",
        "short",
        "char",
        "bool",
        "float",
        "double",
        "size_t",
        "uint8_t",
        "uint16_t",
        "uint32_t",
        "uint64_t",
        "int8_t",
        "int16_t",
        "int32_t",
        "int64_t",
        "ptrdiff_t",
        "ssize_t",
    ];
    NUMBERS.contains(&name)
}

/// The type of an object has another one above it.
fn inherits(resolver: &mut Resolver<'_>, given: &Ty, from: &Def) -> bool {
    let mut waiting = vec![given.clone()];
    let mut seen: Vec<Def> = Vec::new();
    while let Some(ty) = waiting.pop() {
        let (Ty::Of(def, _) | Ty::Type(def, _)) = &ty else { continue };
        if def == from {
            return true;
        }
        if seen.contains(def) || seen.len() > 32 {
            continue;
        }
        seen.push(def.clone());
        for base in resolver.bases(def) {
            waiting.extend(base.each().iter().cloned());
        }
    }
    false
}

/// A function that is in no scope around is looked for where the types of its arguments stand.
fn by_arguments(resolver: &mut Resolver<'_>, file: FileRef, of: ExprId, args: ListId, otherwise: Found) -> Found {
    let Some(facts) = resolver.facts(file) else { return otherwise };
    let Expr::Free { name, .. } = facts.facts.expr(of) else { return otherwise };
    let name = facts.facts.name(name);
    for &arg in facts.facts.list(args) {
        let ty = resolver.ty(file, arg);
        for one in ty.each() {
            let one = match one {
                Ty::Lib(name, args) if types::is_pointer(name) => args.first().cloned().unwrap_or_default(),
                other => other.clone(),
            };
            let Ty::Of(def, _) = one else { continue };
            let Some((of_type, symbol)) = resolver.binding_of(&def).map(|(facts, binding)| (facts, binding.symbol))
            else {
                continue;
            };
            for scope in super::scopes::around(resolver, of_type.file, symbol) {
                if let super::scopes::Scope::Space(space) = scope
                    && !space.is_empty()
                {
                    let found = super::names::in_space(resolver, file, &space, name, super::names::Want::Any);
                    if found.hits().iter().any(|hit| resolver.kind_of(&hit.def).is_some_and(|kind| kind.is_function()))
                    {
                        return found;
                    }
                }
            }
        }
    }
    otherwise
}
