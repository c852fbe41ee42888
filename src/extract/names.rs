//! Uses of names, and what they can be bound to by the evidence of this file alone.
//!
//! A bare name is bound to a definition of this file that is in scope and not hidden by a local; a member of `self` or of
//! a type of this file to that type's member. Everything else stays unbound here: no evidence, no answer.

use rustc_hash::{FxHashMap, FxHashSet};

use super::definitions::Definitions;
use crate::{
    languages::Language,
    record::{Confidence, Reference, ReferenceKind, SymbolId, SymbolKind},
    text::{ByteRange, SourceText},
};

/// More candidates than this are no answer.
const MAX_CANDIDATES: usize = 8;

/// An identifier that names something.
#[derive(Debug)]
pub(super) struct Use {
    pub range: ByteRange,
    pub kind: ReferenceKind,
    pub qualifier: Qualifier,
    /// The innermost symbol around, by its place in the file's list.
    pub enclosing: Option<usize>,
    /// The innermost function around, by its place in the walk's list.
    pub function: Option<u32>,
}

/// What stands before the name.
#[derive(Debug)]
pub(super) enum Qualifier {
    None,
    Object(ByteRange),
    /// Something, but it did not parse.
    Unknown,
}

/// All uses of names in a file, and the names that are local to its functions.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    pub uses: Vec<Use>,
    locals: FxHashSet<(u32, &'t [u8])>,
    receivers: FxHashMap<u32, &'t [u8]>,
    /// For each function the one around it.
    outer: Vec<Option<u32>>,
}

impl<'t> Names<'t> {
    /// Functions are entered in the order of the walk's list of them.
    pub fn enter_function(&mut self, outer: Option<u32>) {
        self.outer.push(outer);
    }

    /// The name is a local of the function from here on (and, as in most languages, before).
    pub fn bind(&mut self, function: u32, name: &'t [u8]) {
        self.locals.insert((function, name));
    }

    /// What the method calls its object, where it says so itself.
    pub fn receive(&mut self, function: u32, name: &'t [u8]) {
        self.receivers.insert(function, name);
        self.bind(function, name);
    }

    /// In the method around, or in a function in it, that is what it calls its object.
    fn is_receiver(&self, mut function: Option<u32>, name: &[u8]) -> bool {
        while let Some(inner) = function {
            if let Some(receiver) = self.receivers.get(&inner) {
                return *receiver == name;
            }
            function = self.outer[inner as usize];
        }
        false
    }

    /// It is none after all.
    pub fn release(&mut self, function: u32, name: &'t [u8]) {
        self.locals.remove(&(function, name));
    }

    /// As far as the walk has come.
    pub fn is_local(&self, mut function: Option<u32>, name: &'t [u8]) -> bool {
        while let Some(inner) = function {
            if self.locals.contains(&(inner, name)) {
                return true;
            }
            function = self.outer[inner as usize];
        }
        false
    }

    /// For each function, how many distinct names it calls.
    pub fn callees(&self, text: &'t SourceText, functions: usize) -> Vec<u32> {
        let mut seen: FxHashSet<(u32, &[u8])> = FxHashSet::default();
        let mut counts = vec![0; functions];
        for call in self.uses.iter().filter(|call| call.kind == ReferenceKind::Call) {
            if let Some(function) = call.function
                && seen.insert((function, text.raw(call.range.clone())))
            {
                counts[function as usize] += 1;
            }
        }
        counts
    }

    /// How many distinct names are used that this file does not define.
    pub fn outside(&self, text: &'t SourceText, definitions: &Definitions<'_>) -> u32 {
        let own: FxHashSet<&[u8]> = definitions.symbols.iter().map(|symbol| symbol.name.as_bytes()).collect();
        let mut seen: FxHashSet<&[u8]> = FxHashSet::default();
        for used in &self.uses {
            let name = text.raw(used.range.clone());
            if !own.contains(name) && !self.is_local(used.function, name) {
                seen.insert(name);
            }
        }
        seen.len() as u32
    }

    /// The references to the file's own symbols, by symbol in source order.
    pub fn bound(
        &self,
        text: &'t SourceText,
        language: &Language,
        definitions: &Definitions<'_>,
    ) -> Vec<(SymbolId, Vec<Reference>)> {
        let symbols = &definitions.symbols;
        let mut by_name: FxHashMap<&[u8], Vec<usize>> = FxHashMap::default();
        for (index, symbol) in symbols.iter().enumerate().filter(|(_, symbol)| symbol.kind.has_name()) {
            by_name.entry(symbol.name.as_bytes()).or_default().push(index);
        }
        let index_of: FxHashMap<SymbolId, usize> =
            symbols.iter().enumerate().map(|(index, symbol)| (symbol.symbol_id, index)).collect();
        // A property may bear the name of what it holds (`{ a }`).
        let named = symbols.iter().filter(|symbol| symbol.kind.has_name() && symbol.kind != SymbolKind::Property);
        let defined: FxHashSet<u32> = named.map(|symbol| symbol.name_byte_start).collect();
        let mut found: Vec<Vec<Reference>> = symbols.iter().map(|_| Vec::new()).collect();
        let mut fits: Vec<usize> = Vec::new();
        for used in self.uses.iter().filter(|used| !defined.contains(&used.range.start)) {
            let name = text.raw(used.range.clone());
            let Some(candidates) = by_name.get(name) else { continue };
            fits.clear();
            match &used.qualifier {
                Qualifier::Unknown => continue,
                Qualifier::None if self.is_local(used.function, name) => continue,
                Qualifier::None => fits.extend(
                    candidates.iter().filter(|&&candidate| in_scope(definitions, language, &index_of, candidate, used)),
                ),
                Qualifier::Object(object) => {
                    let object = text.slice(object.clone());
                    let is_self = language.hooks.self_names.contains(&&*object)
                        || self.is_receiver(used.function, object.as_bytes());
                    let Some(owner) = owner_of(definitions, &index_of, is_self, &object, used) else {
                        continue;
                    };
                    fits.extend(
                        candidates
                            .iter()
                            .filter(|&&candidate| definitions.owners[candidate].as_deref() == Some(&*owner)),
                    );
                }
            }
            prefer(&mut fits, |&candidate| used.kind == ReferenceKind::Call && can_be_called(symbols[candidate].kind));
            prefer(&mut fits, |&candidate| used.kind != ReferenceKind::Call && !symbols[candidate].kind.is_function());
            if matches!(used.qualifier, Qualifier::None) {
                // Of what is in scope the innermost hides the rest.
                let depth = |&candidate: &usize| symbols[candidate].container.and_then(|id| index_of.get(&id)).copied();
                let innermost = fits.iter().map(depth).max().flatten();
                prefer(&mut fits, |candidate| depth(candidate) == innermost);
            }
            if fits.is_empty() || fits.len() > MAX_CANDIDATES {
                continue;
            }
            let confidence = if fits.len() == 1 { Confidence::Likely } else { Confidence::Ambiguous };
            let place = text.place(used.range.start);
            for &candidate in &fits {
                found[candidate].push(Reference {
                    byte_start: used.range.start,
                    byte_end: used.range.end,
                    start_line: place.line_1(),
                    start_col: place.col,
                    length: None,
                    kind: used.kind,
                    enclosing: used.enclosing.map(|enclosing| symbols[enclosing].symbol_id),
                    confidence,
                });
            }
        }
        let ids = symbols.iter().map(|symbol| symbol.symbol_id);
        ids.zip(found).filter(|(_, references)| !references.is_empty()).collect()
    }
}

/// Keeps those that fit, if any do.
fn prefer(candidates: &mut Vec<usize>, fits: impl Fn(&usize) -> bool) {
    if candidates.len() > 1 && candidates.iter().any(&fits) {
        candidates.retain(fits);
    }
}

fn can_be_called(kind: SymbolKind) -> bool {
    kind.is_function() || kind.is_type() || matches!(kind, SymbolKind::Macro | SymbolKind::EnumMember)
}

/// A bare name reaches what stands at the top level, and what the modules and functions around it define.
fn in_scope(
    definitions: &Definitions<'_>,
    language: &Language,
    index_of: &FxHashMap<SymbolId, usize>,
    candidate: usize,
    used: &Use,
) -> bool {
    let symbols = &definitions.symbols;
    use SymbolKind::{EnumMember, Field, Method, Property};
    let is_member = matches!(symbols[candidate].kind, Field | Property | EnumMember | Method);
    if is_member && !language.hooks.members_in_scope {
        return false;
    }
    let Some(container) = symbols[candidate].container else { return true };
    let Some(&container) = index_of.get(&container) else { return false };
    match symbols[container].kind {
        kind if kind.is_function() || matches!(kind, SymbolKind::Module | SymbolKind::Namespace) => {
            covers(definitions, container, used)
        }
        _ if language.hooks.members_in_scope => covers(definitions, container, used),
        // Members of types are reached through the type, but for a class body's own statements.
        _ => used.enclosing == Some(container),
    }
}

fn covers(definitions: &Definitions<'_>, container: usize, used: &Use) -> bool {
    let symbol = &definitions.symbols[container];
    symbol.byte_start <= used.range.start && used.range.end <= symbol.byte_end
}

/// The name of the type or module that an object is, as far as its text tells.
fn owner_of(
    definitions: &Definitions<'_>,
    index_of: &FxHashMap<SymbolId, usize>,
    is_self: bool,
    object: &str,
    used: &Use,
) -> Option<String> {
    if !is_self {
        let name = object.split('<').next().unwrap_or(object).trim_end_matches(':');
        return name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then(|| name.to_owned());
    }
    // Out of the function to what it is a member of.
    let mut at = used.enclosing?;
    while definitions.symbols[at].kind.is_function() {
        let container = definitions.symbols[at].container.and_then(|container| index_of.get(&container).copied());
        let in_function = container.is_some_and(|container| definitions.symbols[container].kind.is_function());
        if let Some(owner) = definitions.owners[at].as_ref().filter(|_| !in_function) {
            return Some(owner.to_string());
        }
        at = container?;
    }
    None
}
