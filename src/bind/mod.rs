//! From nodes to bindings: which name is bound where in a file, and what every other name means there.
//!
//! The walk over the tree enters and leaves every node; a language's *handlers* ([`Row`]) are called when a node is left,
//! with what its children came to ([`Val`]), and say what it comes to itself. Scopes are opened by the table. A name is a
//! use of something until a handler makes it a binding, a member or a mere word. When a scope is left, the uses in it that
//! its bindings answer are bound, and the rest is left to the scope around it: so it does not matter whether a name is
//! bound before or behind its use, unless the binding says from where on it holds.

mod calls;
mod expected;
mod finish;
mod names;
mod pattern;
mod records;
mod rows;
mod scope;
mod unanswered;

use rustc_hash::FxHashMap;
use tree_sitter::Node;

pub use pattern::{Pat, PatId, Through};
pub use records::{Holder, Made};
pub use rows::{Opens, Row, Rows, entering, identifier, on, same, scope, scoped, type_identifier};
pub use scope::{Again, At, Bind, ScopeKind, Where};

use crate::{
    record::{BindingId, BindingKind, Expr, ExprId, ListId, NONE, NameId, ReferenceKind},
    text::ByteRange,
};
use scope::Scope;
use unanswered::Unanswered;

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

/// What a comment says: tags, with the names and types that they are about.
pub type Remarks = Vec<(NameId, NameId, ExprId)>;

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
    unanswered: Unanswered,
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
    pub remarks: Vec<(ByteRange, Remarks)>,
    /// Bindings that are to be symbols, with the symbol that each is in.
    made: Vec<(BindingId, u32, bool)>,
    /// Members that are given to what names are bound to.
    given: Vec<records::Given>,
    /// The last token that means an expression.
    meant: FxHashMap<ExprId, u32>,
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
            unanswered: Unanswered::default(),
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
            meant: FxHashMap::default(),
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
