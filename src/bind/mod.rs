//! From nodes to bindings: which name is bound where in a file, and what every other name means there.
//!
//! The walk over the tree enters and leaves every node; a language's *handlers* ([`Row`]) are called when a node is left,
//! with what its children came to ([`Val`]), and say what it comes to itself. Scopes are opened by the table. A name is a
//! use of something until a handler makes it a binding, a member or a mere word. When a scope is left, the uses in it that
//! its bindings answer are bound, and the rest is left to the scope around it: so it does not matter whether a name is
//! bound before or behind its use, unless the binding says from where on it holds.

mod expected;
mod finish;
mod pattern;
mod records;
mod scope;

use rustc_hash::FxHashMap;
use tree_sitter::Node;

pub use pattern::{Pat, PatId, Through};
pub use records::{Holder, Made};
pub use scope::{Again, At, Bind, ScopeKind, Where};

use crate::{
    record::{BindingId, BindingKind, Expr, ExprId, ListId, NONE, NameId, ReferenceKind},
    text::ByteRange,
};
use scope::Scope;

/// Chains and lists are followed up to this number; what goes on is unknown.
const MAX_LIST: usize = 64;
/// Values that are kept of one binding.
const MAX_VALUES: usize = 8;
/// Texts within texts.
const MAX_READING: u32 = 6;

/// Kinds of names that do not hide each other: a use is answered by what shares one with it.
pub type Space = u8;
/// Values that are bound in functions and blocks, and types that are.
pub const LOCAL_VALUE: Space = 1;
pub const LOCAL_TYPE: Space = 2;
/// Those that are bound in types and at the top level.
pub const MEMBER_VALUE: Space = 4;
pub const MEMBER_TYPE: Space = 8;
pub const FUNCTIONS: Space = 16;
pub const LABELS: Space = 32;
/// Types that are only known with a word before their names (`struct s`).
pub const TAGS: Space = 64;
pub const MACROS: Space = 128;
pub const VALUES: Space = LOCAL_VALUE | MEMBER_VALUE;
pub const TYPES: Space = LOCAL_TYPE | MEMBER_TYPE;
/// Answered by scopes only within the body of the type that binds them.
const MEMBERS: Space = MEMBER_VALUE | MEMBER_TYPE;
const ALL: Space = Space::MAX;

/// What a node comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Val {
    #[default]
    None,
    Expr(ExprId),
    Pat(PatId),
    /// Several expressions.
    List(ListId),
}

/// A child of a node that is left, with what it came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Child {
    pub val: Val,
    /// The grammar's field, or empty.
    pub field: &'static str,
    pub kind: &'static str,
    pub start: u32,
    pub end: u32,
}

impl Child {
    pub fn range(&self) -> ByteRange {
        self.start..self.end
    }
}

/// A node as it is left. Its children are asked of the [`Binder`].
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'tree> {
    pub node: Node<'tree>,
    pub start: u32,
    pub end: u32,
    /// The field that it is of its parent, or empty.
    pub field: &'static str,
    from: usize,
}

pub type Handler = for<'t, 'tree> fn(&mut Binder<'t>, &Leaving<'tree>) -> Val;
pub type Entering = for<'t, 'tree> fn(&mut Binder<'t>, Node<'tree>);

/// When a node opens a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    Nothing,
    /// With its first child.
    Here(ScopeKind),
    /// With the child of this field, up to its own end.
    With(&'static str, ScopeKind),
}

/// What a node kind means for names.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub kind: &'static str,
    pub opens: Opens,
    pub enter: Option<Entering>,
    pub leave: Option<Handler>,
}

/// A row for a node that comes to something.
pub const fn on(kind: &'static str, leave: Handler) -> Row {
    Row { kind, opens: Opens::Nothing, enter: None, leave: Some(leave) }
}

/// A row for a node that opens a scope, too.
pub const fn scoped(kind: &'static str, opens: Opens, leave: Handler) -> Row {
    Row { kind, opens, enter: None, leave: Some(leave) }
}

/// A row for a node that opens a scope and is nothing else.
pub const fn scope(kind: &'static str, opens: Opens) -> Row {
    Row { kind, opens, enter: None, leave: None }
}

/// A row with something to do when the node is entered.
pub const fn entering(row: Row, enter: Entering) -> Row {
    Row { enter: Some(enter), ..row }
}

/// An identifier: a use of its name, until something else is known.
pub fn identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_token(at.start..at.end, ReferenceKind::Read)
}

/// An identifier in a type's place.
pub fn type_identifier(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.name_token(at.start..at.end, ReferenceKind::Type)
}

/// Comes to what its only or last child comes to (parentheses and the like).
pub fn same(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    b.kids(at).last().map_or(Val::None, |child| child.val)
}

/// A language's rows by the grammar's ids.
#[derive(Debug)]
pub struct Rows {
    rows: Vec<Option<&'static Row>>,
    fields: Vec<&'static str>,
    kinds: Vec<&'static str>,
    /// Kinds that the grammar does not know.
    pub unknown: Vec<&'static str>,
}

impl Rows {
    pub fn new(grammar: &tree_sitter::Language, rows: &'static [Row]) -> Self {
        let count = grammar.node_kind_count() as u16;
        let leak = |name: &str| -> &'static str { Box::leak(name.to_owned().into_boxed_str()) };
        let mut by_kind: FxHashMap<&str, &'static Row> = FxHashMap::default();
        for row in rows {
            by_kind.insert(row.kind, row);
        }
        let mut known: Vec<&str> = Vec::new();
        let found = (0..count)
            .map(|id| {
                let name = grammar.node_kind_for_id(id).filter(|_| grammar.node_kind_is_named(id))?;
                let row = by_kind.get(name).copied()?;
                known.push(row.kind);
                Some(row)
            })
            .collect();
        let fields =
            (0..=grammar.field_count() as u16).map(|id| grammar.field_name_for_id(id).map_or("", leak)).collect();
        let kinds = (0..count).map(|id| grammar.node_kind_for_id(id).map_or("", leak)).collect();
        let unknown = rows.iter().map(|row| row.kind).filter(|kind| !known.contains(kind)).collect();
        Rows { rows: found, fields, kinds, unknown }
    }
}

/// An identifier as it is known so far.
#[derive(Clone, Copy, Debug)]
struct Tok {
    start: u32,
    name: NameId,
    /// The expression that it was when it was met.
    own: ExprId,
    expr: ExprId,
    state: State,
    kind: ReferenceKind,
    within: u32,
    /// The innermost scope around it, by its number.
    scope: u32,
    /// What may answer it.
    space: Space,
    /// The scope of the innermost body of a type that was left, or [`NONE`].
    class: u32,
    /// What it means if that leads anywhere.
    prefer: ExprId,
    /// A use, even where something is defined by the same word.
    is_use: bool,
    /// The name under which it is looked for where no scope answers it.
    free: NameId,
    /// What it is called with, or [`NONE`].
    args: ListId,
    /// What it means beside.
    also: ExprId,
    /// What is assigned to it.
    given: ExprId,
    /// What answers it is one of several forms of a function.
    is_many: bool,
    /// Another token at its place says what it is.
    hidden: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A use that nothing answers so far.
    Open,
    /// A use that nothing in the file can answer.
    Free,
    Bound(BindingId),
    /// It is the name in a binding.
    Binds(BindingId),
    /// Its expression says what it is.
    Known,
    /// No name of anything.
    Word,
}

/// An expression before the names in it are known.
#[derive(Clone, Copy, Debug)]
enum Draft {
    Token(u32),
    Known(Expr),
}

#[derive(Debug)]
struct BindingDraft {
    name: NameId,
    kind: BindingKind,
    is_top: bool,
    is_private: bool,
    is_unlikely: bool,
    start: u32,
    ty: ExprId,
    values: Vec<ExprId>,
    params: ListId,
    generics: ListId,
    bases: ListId,
    sites: Vec<u32>,
    members: ListId,
}

/// A node that the walk is in.
#[derive(Debug)]
struct Open {
    row: Option<&'static Row>,
    field: &'static str,
    kind: &'static str,
    vals: usize,
    scopes: u32,
    start: u32,
    /// The innermost symbol around it.
    within: u32,
}

pub struct Binder<'t> {
    rows: &'t Rows,
    pub bytes: &'t [u8],
    /// The innermost symbol around, as the walk knows it.
    pub within: u32,
    names: FxHashMap<&'t [u8], NameId>,
    /// Words that are not in the text as they are.
    words: FxHashMap<String, NameId>,
    spelled: Vec<String>,
    exprs: Vec<Draft>,
    lists: Vec<u32>,
    tokens: Vec<Tok>,
    bindings: Vec<BindingDraft>,
    scopes: Vec<Scope>,
    scope_count: u32,
    open: Vec<Open>,
    vals: Vec<Child>,
    pats: Vec<Pat>,
    /// What functions around are seen to return.
    returns: Vec<Vec<ExprId>>,
    /// What handlers keep for the handler of a node around it, with how deep they stood.
    later: Vec<(usize, Child)>,
    /// Words that belong to what follows beside them (decorators, modifiers).
    notes: Vec<(usize, NameId)>,
    /// Members that are defined by assigning to them: the number of their type's scope, the name.
    members: FxHashMap<(u32, NameId), BindingId>,
    /// Types by the scopes of their bodies.
    classes: FxHashMap<u32, BindingId>,
    /// The body of a type that was left last, by its scope.
    closed_class: u32,
    /// Symbols without a name in the text, with their bindings.
    nameless: Vec<(u32, BindingId)>,
    /// Values that choices around are about, the innermost last.
    pub subjects: Vec<ExprId>,
    /// Texts within texts that are being read ([`Binder::read`]).
    reading: u32,
    /// What a language's handlers tell each other on the way down.
    pub mode: u32,
    /// What is initialized by the literals that the walk is in: see [`Binder::hole`].
    pub holes: Vec<ExprId>,
    /// What handlers say of nodes for those of nodes around them, by the nodes' first bytes.
    pub said: FxHashMap<u32, ExprId>,
    /// Parts of the text that only count if something else does not, with what that is.
    pub conditions: Vec<(ByteRange, ExprId)>,
    /// What of the text other builds are made of, in order.
    pub unlikely: Vec<ByteRange>,
    /// What gathers members or parameters around, the innermost last.
    pub holders: Vec<Holder>,
    /// The binding that `this` was in the function that was left last, or [`NONE`].
    pub left_this: BindingId,
    /// What comments say, in the order of their places.
    pub remarks: Vec<(ByteRange, Vec<(NameId, NameId, ExprId)>)>,
    /// Bindings that are to be symbols, with the symbol that each is in.
    made: Vec<(BindingId, u32, bool)>,
    /// Members that are given to what names are bound to.
    given: Vec<records::Given>,
}

impl std::fmt::Debug for Binder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Binder").field("tokens", &self.tokens.len()).finish_non_exhaustive()
    }
}

impl<'t> Binder<'t> {
    pub fn new(rows: &'t Rows, bytes: &'t [u8]) -> Self {
        let mut binder = Binder {
            rows,
            bytes,
            within: NONE,
            names: FxHashMap::default(),
            words: FxHashMap::default(),
            spelled: Vec::new(),
            exprs: vec![Draft::Known(Expr::Unknown)],
            lists: Vec::new(),
            tokens: Vec::new(),
            bindings: Vec::new(),
            scopes: Vec::new(),
            scope_count: 0,
            open: Vec::new(),
            vals: Vec::new(),
            pats: Vec::new(),
            returns: vec![Vec::new()],
            later: Vec::new(),
            notes: Vec::new(),
            members: FxHashMap::default(),
            classes: FxHashMap::default(),
            closed_class: NONE,
            nameless: Vec::new(),
            subjects: Vec::new(),
            reading: 0,
            mode: 0,
            holes: Vec::new(),
            said: FxHashMap::default(),
            conditions: Vec::new(),
            unlikely: Vec::new(),
            holders: Vec::new(),
            left_this: NONE,
            remarks: Vec::new(),
            made: Vec::new(),
            given: Vec::new(),
        };
        binder.open_scope(ScopeKind::Module, 0);
        binder
    }

    /// A node is entered. Nodes without a name are nothing here.
    pub fn enter(&mut self, node: Node<'_>, field: Option<u16>) {
        let kind = node.kind_id() as usize;
        let row = self.rows.rows.get(kind).copied().flatten();
        let field = field.and_then(|id| self.rows.fields.get(id as usize).copied()).unwrap_or("");
        let start = node.start_byte() as u32;
        // The node around may open its scope with this child.
        if !field.is_empty()
            && let Some(parent) = self.open.last()
            && let Some(Row { opens: Opens::With(with, kind), .. }) = parent.row
            && *with == field
            && parent.scopes == 0
        {
            let kind = *kind;
            self.open_scope(kind, start);
            self.open.last_mut().expect("just seen").scopes = 1;
        }
        let kind = self.rows.kinds.get(kind).copied().unwrap_or("");
        let mut scopes = 0;
        if let Some(Row { opens: Opens::Here(kind), .. }) = row {
            self.open_scope(*kind, start);
            scopes = 1;
        }
        let within = self.within;
        self.open.push(Open { row, field, kind, vals: self.vals.len(), scopes, start, within });
        if let Some(enter) = row.and_then(|row| row.enter) {
            enter(self, node);
        }
    }

    /// The node that was entered last is left.
    pub fn leave(&mut self, node: Node<'_>) {
        let Some(open) = self.open.last() else { return };
        let (row, from, field, kind) = (open.row, open.vals, open.field, open.kind);
        let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
        let val = match row.and_then(|row| row.leave) {
            Some(leave) => leave(self, &Leaving { node, start, end, field, from }),
            None => Val::None,
        };
        let scopes = self.open.pop().map_or(0, |open| open.scopes);
        for _ in 0..scopes {
            self.close_scope();
        }
        self.vals.truncate(from);
        self.vals.push(Child { val, field, kind, start, end });
    }

    // What the children came to.

    pub fn kids(&self, at: &Leaving<'_>) -> &[Child] {
        &self.vals[at.from..]
    }

    /// The children of the node around that were left before this one.
    pub fn before(&self, at: &Leaving<'_>) -> &[Child] {
        let from = self.open.iter().rev().nth(1).map_or(0, |around| around.vals);
        &self.vals[from..at.from]
    }

    /// The child of a field.
    pub fn get(&self, at: &Leaving<'_>, field: &str) -> Option<Child> {
        self.kids(at).iter().find(|child| child.field == field).copied()
    }

    /// The kind of the node `nth` steps around the one that is left.
    pub fn around(&self, nth: usize) -> &'static str {
        self.open.len().checked_sub(1 + nth).and_then(|at| self.open.get(at)).map_or("", |open| open.kind)
    }

    /// Names from the start of the node `nth` steps around the one that is left on, up to here, stand in what that node
    /// stands in, and not in what it defines.
    pub fn stand_outside(&mut self, nth: usize, before: u32) {
        let Some(at) = self.open.len().checked_sub(1 + nth).filter(|&at| at > 0) else { return };
        let (from, within) = (self.open[at].start, self.open[at - 1].within);
        for token in
            self.tokens.iter_mut().rev().take_while(|token| token.start >= from).filter(|token| token.start < before)
        {
            token.within = within;
        }
    }

    /// What the child of a field came to that stands before the node that is left, in the node around it.
    pub fn beside(&self, at: &Leaving<'_>, field: &str) -> Option<Child> {
        self.before(at).iter().find(|child| child.field == field).copied()
    }

    /// All children of a field.
    pub fn all(&self, at: &Leaving<'_>, field: &str) -> Vec<Child> {
        self.kids(at).iter().filter(|child| child.field == field).copied().collect()
    }

    /// The first child of a kind.
    pub fn of_kind(&self, at: &Leaving<'_>, kind: &str) -> Option<Child> {
        self.kids(at).iter().find(|child| child.kind == kind).copied()
    }

    pub fn nth(&self, at: &Leaving<'_>, nth: usize) -> Option<Child> {
        self.kids(at).get(nth).copied()
    }

    /// What the child of a field came to as an expression; unknown if it is not there or came to none.
    pub fn expr(&self, at: &Leaving<'_>, field: &str) -> ExprId {
        self.get(at, field).map_or(0, |child| child.expr())
    }

    pub fn text(&self, range: ByteRange) -> &'t [u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }

    // Names and expressions.

    pub fn name(&mut self, text: &'t [u8]) -> NameId {
        if let Some(&id) = self.names.get(text) {
            return id;
        }
        let id = self.word(&String::from_utf8_lossy(text));
        self.names.insert(text, id);
        id
    }

    /// A word that may not stand in the text.
    pub fn word(&mut self, word: &str) -> NameId {
        if let Some(&id) = self.words.get(word) {
            return id;
        }
        let id = self.spelled.len() as NameId;
        self.spelled.push(word.to_owned());
        self.words.insert(word.to_owned(), id);
        id
    }

    pub fn spelled(&self, name: NameId) -> &str {
        &self.spelled[name as usize]
    }

    pub fn make(&mut self, expr: Expr) -> ExprId {
        if expr == Expr::Unknown {
            return 0;
        }
        self.exprs.push(Draft::Known(expr));
        self.exprs.len() as ExprId - 1
    }

    /// An expression that is not known yet, for [`Binder::fill`].
    pub fn hole(&mut self) -> ExprId {
        self.exprs.push(Draft::Known(Expr::Unknown));
        self.exprs.len() as ExprId - 1
    }

    /// What stands in the place of a [`Binder::hole`].
    pub fn fill(&mut self, hole: ExprId, expr: Expr) {
        self.exprs[hole as usize] = Draft::Known(expr);
    }

    /// An expression, unless it is a name.
    pub fn made(&self, expr: ExprId) -> Option<Expr> {
        match self.exprs.get(expr as usize) {
            Some(Draft::Known(expr)) => Some(*expr),
            _ => None,
        }
    }

    /// Whether this stands in what other builds are made of.
    pub fn is_unlikely(&self, byte: u32) -> bool {
        let at = self.unlikely.partition_point(|range| range.start <= byte);
        at.checked_sub(1).is_some_and(|at| byte < self.unlikely[at].end)
    }

    /// The same as a value of a node; nothing where nothing is known.
    pub fn val(&mut self, expr: Expr) -> Val {
        Val::Expr(self.make(expr))
    }

    pub fn list(&mut self, members: &[u32]) -> ListId {
        self.long_list(&members[..members.len().min(MAX_LIST)])
    }

    /// A list that nothing is left out of.
    pub fn long_list(&mut self, members: &[u32]) -> ListId {
        let id = self.lists.len() as ListId;
        self.lists.push(members.len() as u32);
        self.lists.extend_from_slice(members);
        id
    }

    pub fn either(&mut self, exprs: &[ExprId]) -> ExprId {
        match exprs {
            [] => 0,
            [one] => *one,
            _ => {
                let list = self.list(exprs);
                self.make(Expr::Either(list))
            }
        }
    }

    /// A type that the language has by itself.
    pub fn lib(&mut self, name: &str, args: &[ExprId]) -> ExprId {
        let name = self.word(name);
        let args = if args.is_empty() { NONE } else { self.list(args) };
        self.make(Expr::Lib { name, args })
    }

    /// A use of the name at this place.
    pub fn name_token(&mut self, range: ByteRange, kind: ReferenceKind) -> Val {
        if range.is_empty() {
            return Val::None;
        }
        let name = self.name(self.text(range.clone()));
        let token = self.tokens.len() as u32;
        self.exprs.push(Draft::Token(token));
        let expr = self.exprs.len() as ExprId - 1;
        let scope = self.scopes.last().map_or(0, |scope| scope.number);
        let start = range.start;
        self.tokens.push(Tok {
            start,
            name,
            own: expr,
            expr,
            state: State::Open,
            kind,
            within: self.within,
            scope,
            space: ALL,
            class: NONE,
            prefer: 0,
            is_use: false,
            free: name,
            args: NONE,
            also: 0,
            given: 0,
            is_many: false,
            hidden: false,
        });
        Val::Expr(expr)
    }

    fn token_of(&self, expr: ExprId) -> Option<u32> {
        match self.exprs.get(expr as usize) {
            Some(Draft::Token(token)) => Some(*token),
            _ => None,
        }
    }

    /// The name of a child that is an identifier.
    pub fn name_of(&self, child: Child) -> Option<NameId> {
        match child.val {
            Val::Expr(expr) => self.token_of(expr).map(|token| self.tokens[token as usize].name),
            _ => None,
        }
    }

    /// Where the name of a child that is an identifier, or comes to one, stands.
    pub fn start_of(&self, child: Child) -> Option<u32> {
        match child.val {
            Val::Expr(expr) => self.token_of(expr).map(|token| self.tokens[token as usize].start),
            _ => None,
        }
    }

    /// `of.name`, where the name is the token of `name`.
    pub fn member(&mut self, of: ExprId, name: Child) -> Val {
        self.reached(name, |id| Expr::Member { of, name: id })
    }

    /// The `of` of `of.name`.
    pub fn object_of(&self, access: ExprId) -> Option<ExprId> {
        match self.exprs.get(access as usize) {
            Some(Draft::Known(Expr::Member { of, .. })) => Some(*of),
            _ => None,
        }
    }

    /// `of::name`.
    pub fn path(&mut self, of: ExprId, name: Child) -> Val {
        self.reached(name, |id| Expr::Path { of, name: id })
    }

    /// The token of `child` means what this says: it is no use of a name in scope.
    pub fn reached(&mut self, child: Child, means: impl FnOnce(NameId) -> Expr) -> Val {
        let Val::Expr(expr) = child.val else { return Val::None };
        let Some(token) = self.token_of(expr) else { return Val::None };
        let name = self.tokens[token as usize].name;
        let expr = self.make(means(name));
        self.set_meaning(token, expr);
        Val::Expr(expr)
    }

    /// What a path or member is called with tells which of several it is.
    pub fn choose(&mut self, expr: ExprId, args: ListId) -> ExprId {
        let newest = self.tokens.iter().rposition(|token| token.expr == expr && token.state == State::Known);
        let chosen = self.make(Expr::Chosen { of: expr, args });
        if let Some(token) = newest {
            self.tokens[token].expr = chosen;
        }
        chosen
    }

    /// The token of `child` means what an expression means.
    pub fn same_as(&mut self, child: Child, expr: ExprId) {
        if let Val::Expr(token) = child.val
            && let Some(token) = self.token_of(token)
        {
            self.set_meaning(token, expr);
        }
    }

    fn set_meaning(&mut self, token: u32, expr: ExprId) {
        let token = &mut self.tokens[token as usize];
        token.state = State::Known;
        token.expr = expr;
    }

    /// A use that only names of some kinds answer.
    pub fn name_in(&mut self, range: ByteRange, kind: ReferenceKind, space: Space) -> Val {
        let val = self.name_token(range, kind);
        if let Val::Expr(_) = val
            && let Some(token) = self.tokens.last_mut()
        {
            token.space = space;
        }
        val
    }

    /// Which kinds of names may answer the use that a child is.
    pub fn set_space(&mut self, child: Child, space: Space) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].space = space;
        }
    }

    /// Where no scope answers the use that a child is, it is looked for under this name.
    pub fn look_for(&mut self, child: Child, word: &str) {
        let word = self.word(word);
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].free = word;
        }
    }

    /// The use that a child is means this, if it leads anywhere.
    pub fn prefer(&mut self, child: Child, expr: ExprId) {
        if let Val::Expr(token) = child.val
            && let Some(token) = self.token_of(token)
        {
            self.tokens[token as usize].prefer = expr;
        }
    }

    /// The use that a child is means this, too.
    pub fn also(&mut self, child: Child, expr: ExprId) {
        if let Val::Expr(token) = child.val
            && let Some(token) = self.token_of(token)
        {
            self.tokens[token as usize].also = expr;
        }
    }

    /// The token of a child is a use, although something is defined by the same word (a field that bears the name of its
    /// type).
    pub fn stays_use(&mut self, child: Child) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].is_use = true;
        }
    }

    /// The token of a child is no name of anything.
    pub fn mere_word(&mut self, child: Child) {
        if let Val::Expr(expr) = child.val
            && let Some(token) = self.token_of(expr)
        {
            self.tokens[token as usize].state = State::Word;
        }
    }

    /// What the name that an expression ends in is written for.
    pub fn used_for(&mut self, expr: ExprId, kind: ReferenceKind) {
        let token = match self.exprs.get(expr as usize) {
            Some(Draft::Token(token)) => Some(*token as usize),
            // The token of a member is the last one that means it.
            Some(Draft::Known(Expr::Member { .. } | Expr::Path { .. } | Expr::Import { .. })) => {
                self.tokens.iter().rposition(|token| token.expr == expr && token.state == State::Known)
            }
            _ => None,
        };
        if let Some(token) = token {
            self.tokens[token].kind = kind;
        }
    }

    /// The expression of the token that starts at this byte, of the newest ones.
    pub fn token_starting(&self, start: u32) -> Option<ExprId> {
        self.token_from(start).map(|token| self.tokens[token as usize].own)
    }

    pub(super) fn token_from(&self, start: u32) -> Option<u32> {
        let newest = self.tokens.iter().enumerate().rev().take(MAX_LIST * 4);
        newest.into_iter().find(|(_, token)| token.start == start).map(|(at, _)| at as u32)
    }

    /// What the name of this expression, as it was made, is written for.
    pub fn used_for_token(&mut self, expr: ExprId, kind: ReferenceKind) {
        if let Some(token) = self.token_of(expr) {
            self.tokens[token as usize].kind = kind;
        }
    }

    /// A call; functions among the arguments are called with what the callee gives them.
    pub fn call(&mut self, callee: ExprId, args: ListId) -> Val {
        let call = self.make(Expr::Call { callee, args });
        self.give(call, args);
        Val::Expr(call)
    }

    /// A new object.
    pub fn construct(&mut self, ty: ExprId, args: ListId) -> Val {
        let made = self.make(Expr::New { ty, args });
        self.give(made, args);
        Val::Expr(made)
    }

    fn give(&mut self, call: ExprId, args: ListId) {
        if args == NONE {
            return;
        }
        for arg in 0..self.lists[args as usize].min(8) {
            let expr = self.lists[(args + 1 + arg) as usize];
            self.give_params(expr, |nth| Expr::Given { call, slot: arg << 8 | nth });
        }
    }

    /// If this is an anonymous function, those of its parameters are given these of which nothing is known yet.
    pub fn give_params(&mut self, function: ExprId, given: impl Fn(u32) -> Expr) {
        let Some(Expr::Function { params, .. }) = self.made(function) else { return };
        if params == NONE {
            return;
        }
        for nth in 0..self.lists[params as usize].min(8) {
            let param = self.lists[(params + 1 + nth) as usize];
            let given = self.make(given(nth));
            let draft = &mut self.bindings[param as usize];
            if draft.ty == 0 && draft.values.is_empty() {
                draft.values.push(given);
            }
        }
    }

    /// The token of an expression says nothing of its own: another at its place does. It is bound all the same.
    pub fn mere_use(&mut self, expr: ExprId) {
        if let Some(token) = self.token_of(expr) {
            self.tokens[token as usize].hidden = true;
        }
    }

    /// What a child came to of the node around the one that is just entered.
    pub fn elder(&self, field: &str) -> Option<Child> {
        let around = self.open.len().checked_sub(2)?;
        self.vals[self.open[around].vals..].iter().find(|child| child.field == field).copied()
    }

    /// Reads a part of the text that the parser left as it is, in the place of a child of the node that is being left; no
    /// deeper than some texts within texts.
    pub fn read(&mut self, tree: &tree_sitter::Tree) -> Option<Child> {
        if self.reading >= MAX_READING {
            return None;
        }
        self.reading += 1;
        let mut cursor = tree.walk();
        'down: loop {
            let node = cursor.node();
            if node.is_named() {
                self.enter(node, cursor.field_id().map(|id| id.get()));
            }
            if cursor.goto_first_child() {
                continue;
            }
            loop {
                let node = cursor.node();
                if node.is_named() {
                    self.leave(node);
                }
                if cursor.goto_next_sibling() {
                    continue 'down;
                }
                if !cursor.goto_parent() {
                    self.reading -= 1;
                    return self.vals.last().copied();
                }
            }
        }
    }

    /// Keeps a child for the handler of a node around this one, which takes it with [`Binder::take_later`].
    pub fn later(&mut self, child: Child) {
        self.later.push((self.open.len(), child));
    }

    /// What was kept in the nodes inside of this one.
    pub fn take_later(&mut self) -> Vec<Child> {
        // Those of nodes around, and of siblings before, stand before them.
        let from = self.later.iter().rposition(|(depth, _)| *depth <= self.open.len()).map_or(0, |at| at + 1);
        self.later.drain(from..).map(|(_, child)| child).collect()
    }

    /// Leaves a word for the next sibling of this node.
    pub fn note(&mut self, name: NameId) {
        self.notes.push((self.open.len(), name));
    }

    /// The words that siblings have left.
    pub fn take_notes(&mut self) -> Vec<String> {
        let depth = self.open.len();
        while self.notes.last().is_some_and(|(at, _)| *at > depth) {
            self.notes.pop();
        }
        let from = self.notes.iter().rposition(|(at, _)| *at < depth).map_or(0, |at| at + 1);
        self.notes.drain(from..).map(|(_, name)| self.spelled[name as usize].clone()).collect()
    }

    /// Expressions that a list of children came to; unknown ones among them keep their places.
    pub fn exprs_of(&mut self, children: &[Child]) -> ListId {
        let exprs: Vec<ExprId> = children.iter().map(Child::expr).collect();
        self.list(&exprs)
    }

    /// The expressions in a child that came to several.
    pub fn listed(&self, child: Option<Child>) -> Vec<ExprId> {
        match child.map(|child| child.val) {
            Some(Val::List(list)) => {
                let from = list as usize + 1;
                self.lists[from..from + self.lists[list as usize] as usize].to_vec()
            }
            Some(Val::Expr(expr)) => vec![expr],
            _ => Vec::new(),
        }
    }

    /// The expressions that one consists of which may be any of several.
    pub fn listed_in(&self, expr: ExprId) -> Vec<ExprId> {
        match self.made(expr) {
            Some(Expr::Either(list)) => self.listed(Some(Child { val: Val::List(list), ..Child::default() })),
            _ => vec![expr],
        }
    }

    /// What the function around gives back, among other things.
    pub fn returned(&mut self, expr: ExprId) {
        if let Some(returns) = self.returns.last_mut()
            && expr != 0
            && returns.len() < MAX_VALUES
        {
            returns.push(expr);
        }
    }

    /// What the innermost function is seen to return. For its handler.
    pub fn returns(&mut self) -> ExprId {
        let returns = self.all_returns();
        self.either(&returns)
    }

    pub fn all_returns(&self) -> Vec<ExprId> {
        self.returns.last().cloned().unwrap_or_default()
    }
}

impl Child {
    /// What it came to as an expression; unknown if to none.
    pub fn expr(&self) -> ExprId {
        match self.val {
            Val::Expr(expr) => expr,
            _ => 0,
        }
    }
}
