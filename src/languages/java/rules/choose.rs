//! Which of several methods of a name is called: by the number of arguments, by their types, the most special one.

use super::{
    RULES,
    fits::{Fit, fits, is_primitive, value},
    functions,
    scopes::{self, Sort},
    types,
};
use crate::{
    record::{BindingKind, Confidence, Expr, ExprId, ListId, NONE, SymbolKind},
    resolve::{Def, FileRef, Found, Hit, Resolver, Ty, none},
};

/// Of methods between which nothing decides, so many are given.
const MAX_AMBIGUOUS: usize = 3;

/// What is known of an argument.
enum Arg {
    Value(Ty),
    /// How many parameters it has, and whether it gives something, where that is known.
    Lambda(usize, Option<bool>),
    Reference,
}

/// A method that may be meant.
struct Candidate {
    hit: Hit,
    params: Vec<Ty>,
    /// The last parameter takes any number.
    spreads: bool,
    /// Type parameters that the arguments decide.
    own: Vec<Def>,
}

/// The methods that an expression names, and those that fit the arguments best among them.
pub(super) fn chosen(resolver: &mut Resolver<'_>, file: FileRef, of: ExprId, args: ListId) -> (Found, Ty) {
    let Some(facts) = resolver.facts(file) else { return Default::default() };
    let Expr::Member { of: receiver, name } = facts.facts.expr(of) else { return Default::default() };
    let name = facts.facts.name(name);
    let (hits, outside) = match facts.facts.expr(receiver) {
        Expr::Inside { class } => in_scope(resolver, file, class, name),
        _ => {
            let ty = resolver.ty(file, receiver);
            of_receiver(resolver, &ty, name)
        }
    };
    if hits.is_empty() {
        return match outside {
            Some(ty) => (Found::outside(name), lib_method(&ty, name)),
            None => (Found::Unknown, Ty::Unknown),
        };
    }
    let best = best(resolver, file, hits, args);
    let ty = Ty::either(best.iter().map(|hit| as_function(resolver, hit)).collect::<Vec<_>>());
    (Found::Defs(best), ty)
}

fn as_function(resolver: &mut Resolver<'_>, hit: &Hit) -> Ty {
    match resolver.binding_of(&hit.def) {
        // A record's component.
        Some((facts, binding)) if binding.kind == BindingKind::Parameter => {
            let ty = resolver.as_type(facts.file, binding.ty).with(&hit.env);
            Ty::Fn([].into(), ty.into())
        }
        _ => Ty::Func(hit.def.clone(), hit.env.clone()),
    }
}

fn lib_method(of: &Ty, name: &str) -> Ty {
    match of {
        Ty::Lib(of_name, args) | Ty::LibType(of_name, args) if RULES.stubs().member(of_name, args, name).is_some() => {
            Ty::LibFunc(of.clone().into(), name.into())
        }
        // It inherits from that, whatever it is.
        Ty::Lib(..) if RULES.stubs().member("Object", &none(), name).is_some() => {
            Ty::LibFunc(Ty::lib("Object").into(), name.into())
        }
        Ty::LibFunc(..) => {
            let of = value(of);
            if matches!(of, Ty::Lib(..)) { lib_method(&of, name) } else { Ty::outside() }
        }
        _ => Ty::outside(),
    }
}

/// A method without a qualifier: the innermost type that has one of this name has all that may be meant.
fn in_scope(resolver: &mut Resolver<'_>, file: FileRef, class: u32, name: &str) -> (Vec<Hit>, Option<Ty>) {
    let mut outside = None;
    for class in scopes::around(resolver, file, class) {
        let env = [].into();
        let (mut hits, from) = types::methods(resolver, &class, &env, name);
        if !hits.is_empty() {
            if outside.is_some() {
                hits.iter_mut().for_each(|hit| hit.confidence = hit.confidence.max(Confidence::Likely));
            }
            return (hits, None);
        }
        match from {
            // Nothing is known of it: a type around may have the method.
            Some(Ty::Lib(name, _)) if name.is_empty() => outside = outside.or(Some(Ty::outside())),
            Some(ty) => return (hits, Some(ty)),
            None => {}
        }
    }
    match scopes::of_file(resolver, file, name, Sort::Method) {
        Found::Defs(hits) => (hits, None),
        _ => {
            let from = scopes::imported_from(resolver, file, name);
            (Vec::new(), Some(outside.or(from).unwrap_or_else(Ty::outside)))
        }
    }
}

fn of_receiver(resolver: &mut Resolver<'_>, ty: &Ty, name: &str) -> (Vec<Hit>, Option<Ty>) {
    let (mut all, mut outside): (Vec<Hit>, Option<Ty>) = (Vec::new(), None);
    for one in ty.each() {
        let one = if matches!(one, Ty::Var(_)) { functions::bound(resolver, one) } else { one.clone() };
        for one in one.each() {
            match one {
                Ty::Of(def, args) | Ty::Type(def, args) => {
                    let env = types::env(resolver, def, args);
                    let (hits, from) = types::methods(resolver, def, &env, name);
                    for hit in hits {
                        if !all.iter().any(|known| known.def == hit.def) {
                            all.push(hit);
                        }
                    }
                    outside = outside.or(from);
                }
                Ty::Unknown | Ty::Module(_) => {}
                Ty::Var(_) => outside = outside.or(Some(Ty::lib("Object"))),
                other => outside = outside.or(Some(other.clone())),
            }
        }
    }
    (all, outside)
}

/// The constructor that fits arguments best, as a function.
pub(super) fn constructor(resolver: &mut Resolver<'_>, file: FileRef, ty: ExprId, args: ListId) -> Ty {
    let ty = resolver.ty(file, ty);
    ty.map(|ty| match ty {
        Ty::Type(def, given) | Ty::Of(def, given) => {
            let env = types::env(resolver, def, given);
            let all = types::constructors(resolver, def, &env);
            let best = best(resolver, file, all, args);
            best.first().map_or(Ty::Unknown, |hit| Ty::Func(hit.def.clone(), hit.env.clone()))
        }
        _ => Ty::Unknown,
    })
}

/// What comes out when an object is made: the type's own arguments, or what its constructor's tell.
pub(super) fn made(resolver: &mut Resolver<'_>, file: FileRef, ty: &Ty, args: ListId) -> Ty {
    match ty {
        Ty::Type(def, given) if given.is_empty() => {
            let Some((facts, binding)) = resolver.binding_of(def) else { return Ty::Unknown };
            let generics = facts.facts.list(binding.generics).to_vec();
            let object = Ty::Of(def.clone(), none());
            if generics.is_empty() || args == NONE {
                return object;
            }
            let all = types::constructors(resolver, def, &[].into());
            let best = best(resolver, file, all, args);
            let Some(hit) = best.first() else { return object };
            let params = functions::params(resolver, &hit.def, &hit.env);
            let Some(here) = resolver.facts(file) else { return object };
            let mut found = Vec::new();
            for (param, &arg) in params.iter().zip(here.facts.list(args)) {
                let arg = resolver.ty(file, arg);
                let param = if matches!(arg, Ty::Fn(..)) { functions::shape(resolver, param) } else { param.clone() };
                resolver.unify(&param, &arg, &mut found, 0);
            }
            let var = |&var: &u32| {
                let var = Def::Bound(facts.file, var);
                let told = found.iter().find(|(known, _)| *known == var);
                told.map_or_else(|| Ty::lib("?"), |(_, ty)| ty.clone())
            };
            Ty::Of(def.clone(), generics.iter().map(var).collect())
        }
        Ty::Type(def, given) => Ty::Of(def.clone(), given.clone()),
        Ty::LibType(name, given) => Ty::Lib(name.clone(), given.clone()),
        Ty::Var(_) | Ty::Of(..) => ty.clone(),
        _ => Ty::Unknown,
    }
}

/// Those of several that fit arguments best.
fn best(resolver: &mut Resolver<'_>, file: FileRef, hits: Vec<Hit>, args: ListId) -> Vec<Hit> {
    let Some(facts) = resolver.facts(file) else { return Vec::new() };
    let exprs = facts.facts.list(args);
    let mut hits = hits;
    if args != NONE && hits.len() > 1 {
        let takes: Vec<bool> = hits.iter().map(|hit| takes(resolver, &hit.def, exprs.len())).collect();
        if takes.contains(&true) {
            let mut takes = takes.iter();
            hits.retain(|_| takes.next() == Some(&true));
        } else {
            hits.iter_mut().for_each(|hit| hit.confidence = hit.confidence.max(Confidence::Likely));
        }
    }
    if hits.len() < 2 {
        return hits;
    }
    let mut all: Vec<Candidate> = Vec::new();
    for hit in hits {
        let candidate = candidate(resolver, hit);
        // What a type has itself goes before what it inherits with the same parameters.
        let is_same = |known: &Candidate| known.spreads == candidate.spreads && same_params(known, &candidate);
        if !all.iter().any(is_same) {
            all.push(candidate);
        }
    }
    if args == NONE {
        return several(all.into_iter().map(|candidate| candidate.hit).collect());
    }
    if all.len() < 2 {
        return all.into_iter().map(|candidate| candidate.hit).collect();
    }
    let args: Vec<Arg> = exprs.iter().map(|&expr| argument(resolver, file, expr)).collect();
    let mut fitting: Vec<(Candidate, u32, bool)> = Vec::new();
    let mut rest = Vec::new();
    for candidate in all {
        match phase(resolver, &candidate, &args) {
            Some((phase, sure)) => fitting.push((candidate, phase, sure)),
            None => rest.push(candidate.hit),
        }
    }
    let Some(first) = fitting.iter().map(|(_, phase, _)| *phase).min() else {
        // What is known of the arguments must be wrong.
        return several(rest);
    };
    fitting.retain(|(_, phase, _)| *phase == first);
    let sure = fitting.iter().all(|(.., sure)| *sure);
    let all: Vec<Candidate> = fitting.into_iter().map(|(candidate, ..)| candidate).collect();
    let unknown: Vec<bool> = args.iter().map(|arg| matches!(arg, Arg::Value(Ty::Unknown))).collect();
    let special: Vec<usize> = (0..all.len())
        .filter(|&one| {
            (0..all.len()).all(|other| one == other || is_special(resolver, &all[one], &all[other], &args, &unknown))
        })
        .collect();
    match special.as_slice() {
        [] => {
            // Where nothing is known of an argument, its type is rather one of which nothing is known.
            let mut all = all;
            all.sort_by_key(|candidate| {
                let known = |at: &usize| match param_at(candidate, *at, args.len()) {
                    Some(Ty::Lib(name, _)) => RULES.stubs().knows(&name) || is_primitive(&name),
                    _ => false,
                };
                (0..args.len()).filter(|&at| unknown[at]).filter(known).count()
            });
            several(all.into_iter().map(|candidate| candidate.hit).collect())
        }
        // Where several are as special as each other, the nearest.
        [one, ..] => {
            let mut hit = all[*one].hit.clone();
            if !sure {
                hit.confidence = hit.confidence.max(Confidence::Likely);
            }
            vec![hit]
        }
    }
}

fn several(mut hits: Vec<Hit>) -> Vec<Hit> {
    if hits.len() > 1 {
        hits.truncate(MAX_AMBIGUOUS);
        hits.iter_mut().for_each(|hit| hit.confidence = Confidence::Ambiguous);
    }
    hits
}

/// A method takes so many arguments: its parameters' types are not needed to tell.
fn takes(resolver: &Resolver<'_>, method: &Def, count: usize) -> bool {
    let Some((facts, binding)) = resolver.binding_of(method) else { return false };
    let params = facts.facts.list(binding.params);
    let last = params.last().and_then(|&last| facts.facts.bindings.get(last as usize));
    match last.map(|last| facts.facts.expr(last.ty)) {
        Some(Expr::Lib { name, .. }) if facts.facts.name(name) == "..." => count + 1 >= params.len(),
        _ => count == params.len(),
    }
}

fn candidate(resolver: &mut Resolver<'_>, hit: Hit) -> Candidate {
    let params = functions::params(resolver, &hit.def, &hit.env);
    let spreads = matches!(params.last(), Some(Ty::Lib(name, _)) if &**name == "...");
    let mut own: Vec<Def> = Vec::new();
    if let Some((facts, binding)) = resolver.binding_of(&hit.def) {
        let of = |generics: u32| -> Vec<Def> {
            facts.facts.list(generics).iter().map(|&var| Def::Bound(facts.file, var)).collect()
        };
        own.extend(of(binding.generics));
        // A constructor decides those of its type.
        if let Some(symbol) = facts.facts.symbols.get(binding.symbol as usize)
            && symbol.kind == SymbolKind::Constructor
            && let Some(class) = facts.facts.symbols.get(symbol.container as usize)
            && let Some(class) = facts.facts.bindings.get(class.binding as usize)
        {
            own.extend(of(class.generics));
        }
    }
    Candidate { hit, params, spreads, own }
}

/// The same parameters, whatever type parameters are called.
fn same_params(one: &Candidate, other: &Candidate) -> bool {
    fn same(one: &Ty, other: &Ty) -> bool {
        match (one, other) {
            (Ty::Of(a, _), Ty::Of(b, _)) => a == b,
            (Ty::Lib(a, given), Ty::Lib(b, other)) if matches!(&**a, "[]" | "...") && a == b => {
                given.iter().zip(other.iter()).all(|(a, b)| same(a, b))
            }
            (Ty::Lib(a, _), Ty::Lib(b, _)) => a == b && !a.is_empty(),
            (Ty::Var(a), Ty::Var(b)) => a == b,
            (a, b) => a == b && !a.is_unknown(),
        }
    }
    one.params.len() == other.params.len() && one.params.iter().zip(&other.params).all(|(a, b)| same(a, b))
}

fn argument(resolver: &mut Resolver<'_>, file: FileRef, expr: ExprId) -> Arg {
    let Some(facts) = resolver.facts(file) else { return Arg::Value(Ty::Unknown) };
    match facts.facts.expr(expr) {
        Expr::Function { params: NONE, .. } => Arg::Reference,
        Expr::Function { params, gives } => {
            let something = match facts.facts.expr(gives) {
                Expr::Lib { name, .. } => Some(facts.facts.name(name) != "void"),
                Expr::Call { .. } | Expr::New { .. } => None,
                Expr::Unknown => None,
                _ => Some(true),
            };
            Arg::Lambda(facts.facts.list(params).len(), something)
        }
        _ => {
            let ty = resolver.ty(file, expr);
            Arg::Value(value(&ty))
        }
    }
}

/// In which of the three rounds a method is found to fit, and whether that is sure.
fn phase(resolver: &mut Resolver<'_>, candidate: &Candidate, args: &[Arg]) -> Option<(u32, bool)> {
    let fixed = candidate.params.len() - usize::from(candidate.spreads);
    let (mut phase, mut sure) = (0, true);
    let mut count = |fit: Fit| {
        match fit {
            Fit::No => return false,
            Fit::Boxed => phase = phase.max(1),
            Fit::Maybe => sure = false,
            Fit::Strict => {}
        }
        true
    };
    for (arg, param) in args.iter().zip(&candidate.params).take(fixed) {
        if !count(fit(resolver, arg, param, &candidate.own)) {
            return None;
        }
    }
    if !candidate.spreads {
        return (args.len() == fixed).then_some((phase, sure));
    }
    let Some(Ty::Lib(_, element)) = candidate.params.last() else { return None };
    let element = element.first().cloned().unwrap_or_default();
    if args.len() == fixed + 1 {
        // An array may be given as it is.
        let array = Ty::Lib("[]".into(), [element.clone()].into());
        let whole = fit(resolver, &args[fixed], &array, &candidate.own);
        if matches!(whole, Fit::Strict) {
            return count(whole).then_some((phase, sure));
        }
    }
    for arg in args.iter().skip(fixed) {
        if !count(fit(resolver, arg, &element, &candidate.own)) {
            return None;
        }
    }
    Some((2, sure))
}

fn fit(resolver: &mut Resolver<'_>, arg: &Arg, param: &Ty, own: &[Def]) -> Fit {
    match arg {
        Arg::Value(ty) => fits(resolver, ty, param, own),
        Arg::Reference => match functions::shape(resolver, param) {
            Ty::Fn(..) => Fit::Strict,
            other => not_a_function(&other),
        },
        Arg::Lambda(count, something) => match functions::shape(resolver, param) {
            Ty::Fn(params, gives) => {
                let is_void = matches!(&*gives, Ty::Lib(name, _) if &**name == "void");
                match something {
                    _ if params.len() != *count => Fit::No,
                    Some(something) if *something == is_void && !gives.is_unknown() => Fit::No,
                    _ => Fit::Strict,
                }
            }
            other => not_a_function(&other),
        },
    }
}

fn not_a_function(ty: &Ty) -> Fit {
    match ty {
        Ty::Unknown => Fit::Maybe,
        Ty::Lib(name, _) if !RULES.stubs().knows(name) && !is_primitive(name) && &**name != "[]" => Fit::Maybe,
        _ => Fit::No,
    }
}

/// Whether what one takes the other would take, too.
fn is_special(resolver: &mut Resolver<'_>, one: &Candidate, other: &Candidate, args: &[Arg], unknown: &[bool]) -> bool {
    (0..args.len()).all(|at| {
        let (Some(mine), Some(others)) = (param_at(one, at, args.len()), param_at(other, at, args.len())) else {
            return true;
        };
        if unknown[at] && mine != others {
            return false;
        }
        match &args[at] {
            Arg::Value(_) => matches!(fits(resolver, &mine, &others, &other.own), Fit::Strict | Fit::Maybe),
            _ => more_special_function(resolver, &mine, &others),
        }
    })
}

/// The parameter that an argument is for.
fn param_at(candidate: &Candidate, at: usize, count: usize) -> Option<Ty> {
    let last = candidate.params.len().checked_sub(1)?;
    match candidate.params.get(at.min(last))? {
        Ty::Lib(name, args) if &**name == "..." && (at < last || count != candidate.params.len() || at == last) => {
            args.first().cloned()
        }
        ty => Some(ty.clone()),
    }
}

/// What gives something goes before what gives nothing, and a primitive before an object.
fn more_special_function(resolver: &mut Resolver<'_>, mine: &Ty, others: &Ty) -> bool {
    if mine == others {
        return true;
    }
    match (functions::shape(resolver, mine), functions::shape(resolver, others)) {
        (Ty::Fn(_, mine), Ty::Fn(_, others)) => {
            let is = |ty: &Ty, what: fn(&str) -> bool| matches!(ty, Ty::Lib(name, _) if what(name));
            let is_void = |ty: &Ty| is(ty, |name| name == "void");
            match (is_void(&mine), is_void(&others)) {
                (false, true) => true,
                (true, false) => false,
                _ => is(&mine, is_primitive) && !is(&others, is_primitive),
            }
        }
        _ => false,
    }
}
