//! The links of one file.

use std::collections::BTreeMap;

use crate::{
    record::{
        BindingId, BindingKind, Confidence, Dep, Expr, ExprId, Facts, Link, Reference, ReferenceKind, SymbolId, Target,
        Token,
    },
    resolve::{Def, FileFacts, FileRef, Found, Hit, Resolver},
};

/// Where the names of a file lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLinks {
    /// Of names that the file itself does not bind to something of its own. In source order.
    pub links: Vec<Link>,
    /// All references to symbols, of this file and of others, in the order of these.
    pub references: Vec<(SymbolId, Vec<Reference>)>,
    /// What of other files they rest on.
    pub deps: Vec<Dep>,
}

/// Links a file.
pub fn link_file(resolver: &mut Resolver<'_>, file: FileRef) -> FileLinks {
    let Some(facts) = resolver.facts(file) else { return FileLinks::default() };
    resolver.watch();
    let mut links = Vec::new();
    let mut references: BTreeMap<SymbolId, Vec<Reference>> = BTreeMap::new();
    for token in facts.facts.tokens.iter() {
        let byte_start = token.start;
        let byte_end = byte_start + facts.facts.name(token.name).len() as u32;
        let means = facts.facts.expr(token.means);
        // What the file binds itself, its facts tell.
        let own = match means {
            Expr::Bound(binding) => {
                let bound = &facts.facts.bindings[binding as usize];
                (bound.kind != BindingKind::Import || !facts.rules.follows_imports).then_some(binding)
            }
            _ => None,
        };
        let found = match own {
            Some(binding) => Found::exact(Def::Bound(file, binding)),
            None => resolver.token(file, token),
        };
        let leads_nowhere = found.is_unknown()
            && (matches!(means, Expr::Bound(_)) || token.kind == ReferenceKind::Import)
            && !facts.rules.imports_answer;
        if own.is_none() && (matches!(found, Found::Outside(_)) || leads_nowhere) {
            links.push(Link { byte_start, byte_end, target: Target::Outside, confidence: Confidence::Exact });
        }
        // What bears another name here is referred to by that as well.
        if let Some(binding) = own
            && let Some(value) = alias(&facts.facts, binding)
        {
            for hit in resolver.means(file, value).hits() {
                if let Some(Target::Symbol(symbol)) = target(resolver, file, &hit.def) {
                    references.entry(symbol).or_default().push(reference(resolver, &facts, token, hit));
                }
            }
        }
        for hit in found.hits() {
            // What is declared may be defined nowhere else.
            if matches!(means, Expr::Declared(binding) if hit.def == Def::Bound(file, binding)) {
                continue;
            }
            let Some(target) = target(resolver, file, &hit.def) else { continue };
            // A word that stands for something does not name it.
            let names = !matches!(means, Expr::ValueType(_));
            if let Target::Symbol(symbol) = target
                && names
            {
                references.entry(symbol).or_default().push(reference(resolver, &facts, token, hit));
                if facts.rules.overrides_are_one {
                    for def in resolver.overridden(&hit.def) {
                        if let Some((_, base)) = resolver.symbol_of(&def) {
                            let one = reference(resolver, &facts, token, hit);
                            let confidence = one.confidence.max(Confidence::Likely);
                            references.entry(base.id).or_default().push(Reference { confidence, ..one });
                        }
                    }
                }
            }
            if own.is_none() {
                links.push(Link { byte_start, byte_end, target, confidence: hit.confidence });
            }
        }
    }
    let deps = resolver.watched(file);
    FileLinks { links, references: references.into_iter().collect(), deps }
}

fn reference(resolver: &Resolver<'_>, facts: &FileFacts, token: &Token, hit: &Hit) -> Reference {
    let length = facts.facts.name(token.name).len() as u32;
    let named = resolver.name_of(&hit.def).map_or(0, |name| name.len() as u32);
    let (start_line, start_col) = facts.facts.place(token.start);
    Reference {
        byte_start: token.start,
        byte_end: token.start + length,
        start_line,
        start_col,
        length: (named != length).then_some(length),
        kind: token.kind,
        enclosing: facts.facts.symbols.get(token.within as usize).map(|symbol| symbol.id),
        confidence: hit.confidence,
    }
}

/// What a variable stands for, that is nothing but another name of something imported.
fn alias(facts: &Facts, binding: BindingId) -> Option<ExprId> {
    let bound = facts.bindings.get(binding as usize).filter(|bound| bound.kind == BindingKind::Variable)?;
    matches!(facts.expr(bound.value), Expr::Import { .. }).then_some(bound.value)
}

fn target(resolver: &Resolver<'_>, file: FileRef, def: &Def) -> Option<Target> {
    match def {
        Def::Bound(at, id) => {
            let (facts, binding) = resolver.binding_of(def)?;
            if let Some(symbol) = facts.facts.symbols.get(binding.symbol as usize) {
                return Some(Target::Symbol(symbol.id));
            }
            if *at == file {
                return Some(Target::Here(binding.start));
            }
            // A parameter of a function of another file.
            let params = |symbol: &&crate::record::SymbolFacts| {
                let of = facts.facts.bindings[symbol.binding as usize].params;
                facts.facts.list(of).contains(id)
            };
            let function = facts.facts.symbols.iter().find(params)?;
            let of = facts.facts.bindings[function.binding as usize].params;
            let nth = facts.facts.list(of).iter().position(|param| param == id)?;
            Some(Target::Parameter(function.id, nth as u32))
        }
        Def::File(at) => Some(Target::File(resolver.facts(*at)?.path.clone())),
        Def::Package(..) => None,
    }
}
