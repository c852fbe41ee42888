//! The links of one file.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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
    /// The paths of the other files that these symbols are of. Sorted.
    pub files: Vec<Arc<str>>,
    /// What of other files they rest on.
    pub deps: Vec<Dep>,
}

/// Links a file.
pub fn link_file(resolver: &mut Resolver<'_>, file: FileRef) -> FileLinks {
    let Some(facts) = resolver.facts(file) else { return FileLinks::default() };
    let Some(written) = resolver.written(file) else { return FileLinks::default() };
    resolver.watch();
    let mut links = Vec::new();
    let mut uses = Uses { facts: &facts, written: &written, references: BTreeMap::new(), files: BTreeSet::new() };
    let mut deps = Vec::new();
    for token in written.tokens.iter() {
        resolver.forgets(file, &mut deps);
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
                    uses.add(resolver, symbol, token, hit, &hit.def);
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
                uses.add(resolver, symbol, token, hit, &hit.def);
                if facts.rules.overrides_are_one {
                    for def in resolver.overridden(&hit.def) {
                        if let Some((_, base)) = resolver.symbol_of(&def) {
                            let likely = Hit { confidence: hit.confidence.max(Confidence::Likely), ..hit.clone() };
                            uses.add(resolver, base.id, token, &likely, &def);
                        }
                    }
                }
            }
            if own.is_none() {
                links.push(Link { byte_start, byte_end, target, confidence: hit.confidence });
            }
        }
    }
    let Uses { references, mut files, .. } = uses;
    files.remove(&facts.path);
    deps.extend(resolver.watched(file));
    deps.sort_unstable();
    deps.dedup();
    FileLinks { links, references: references.into_iter().collect(), files: files.into_iter().collect(), deps }
}

/// References to symbols while they are found.
struct Uses<'a> {
    facts: &'a FileFacts,
    written: &'a Facts,
    references: BTreeMap<SymbolId, Vec<Reference>>,
    files: BTreeSet<Arc<str>>,
}

impl Uses<'_> {
    /// A token leads to a hit, and by that to a symbol, which is what `def` is.
    fn add(&mut self, resolver: &Resolver<'_>, symbol: SymbolId, token: &Token, hit: &Hit, def: &Def) {
        let reference = self.reference(resolver, token, hit);
        self.references.entry(symbol).or_default().push(reference);
        if let Def::Bound(file, _) = def
            && let Some(of) = resolver.facts(*file)
            && !self.files.contains(&of.path)
        {
            self.files.insert(of.path.clone());
        }
    }

    fn reference(&self, resolver: &Resolver<'_>, token: &Token, hit: &Hit) -> Reference {
        let facts = &self.facts.facts;
        let length = facts.name(token.name).len() as u32;
        let named = resolver.name_length_of(&hit.def).unwrap_or_default();
        let (start_line, start_col) = self.written.place(token.start);
        Reference {
            byte_start: token.start,
            byte_end: token.start + length,
            start_line,
            start_col,
            length: (named != length).then_some(length),
            kind: token.kind,
            enclosing: facts.symbols.get(token.within as usize).map(|symbol| symbol.id),
            confidence: hit.confidence,
        }
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
