//! What a grammar's node kinds mean: the closed vocabulary in which a language is described, and the table that it is
//! compiled to. Extraction knows roles and parts, and no grammar.

use tree_sitter::{Node, TreeCursor};

pub use super::hooks::*;
pub(crate) use super::table::{Meaning, Table};
use crate::record::{Export, Import, SymbolKind};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing by itself; its parts may be something.
    Plain,
    /// A definition of this kind; its name is the part [`Part::Name`].
    Define(SymbolKind),
    /// Defines something of this kind unless the file has done so before (C's `typedef struct s s_t;`).
    Introduce(SymbolKind),
    /// Says how visible the members are that follow (C++'s `private:`).
    Access,
    /// Rust's `impl`: a container that bears its type's name.
    Impl,
    /// Defines the names that the hook [`Hooks::declared`] finds in it. Definitions behind such a name are in it.
    Declare,
    /// Defines the names in [`Part::Target`] where the language declares by assigning, outside of functions.
    Assign,
    /// Wraps a definition and belongs to it (decorators).
    Wrapper,
    /// Stands before a definition and belongs to it (attributes).
    Attribute,
    /// Stands among parameters and is none.
    Separator,
    Comment,
    Statement,
    /// A statement that a macro makes: it may hold a label.
    MacroStatement,
    /// A list of statements between braces or of one indentation.
    Block,
    /// Part of the grammar and not of the language: its parts are its parent's (a `for`'s head, an `if`'s with its
    /// initializer).
    Clause,
    /// A choice that is made before the program runs (`#if`). Its first part is what stands in it; the others are in
    /// [`Role::Variant`] nodes inside, each of which holds the ones that follow or stands beside them.
    Variants,
    /// Such a choice for when something is not so (`#ifndef`).
    VariantsUnless,
    Variant,
    /// The variant for when no other is taken.
    OtherVariant,
    If,
    /// A further condition of the `if` that it stands in.
    ElseIf,
    Else,
    While,
    /// A loop that asks after its body: [`Part::Body`], then [`Part::Condition`].
    DoWhile,
    /// A loop that asks after its body whether to stop.
    DoUntil,
    /// A loop over the values of something ([`Part::Pattern`], [`Part::Iterable`]), or one with a head of
    /// [`Part::Condition`] and [`Part::Update`], either of which may be missing.
    For,
    /// A loop without a condition.
    Loop,
    /// What a macro makes of the block behind it, with parts as a [`Role::While`] has them: the block may run any number
    /// of times, but nobody sees a decision.
    MacroLoop,
    /// A choice by a value or pattern whose arms `break` does not leave.
    Match,
    /// One that tries the patterns of its arms ([`Part::Pattern`]) one after the other.
    MatchInTurn,
    /// One that `break` leaves. It holds [`Role::Arm`]s (nothing falls into the next) or [`Role::Case`]s (it does), at
    /// any depth.
    Switch,
    /// A [`Role::Switch`] that always takes one of its arms: it waits for one (Go's `select`), or has to have one for every
    /// value.
    Select,
    /// A [`Role::Switch`] that asks one arm after the other whether its [`Part::Condition`] holds (Go's `switch` without a
    /// value).
    Ladder,
    /// A part of a match or switch that stands for itself: control comes from the choice only, and leaves it at the end.
    Arm,
    /// An [`Role::Arm`] that fits everything.
    DefaultArm,
    /// A label in a switch (with or without the statements behind it): control comes from the choice and from above, and
    /// goes on below. Several labels before one statement are several of these.
    Case,
    /// The label for all other values.
    DefaultCase,
    /// Goes on with the next [`Role::Arm`].
    Fallthrough,
    /// Leaves the innermost switch with a value (Java's `yield`).
    GiveValue,
    Try,
    Handler,
    /// A [`Role::Handler`] that everything raised stops at.
    CatchAll,
    Finally,
    /// A body ([`Part::Body`]) after which something runs however it is left, and which may swallow what is raised
    /// (Python's `with`).
    With,
    /// What a [`Role::Try`] opens first, and closes when its body is left.
    Resources,
    /// A call that runs when the function is left (Go's `defer`).
    Defer,
    Return,
    Break,
    Continue,
    /// A jump to a label anywhere in the function ([`Part::Label`]).
    Goto,
    /// A statement with a label ([`Part::Label`]), which loops in it bear and jumps name.
    Labelled,
    Throw,
    /// Goes on with a value or returns an error.
    Question,
    /// `await`, `yield`: the function stops here and goes on later.
    Suspend,
    Assert,
    /// May be a short-circuit operation: it is if its [`Part::Operator`] is [`Role::And`] or [`Role::Or`].
    Logical,
    /// What is in it is looked at and does not run (C's `sizeof`).
    Unevaluated,
    /// Operands joined by `and`, as many as there are.
    AndChain,
    And,
    Or,
    /// Takes the second operand if the first is nothing (`??`). A token and an operation, as `And` and `Or` are.
    Coalesce,
    /// The token that ends a chain of members early (`?.`).
    Optional,
    /// An expression whose value is put into markup (`{}` of JSX).
    Markup,
    Not,
    Paren,
    /// [`Part::Condition`], [`Part::Then`], [`Part::Else`], in the order that the language writes them in.
    Ternary,
    /// A pattern with a value for when there is none ([`Part::Fallback`]).
    DefaultValue,
    Comprehension,
    ComprehensionFor,
    ComprehensionIf,
    /// An anonymous function. Its control flow is not its surroundings'.
    Closure,
    /// Code of a type that runs when the type or an object of it comes into being: a function without a name, of its own
    /// wherever it stands. Without a [`Part::Body`] it is its own body.
    Initializer,
    Call,
    /// A macro call: what is in it is text, not code.
    Macro,
    /// `object.member`.
    Member,
    /// `path::name`.
    Path,
    /// Says what the file's top level is called ([`Hooks::name_of`]), where its surroundings do not.
    Package,
    /// See [`Hooks::imports`].
    Import,
    /// See [`Hooks::exports`]. What it wraps may be a definition.
    Export,
    /// An identifier.
    Name,
    /// An identifier in a type's place.
    TypeName,
    Label,
    True,
    False,
}

impl Role {
    /// Stands in the index's list of AST nodes.
    #[expect(clippy::match_like_matches_macro, reason = "a list of this length is read line by line")]
    pub fn is_structural(self) -> bool {
        use Role::{
            Arm, Assert, Break, Case, CatchAll, Closure, Comprehension, Continue, Declare, DefaultArm, DefaultCase,
            Defer, Define, DoUntil, DoWhile, Else, ElseIf, Export, Fallthrough, Finally, For, GiveValue, Goto, Handler,
            If, Impl, Import, Initializer, Labelled, Ladder, Loop, MacroLoop, MacroStatement, Match, MatchInTurn,
            OtherVariant, Package, Return, Select, Statement, Switch, Ternary, Throw, Try, Variant, Variants,
            VariantsUnless, While, With, Wrapper,
        };
        match self {
            Define(_) | Declare | Impl | Wrapper | Statement | If | ElseIf | Else | While | DoWhile | DoUntil | For
            | Loop => true,
            Match | MatchInTurn | Switch | Select | Ladder | Arm | DefaultArm | Case | DefaultCase => true,
            Fallthrough | GiveValue => true,
            Try | Handler | CatchAll | Finally | With | Defer | Return | Break | Continue | Goto | Labelled => true,
            Throw | Assert | Closure | Initializer | Package | Import | Export | Ternary | Comprehension => true,
            Variants | VariantsUnless | Variant | OtherVariant | MacroLoop | MacroStatement => true,
            _ => false,
        }
    }
}

/// What a child is to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Name,
    Parameters,
    /// Where a method says what it calls its object.
    Receiver,
    /// What runs before a function's body (C++'s `: member(1)`).
    Initializers,
    Body,
    /// The type that an `impl` is of.
    SelfType,
    /// The trait that an `impl` is of.
    Trait,
    Condition,
    Then,
    Else,
    /// The part of a `let` taken when its pattern does not match.
    LetElse,
    Subject,
    Guard,
    /// What a `for` runs over.
    Iterable,
    /// What a `for` does before it asks again.
    Update,
    /// What a [`Role::Variants`] or [`Role::Variant`] asks. It does not run; names in it are names.
    Directive,
    /// The name in a [`Role::Labelled`], or the one that a jump leads to.
    Label,
    /// What a [`Role::DefaultValue`] evaluates if it has to.
    Fallback,
    /// Where names are bound. In other parts of it they are not.
    Pattern,
    /// What a bound name is given, or how large it is.
    Value,
    /// Statements that stand for a value.
    ValuedStatements,
    /// What is assigned to.
    Target,
    Operator,
    Operand,
    Callee,
    /// `object` in `object.member`, `path` in `path::name`.
    Object,
    /// `member` in `object.member`, `name` in `path::name`.
    Member,
    /// The name of a keyword argument, of a field in a literal: no reference to something in scope.
    Key,
    /// A type's place.
    Type,
    /// Where the tool that counts cognitive complexity does not look.
    Unweighed,
}

/// How a part is found among a node's children.
#[derive(Clone, Copy, Debug)]
pub enum Select {
    /// By the grammar's field.
    Field(&'static str),
    /// By the child's kind.
    Kind(&'static str),
    /// By its place among the named children, comments not counted, from 0.
    Nth(u16),
    /// Every named child.
    Any,
}

/// One node kind.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub(super) kind: &'static str,
    pub(super) named: bool,
    pub(super) role: Role,
    pub(super) refine: Option<Refine>,
    pub(super) links: Option<Links>,
    pub(super) parts: &'static [(Select, Part)],
}

/// What a node is in the light of what is in and around it, for kinds that are several things.
pub type Refine = fn(&Seen<'_, '_>) -> Role;

/// What a node brings in and offers, whatever else it is (a call of `require`, an assignment to `module.exports`).
pub type Links = fn(&Seen<'_, '_>, &mut Vec<Import>, &mut Vec<Export>);

/// A row for a named node.
pub const fn node(kind: &'static str, role: Role, parts: &'static [(Select, Part)]) -> Row {
    Row { kind, named: true, role, refine: None, links: None, parts }
}

/// A row for a named node that is what a function says; `role` where nobody can ask it.
pub const fn varied(kind: &'static str, role: Role, refine: Refine, parts: &'static [(Select, Part)]) -> Row {
    Row { kind, named: true, role, refine: Some(refine), links: None, parts }
}

/// A row for a keyword or punctuation.
pub const fn token(kind: &'static str, role: Role) -> Row {
    Row { kind, named: false, role, refine: None, links: None, parts: &[] }
}

/// The row for a node that may link its module with others.
pub const fn linking(row: Row, links: Links) -> Row {
    Row { links: Some(links), ..row }
}

/// Two lists of rows as one. The later ones replace those of the same kind.
pub const fn joined<const N: usize>(first: &[Row], then: &[Row]) -> [Row; N] {
    assert!(N == first.len() + then.len(), "as long as both together");
    let mut rows = [node("", Role::Plain, &[]); N];
    let mut at = 0;
    while at < N {
        rows[at] = if at < first.len() { first[at] } else { then[at - first.len()] };
        at += 1;
    }
    rows
}

/// A node where the walk meets it.
pub struct Seen<'a, 'tree> {
    pub node: Node<'tree>,
    pub bytes: &'a [u8],
    /// The role of the node around it, and what it is to that node.
    pub parent: Role,
    pub part: Option<Part>,
    /// Inside of a function's body, with no type's in between.
    pub in_function: bool,
    around: &'a [Node<'tree>],
}

/// Where a walk is: its cursor and the node that this is at (the cursor makes it anew each time that it is asked), and the
/// nodes around that, the outermost first. (A copy of the cursor could climb to them, but costs as much as it is deep.)
#[derive(Clone, Copy)]
pub(crate) struct Here<'a, 'tree> {
    pub cursor: &'a TreeCursor<'tree>,
    pub node: Node<'tree>,
    pub around: &'a [Node<'tree>],
}

impl<'a, 'tree> Seen<'a, 'tree> {
    pub(crate) fn new(
        here: Here<'a, 'tree>,
        bytes: &'a [u8],
        parent: Role,
        part: Option<Part>,
        in_function: bool,
    ) -> Self {
        Seen { node: here.node, bytes, parent, part, in_function, around: here.around }
    }

    /// The nodes around it, the innermost first. (A node itself finds its parent by a search from the root.)
    pub fn ancestors(&self) -> impl Iterator<Item = Node<'tree>> + use<'a, 'tree> {
        self.around.iter().rev().copied()
    }

    pub fn text(&self, node: Node<'_>) -> &'a [u8] {
        &self.bytes[node.byte_range()]
    }
}

impl std::fmt::Debug for Seen<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seen")
            .field("node", &self.node)
            .field("parent", &self.parent)
            .field("part", &self.part)
            .finish()
    }
}
