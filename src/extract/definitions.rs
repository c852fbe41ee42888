//! Definitions to symbols: names, containers, signatures, docs, ids.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Node;

use super::{
    Origin,
    assignments::Assigned,
    leads::Lead,
    partial::Asked,
    signatures::{cut, squeeze},
};

use crate::{
    languages::{
        Language,
        roles::{Definition, Expansion, Meaning, Part, Role, Seen},
    },
    record::{FileId, Span, Symbol, SymbolId, SymbolKind},
    text::{ByteRange, SourceText},
};

/// Longer signatures and docs are cut, with an ellipsis.
pub(super) const MAX_SIGNATURE: usize = 300;
const MAX_DOC: usize = 800;
/// A variable's signature shows what is assigned, not all of it.
pub(super) const MAX_ASSIGNMENT: usize = 60;

/// Definitions nested deeper are left out: their names would grow with the square of the depth.
pub(super) const MAX_DEPTH: usize = 100;

/// The symbols of a file as the walk finds them.
#[derive(Debug)]
pub(super) struct Definitions<'t> {
    pub(super) text: &'t SourceText,
    pub(super) language: &'static Language,
    origin: &'t Origin,
    file_id: FileId,
    language_name: Arc<str>,
    pub symbols: Vec<Symbol>,
    /// For each symbol: the name of the type or module that it is a member of.
    pub owners: Vec<Option<Arc<str>>>,
    pub(super) scopes: Vec<Scope>,
    /// What the declarations that the walk is in are of: what is defined behind a name in its declaration is in it.
    declaring: Vec<Declaring>,
    /// What the file's top level is called.
    module: Arc<str>,
    /// Doc comments, attributes and decorators that wait for their definition.
    pub(super) leads: Vec<Lead>,
    ordinals: FxHashMap<(String, SymbolKind), u32>,
    ids: FxHashSet<SymbolId>,
    pub(super) assigned: FxHashMap<(Option<usize>, &'t [u8]), Assigned>,
    /// Names and kinds of what is defined so far.
    pub(super) known: FxHashSet<(&'t [u8], SymbolKind)>,
    /// What is defined next is exported where it stands.
    pub exported: bool,
    /// Names at the top level that are assigned to where the walk does not go.
    pub(super) assigned_elsewhere: FxHashSet<&'t [u8]>,
    /// What was asked about the file so far.
    pub asked: Vec<Asked>,
    /// Symbols at the top level that stand elsewhere than where they were found first.
    pub changed: Vec<usize>,
    /// What was found where the walk does not go would stand elsewhere.
    pub is_disturbed: bool,
    /// How often something was found that an outline may show, or that depends on what else is there.
    pub found: u32,
    /// The first definition that was nested too deep.
    pub left_out: Option<ByteRange>,
}

/// A definition that the walk is in.
#[derive(Debug)]
pub(super) struct Scope {
    pub depth: u32,
    pub symbol: usize,
    /// What names inside begin with.
    pub fqn: String,
    pub kind: SymbolKind,
    /// The name that members belong to: an `impl`'s type.
    pub owner: Arc<str>,
    pub in_trait_impl: bool,
    /// How visible its members are from here on, as far as the text says.
    pub access: Option<ByteRange>,
}

/// A symbol of a declaration, until something is defined in it.
#[derive(Debug)]
struct Declaring {
    /// Of the declaration.
    depth: u32,
    symbol: usize,
    name_end: u32,
}

/// A symbol that was just made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub symbol: usize,
    pub kind: SymbolKind,
    pub name_end: u32,
}

pub(super) struct Draft<'a> {
    pub name: &'a str,
    pub name_range: ByteRange,
    pub kind: SymbolKind,
    pub range: ByteRange,
    pub signature: Option<String>,
    pub doc: Option<String>,
    pub visibility: crate::record::Visibility,
    /// What it is a member of, where that is not what is around it.
    pub owner: Option<String>,
}

impl<'t> Definitions<'t> {
    pub fn new(text: &'t SourceText, language: &'static Language, origin: &'t Origin) -> Self {
        Definitions {
            text,
            language,
            origin,
            file_id: FileId::of(&origin.path, origin.salt),
            language_name: language.name.into(),
            symbols: Vec::new(),
            owners: Vec::new(),
            scopes: Vec::new(),
            declaring: Vec::new(),
            module: origin.module.clone(),
            leads: Vec::new(),
            ordinals: FxHashMap::default(),
            ids: FxHashSet::default(),
            assigned: FxHashMap::default(),
            known: FxHashSet::default(),
            exported: false,
            assigned_elsewhere: FxHashSet::default(),
            asked: Vec::new(),
            changed: Vec::new(),
            is_disturbed: false,
            found: 0,
            left_out: None,
        }
    }

    pub fn file_id(&self) -> FileId {
        self.file_id
    }

    pub fn language_name(&self) -> Arc<str> {
        self.language_name.clone()
    }

    /// Control is in a function's own code, not in that of a type inside it.
    pub fn in_function(&self) -> bool {
        self.scopes.last().is_some_and(|scope| scope.kind.is_function())
    }

    /// The innermost symbol around.
    pub fn innermost(&self) -> Option<usize> {
        self.scopes.last().map(|scope| scope.symbol)
    }

    pub fn leave_node(&mut self, role: Role, depth: u32) {
        let may_hold = matches!(role, Role::Define(_) | Role::Declare | Role::Impl | Role::Closure | Role::Initializer);
        if may_hold {
            while self.scopes.last().is_some_and(|scope| scope.depth == depth) {
                self.scopes.pop();
            }
        }
        while self.declaring.last().is_some_and(|declaring| declaring.depth == depth) {
            self.declaring.pop();
        }
    }

    /// The text says what its top level is called, where its surroundings do not.
    pub fn name_module(&mut self, name: ByteRange) {
        if self.origin.module.is_empty() {
            let name: String = self.text.slice(name).split_whitespace().collect();
            self.module = name.into();
        }
    }

    /// What the file's top level is called.
    pub fn module(&self) -> Arc<str> {
        self.module.clone()
    }

    /// Enters the scope of the name that a definition at this place is in the declaration of, if there is one.
    fn enter_declared(&mut self, start: u32) {
        let Some(depth) = self.declaring.last().map(|declaring| declaring.depth) else { return };
        let of_it = self.declaring.iter().rev().take_while(|declaring| declaring.depth == depth);
        let Some(symbol) =
            of_it.filter(|declaring| declaring.name_end <= start).map(|declaring| declaring.symbol).next()
        else {
            return;
        };
        match self.scopes.last() {
            // It stands in something that was defined in there.
            Some(scope) if scope.depth > depth || scope.symbol == symbol => return,
            Some(scope) if scope.depth == depth => {
                self.scopes.pop();
            }
            _ => {}
        }
        if self.scopes.len() < MAX_DEPTH {
            let Symbol { fqn, kind, name, .. } = &self.symbols[symbol];
            let (fqn, kind, owner) = (fqn.clone(), *kind, name.as_str().into());
            self.scopes.push(Scope { depth, symbol, fqn, kind, owner, in_trait_impl: false, access: None });
        }
    }

    /// Makes a symbol of a definition and enters its scope; `None` for one without a name.
    pub fn define(&mut self, seen: &Seen<'_, '_>, role: Role, meaning: Option<&Meaning>, depth: u32) -> Option<Found> {
        let node = &seen.node;
        self.enter_declared(node.start_byte() as u32);
        let begin = node.start_byte() as u32;
        let lead = self.take_lead(depth, begin);
        let header_start = lead.as_ref().and_then(|lead| lead.header).unwrap_or(begin);
        let (start, docs) = lead.map_or((begin, Vec::new()), |lead| (lead.start, lead.docs));
        if self.scopes.len() >= MAX_DEPTH {
            self.left_out.get_or_insert(start..node.end_byte() as u32);
            return None;
        }
        let meaning = meaning?;
        let part = |part| meaning.child(*node, part).map(|child| byte_range(&child)).filter(|range| !range.is_empty());
        let body = part(Part::Body);
        let self_type = part(Part::SelfType);
        let text = self.text;
        let hooks = &self.language.hooks;
        let given = || (hooks.closure_name)(seen).map(|name| byte_range(&name));
        let (name, name_range, table_kind) = match role {
            Role::Define(kind) => {
                let by_hook = || (hooks.name_of)(*node).map(narrow).or_else(given).filter(|range| !range.is_empty());
                match part(Part::Name).or_else(by_hook).map(|range| self.whole_word(range)) {
                    Some(range) => (squeeze(&text.slice(range.clone())), range, kind),
                    None => {
                        let (name, word) = (hooks.unnamed)(*node)?;
                        let start = word.start_byte() as u32;
                        (name.to_owned(), start..start, kind)
                    }
                }
            }
            Role::Closure => match given() {
                Some(range) => (text.slice(range.clone()).into_owned(), range, SymbolKind::Function),
                None => {
                    let start = node.start_byte() as u32;
                    (hooks.anonymous.to_owned(), start..start, SymbolKind::Closure)
                }
            },
            Role::Initializer => {
                let start = node.start_byte() as u32;
                ("<initializer>".to_owned(), start..start, SymbolKind::Closure)
            }
            _ => {
                let of = self_type.clone()?;
                let name = match part(Part::Trait) {
                    Some(implemented) => {
                        format!("impl {} for {}", squeeze(&text.slice(implemented)), squeeze(&text.slice(of.clone())))
                    }
                    None => format!("impl {}", squeeze(&text.slice(of.clone()))),
                };
                (name, of, SymbolKind::Impl)
            }
        };
        self.enter_around(node, table_kind, depth);
        let is_held = !byte_range(node).contains(&name_range.start);
        let mut definition = self.definition(*node, &name, table_kind);
        let names_it = |around: &Node<'_>| byte_range(around).contains(&name_range.start);
        definition.holder = if is_held { seen.ancestors().find(names_it) } else { None };
        let kind = (hooks.kind_of)(&definition);
        definition.kind = kind;
        let doc =
            if docs.is_empty() { (hooks.inner_doc)(&definition) } else { Some(docs.join("\n").trim().to_owned()) };
        let visibility = (hooks.visibility)(&definition);
        let outer = (hooks.owner_of)(&definition);
        let stands_for_module = (hooks.stands_for_module)(&definition);
        let header = header_start..body.as_ref().map_or(node.end_byte() as u32, |body| body.start);
        let signature = self.signature(node, header, MAX_SIGNATURE).map(|signature| match kind {
            // A macro's rules are its body.
            SymbolKind::Macro => signature.split(['{', '(']).next().unwrap_or_default().trim_end().to_owned(),
            // Of a type whose body is part of what it is called for.
            kind if kind.is_type() && body.is_none() => {
                signature.split('{').next().unwrap_or_default().trim_end().to_owned()
            }
            _ => signature,
        });
        let name_end = name_range.end;
        // What stands further down than its name is told from where it stands.
        let is_below = is_held && text.place(name_range.start).line != text.place(begin).line;
        // Of several that are assigned at once, the names stand before all of the values.
        let range = if is_below { begin } else { start.min(name_range.start) }..node.end_byte() as u32;
        let held_by = if is_held { (hooks.held_by)(seen) } else { None };
        let owner_name: Arc<str> = match self_type {
            Some(of) => (hooks.self_type_name)(&text.slice(of)).into(),
            None => name.as_str().into(),
        };
        let in_trait_impl = part(Part::Trait).is_some();
        let level = self.scopes.len();
        let draft = Draft { name: &name, name_range, kind, range, signature, doc, visibility, owner: outer };
        let symbol = self.push(draft, level);
        self.symbols[symbol].held_by = held_by;
        // Members of an `impl` bear the type's name.
        let fqn = if kind == SymbolKind::Impl {
            self.qualified(&owner_name, level)
        } else if stands_for_module {
            self.module.to_string()
        } else {
            self.symbols[symbol].fqn.clone()
        };
        self.scopes.push(Scope { depth, symbol, fqn, kind, owner: owner_name, in_trait_impl, access: None });
        Some(Found { symbol, kind, name_end })
    }

    /// A word of which the parser was given a part, as the text has it.
    fn whole_word(&self, range: ByteRange) -> ByteRange {
        let bytes = self.text.bytes();
        let is_word = |at: usize| bytes.get(at).is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let (mut start, mut end) = (range.start as usize, range.end as usize);
        while is_word(start) && start.checked_sub(1).is_some_and(is_word) {
            start -= 1;
        }
        while is_word(end) && end.checked_sub(1).is_some_and(is_word) {
            end += 1;
        }
        start as u32..end as u32
    }

    /// Makes symbols of a macro's call and of what it defines.
    pub fn expand(&mut self, expansion: &Expansion) {
        let level = self.scopes.len();
        if level + 1 >= MAX_DEPTH {
            return;
        }
        let name = self.text.slice(expansion.name.clone()).into_owned();
        let range = expansion.range.clone();
        let signature = Some(cut(squeeze(&self.text.slice(range.clone())), MAX_SIGNATURE));
        let visibility = crate::record::Visibility::Public;
        let kind = SymbolKind::MacroCall;
        let draft = Draft {
            name: &name,
            name_range: expansion.name.clone(),
            kind,
            range: range.clone(),
            signature: signature.clone(),
            doc: None,
            visibility,
            owner: None,
        };
        let symbol = self.push(draft, level);
        // What it defines is called as it is where the call stands.
        let fqn = self.scopes.last().map_or(String::new(), |scope| scope.fqn.clone());
        let owner = name.as_str().into();
        let depth = u32::MAX;
        self.scopes.push(Scope { depth, symbol, fqn, kind, owner, in_trait_impl: false, access: None });
        for made in &expansion.made {
            let name_range = range.start..range.start;
            let draft = Draft {
                name: &made.name,
                name_range,
                kind: made.kind,
                range: range.clone(),
                signature: signature.clone(),
                doc: None,
                visibility,
                owner: None,
            };
            let symbol = self.push(draft, level + 1);
            self.symbols[symbol].expanded = true;
        }
        self.scopes.pop();
    }

    /// Makes symbols and enters the scopes of what a definition is written into at once.
    fn enter_around(&mut self, node: &Node<'_>, kind: SymbolKind, depth: u32) {
        for outer in (self.language.hooks.around)(*node) {
            if self.scopes.len() + 1 >= MAX_DEPTH {
                return;
            }
            let name_range = byte_range(&outer);
            let name = self.text.slice(name_range.clone()).into_owned();
            let range = byte_range(node);
            let signature = self.signature(node, range.start..name_range.end, MAX_SIGNATURE);
            let visibility = (self.language.hooks.visibility)(&self.definition(*node, &name, kind));
            let draft = Draft { name: &name, name_range, kind, range, signature, doc: None, visibility, owner: None };
            let symbol = self.push(draft, self.scopes.len());
            let fqn = self.symbols[symbol].fqn.clone();
            let owner = name.as_str().into();
            self.scopes.push(Scope { depth, symbol, fqn, kind, owner, in_trait_impl: false, access: None });
        }
    }

    /// Makes symbols of the names that a declaration is of.
    pub fn declare(&mut self, node: Node<'_>, depth: u32) {
        self.enter_declared(node.start_byte() as u32);
        let lead = self.take_lead(depth, node.start_byte() as u32);
        let header_start = lead.as_ref().and_then(|lead| lead.header);
        let (start, docs) = lead.map_or((None, Vec::new()), |lead| (Some(lead.start), lead.docs));
        let doc = (!docs.is_empty()).then(|| docs.join("\n").trim().to_owned());
        let hooks = &self.language.hooks;
        let declared = (hooks.declared)(&self.definition(node, "", SymbolKind::Variable));
        for one in declared {
            let name_range = (hooks.name_of)(one.name).map_or_else(|| byte_range(&one.name), narrow);
            if name_range.is_empty() {
                continue;
            }
            let name = squeeze(&self.text.slice(name_range.clone()));
            let mut definition = self.definition(one.whole, &name, one.kind);
            definition.kind = (hooks.kind_of)(&definition);
            let kind = definition.kind;
            let visibility = (hooks.visibility)(&definition);
            let owner = (hooks.owner_of)(&definition);
            let whole = byte_range(&one.whole);
            let max = if matches!(kind, SymbolKind::Variable | SymbolKind::Constant) {
                MAX_ASSIGNMENT
            } else {
                MAX_SIGNATURE
            };
            let header = header_start.filter(|_| one.whole == node).unwrap_or(whole.start);
            let signature = self.signature(&one.whole, header..whole.end, max);
            // What the whole statement declares has its comment as its own.
            let range = start.filter(|_| one.whole == node).unwrap_or(whole.start)..whole.end;
            let name_end = name_range.end;
            let draft = Draft { name: &name, name_range, kind, range, signature, doc: doc.clone(), visibility, owner };
            let symbol = self.push(draft, self.level_of(kind));
            self.declaring.push(Declaring { depth, symbol, name_end });
        }
    }

    /// How deep a symbol's scope is. A property among a function's parameters is one of the type around that.
    fn level_of(&self, kind: SymbolKind) -> usize {
        let functions = self.scopes.iter().rev().take_while(|scope| scope.kind.is_function()).count();
        if kind == SymbolKind::Property { self.scopes.len() - functions } else { self.scopes.len() }
    }

    pub(super) fn definition<'a, 'tree>(
        &'a self,
        node: Node<'tree>,
        name: &'a str,
        kind: SymbolKind,
    ) -> Definition<'a, 'tree> {
        let scope = self.scopes.last();
        Definition {
            node,
            bytes: self.text.bytes(),
            name,
            kind,
            container: scope.map(|scope| scope.kind),
            in_trait_impl: scope.is_some_and(|scope| scope.in_trait_impl),
            container_name: scope.map(|scope| &*scope.owner),
            access: scope
                .and_then(|scope| scope.access.clone())
                .and_then(|range| std::str::from_utf8(self.text.raw(range)).ok()),
            holder: None,
            exported: self.exported,
        }
    }

    /// The name in the scope that is `depth` deep.
    fn qualified(&self, name: &str, depth: usize) -> String {
        let scope = self.scopes[..depth].last().map_or(&*self.module, |scope| &scope.fqn);
        if scope.is_empty() { name.to_owned() } else { format!("{scope}{}{name}", self.language.separator) }
    }

    /// Makes a symbol in the scope that is `depth` deep.
    pub(super) fn push(&mut self, draft: Draft<'_>, depth: usize) -> usize {
        let fqn = match (draft.kind, &draft.owner) {
            (SymbolKind::Impl, _) => self.qualified(&format!("<{}>", draft.name), depth),
            (_, Some(owner)) => self.qualified(&format!("{owner}{}{}", self.language.separator, draft.name), depth),
            (_, None) => self.qualified(draft.name, depth),
        };
        let scope = self.scopes[..depth].last();
        let owner = draft.owner.clone().map(Into::into).or_else(|| scope.map(|scope| scope.owner.clone()));
        let container = scope.map(|scope| self.symbols[scope.symbol].symbol_id);
        self.owners.push(owner);
        self.push_as(draft, fqn, container)
    }

    /// Makes a symbol with a full name, in another one.
    pub(super) fn push_as(&mut self, draft: Draft<'_>, fqn: String, container: Option<SymbolId>) -> usize {
        let ordinal = self.ordinals.entry((fqn.clone(), draft.kind)).or_default();
        let symbol_id = unused_id(&mut self.ids, |salt| {
            SymbolId::of(&self.origin.path, self.language.name, &fqn, draft.kind, *ordinal, self.origin.salt + salt)
        });
        *ordinal += 1;
        self.found += u32::from(draft.kind != SymbolKind::Closure);
        self.known.insert((self.text.raw(draft.name_range.clone()), draft.kind));
        let span = Span::of(self.text, draft.range);
        let name_place = self.text.place(draft.name_range.start);
        self.symbols.push(Symbol {
            symbol_id,
            file_id: self.file_id,
            path: self.origin.path.clone(),
            name: draft.name.to_owned(),
            fqn,
            kind: draft.kind,
            language: self.language_name.clone(),
            byte_start: span.byte_start,
            byte_end: span.byte_end,
            start_line: span.start_line,
            start_col: span.start_col,
            end_line: span.end_line,
            end_col: span.end_col,
            name_byte_start: draft.name_range.start,
            name_byte_end: draft.name_range.end,
            name_line: name_place.line_1(),
            name_col: name_place.col,
            signature: draft.signature,
            doc: draft.doc.filter(|doc| !doc.is_empty()).map(|doc| cut(doc, MAX_DOC)),
            container,
            visibility: draft.visibility,
            held_by: None,
            expanded: false,
            unlisted: false,
        });
        self.symbols.len() - 1
    }
}

/// Two definitions of one file that meet in one id: the later one in the text takes the next free one. The step is large
/// so that it meets no salt of the file as a whole.
fn unused_id(taken: &mut FxHashSet<SymbolId>, id: impl Fn(u32) -> SymbolId) -> SymbolId {
    let mut salt = 0;
    loop {
        let id = id(salt);
        if taken.insert(id) {
            return id;
        }
        salt += 1 << 16;
    }
}

pub(super) fn byte_range(node: &Node<'_>) -> ByteRange {
    narrow(node.byte_range())
}

fn narrow(range: std::ops::Range<usize>) -> ByteRange {
    range.start as u32..range.end as u32
}
