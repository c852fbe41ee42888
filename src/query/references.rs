//! Where a definition is used.

use std::sync::Arc;

use serde::Serialize;

use super::{
    View,
    definition::{Subject, bound_at, subjects},
};
use crate::{
    kv::StoreError,
    link::{IndexWorld, rules_of},
    record::{Binding, BindingKind, Confidence, Expr, Facts, NONE, ReferenceKind, Symbol, SymbolId, Target, Token},
    resolve::Resolver,
};

/// A place that names a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    pub path: Arc<str>,
    pub byte_start: u32,
    pub byte_end: u32,
    /// 1-based.
    pub line: u32,
    pub col: u32,
    pub kind: ReferenceKind,
    pub confidence: Confidence,
    /// The innermost function or type around it.
    pub enclosing: Option<SymbolId>,
    /// It is the definition itself.
    pub is_definition: bool,
}

/// All uses of what the name at a byte of a file means, by path and place. `None` where there is no name, or nothing is known
/// of it.
pub fn references(
    view: &View<'_>,
    path: &str,
    byte: u32,
    with_definition: bool,
) -> Result<Option<Vec<Use>>, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(None) };
    let Some((_, mut subjects)) = subjects(view, path, &facts, byte)? else { return Ok(None) };
    // A name may be bound by the word that names something else.
    if let Some(bound) = bound_at(&facts, byte)
        && !subjects.contains(&bound)
    {
        subjects.push(bound);
    }
    let mut found = Vec::new();
    let mut any = false;
    for subject in subjects {
        match subject {
            Subject::Local(binding) => {
                any = true;
                of_binding(view, path, &facts, binding, &mut found)?;
            }
            Subject::Symbol(id, _) => {
                any = true;
                for id in forms(view, id)? {
                    of_symbol(view, id, &mut found)?;
                }
            }
            Subject::Other(..) => {}
        }
    }
    if !with_definition {
        found.retain(|one| !one.is_definition);
    }
    found.sort();
    found.dedup_by(|a, b| a.path == b.path && a.byte_start == b.byte_start);
    Ok(any.then_some(found))
}

/// What a language takes for one thing with a symbol: what bears its name in its place, and what it overrides.
fn forms(view: &View<'_>, id: SymbolId) -> Result<Vec<SymbolId>, StoreError> {
    let Some(symbol) = view.symbol(id)? else { return Ok(vec![id]) };
    let mut all = vec![id];
    let Some(rules) = rules_of(&symbol.language) else { return Ok(all) };
    if rules.forms_are_one {
        let of_name = view.symbols_by_fqn(&symbol.fqn)?;
        let in_place = |other: &&Symbol| other.path == symbol.path && other.container == symbol.container;
        all.extend(of_name.iter().filter(in_place).map(|other| other.symbol_id).filter(|other| *other != id));
    }
    if rules.overrides_are_one && symbol.container.is_some() {
        let world = IndexWorld::new(view.snapshot, view.buffers);
        let mut resolver = Resolver::new(&world);
        if let Some(def) = world.def_of(id) {
            let overridden = resolver.overridden(&def);
            all.extend(overridden.iter().filter_map(|def| resolver.symbol_of(def)).map(|(_, symbol)| symbol.id));
        }
        world.checked()?;
    }
    Ok(all)
}

/// Where a file names what the name at a byte of it means; if nothing is known of that, where it writes a name like this of
/// which nothing is known.
pub fn highlights(view: &View<'_>, path: &str, byte: u32) -> Result<Vec<Use>, StoreError> {
    let Some(facts) = view.facts(path)? else { return Ok(Vec::new()) };
    let Some((name, subjects)) = subjects(view, path, &facts, byte)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for subject in &subjects {
        match subject {
            Subject::Local(binding) => of_binding(view, path, &facts, *binding, &mut found)?,
            Subject::Symbol(id, _) => {
                for id in forms(view, *id)? {
                    of_symbol(view, id, &mut found)?;
                }
                found.retain(|one| *one.path == *path);
            }
            Subject::Other(..) => {}
        }
    }
    if found.is_empty() {
        let links = view.links(path)?;
        let leads_somewhere = |start: u32| {
            let from = links.partition_point(|link| link.byte_start < start);
            let mut here = links[from..].iter().take_while(|link| link.byte_start == start);
            here.any(|link| matches!(link.target, Target::Symbol(_)))
        };
        let Some(asked) = facts.token_at(name.start) else { return Ok(found) };
        let alike = facts.tokens.iter().filter(|token| token.name == asked.name);
        let open = alike.filter(|token| !matches!(facts.expr(token.means), Expr::Bound(_)));
        for token in open.filter(|token| !leads_somewhere(token.start)) {
            found.push(token_use(path, &facts, token));
        }
    }
    found.sort();
    found.dedup_by(|a, b| a.byte_start == b.byte_start);
    Ok(found)
}

fn token_use(path: &str, facts: &Facts, token: &Token) -> Use {
    let (line, col) = facts.place(token.start);
    Use {
        path: path.into(),
        byte_start: token.start,
        byte_end: token.start + facts.name(token.name).len() as u32,
        line,
        col,
        kind: token.kind,
        confidence: Confidence::Exact,
        enclosing: facts.symbols.get(token.within as usize).map(|symbol| symbol.id),
        is_definition: false,
    }
}

fn of_binding(
    view: &View<'_>,
    path: &str,
    facts: &Facts,
    binding: u32,
    found: &mut Vec<Use>,
) -> Result<(), StoreError> {
    let bound = &facts.bindings[binding as usize];
    if bound.kind != BindingKind::Import {
        let own = Token { start: bound.start, name: bound.name, kind: ReferenceKind::Write, means: 0, within: NONE };
        found.push(Use { is_definition: true, ..token_use(path, facts, &own) });
    }
    // What is bound at one place several times, with several types, is one thing.
    let is_same = |other: &Binding| (other.start, other.name) == (bound.start, bound.name);
    let means_it = |token: &&Token| {
        let same = |meant: u32| meant == binding || facts.bindings.get(meant as usize).is_some_and(is_same);
        facts.bound(token).is_some_and(same)
    };
    found.extend(facts.tokens.iter().filter(means_it).map(|token| token_use(path, facts, token)));
    // Of a name that may mean something else, linking has told.
    let is_open = |token: &Token| token.name == bound.name && matches!(facts.expr(token.means), Expr::First(_));
    if facts.tokens.iter().any(is_open) {
        let here = Target::Here(bound.start);
        for link in view.links(path)?.iter().filter(|link| link.target == here) {
            found.extend(facts.token_at(link.byte_start).map(|token| token_use(path, facts, token)));
        }
    }
    Ok(())
}

fn of_symbol(view: &View<'_>, id: SymbolId, found: &mut Vec<Use>) -> Result<(), StoreError> {
    if let Some(symbol) = view.symbol(id)? {
        found.push(Use {
            path: symbol.path.clone(),
            byte_start: symbol.name_byte_start,
            byte_end: symbol.name_byte_end,
            line: symbol.name_line,
            col: symbol.name_col,
            kind: ReferenceKind::Write,
            confidence: Confidence::Exact,
            enclosing: symbol.container,
            is_definition: true,
        });
    }
    for (file, references) in view.references(id)? {
        let Some(path) = view.path_of(file)? else { continue };
        found.extend(references.into_iter().map(|reference| Use {
            path: path.clone(),
            byte_start: reference.byte_start,
            byte_end: reference.byte_end,
            line: reference.start_line,
            col: reference.start_col,
            kind: reference.kind,
            confidence: reference.confidence,
            enclosing: reference.enclosing,
            is_definition: false,
        }));
    }
    Ok(())
}
