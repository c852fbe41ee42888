//! What a grammar's node kinds mean: the closed vocabulary in which a language is described, and the table that it is
//! compiled to. Extraction knows roles and parts, and no grammar.

use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::Surroundings;
use crate::record::{Cause, Export, Import, Symbol, SymbolKind, Visibility};

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
    pub fn is_structural(self) -> bool {
        use Role::{
            Arm, Assert, Break, Case, CatchAll, Closure, Comprehension, Continue, Declare, DefaultArm, DefaultCase,
            Defer, Define, DoUntil, DoWhile, Else, ElseIf, Export, Fallthrough, Finally, For, GiveValue, Goto, Handler,
            If, Impl, Import, Initializer, Labelled, Ladder, Loop, MacroLoop, Match, MatchInTurn, OtherVariant, Package,
            Return, Select, Statement, Switch, Ternary, Throw, Try, Variant, Variants, VariantsUnless, While, With,
            Wrapper,
        };
        match self {
            Define(_) | Declare | Impl | Wrapper | Statement | If | ElseIf | Else | While | DoWhile | DoUntil | For
            | Loop => true,
            Match | MatchInTurn | Switch | Select | Ladder | Arm | DefaultArm | Case | DefaultCase => true,
            Fallthrough | GiveValue => true,
            Try | Handler | CatchAll | Finally | With | Defer | Return | Break | Continue | Goto | Labelled => true,
            Throw | Assert | Closure | Initializer | Package | Import | Export | Ternary | Comprehension => true,
            Variants | VariantsUnless | Variant | OtherVariant | MacroLoop => true,
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
    kind: &'static str,
    named: bool,
    role: Role,
    refine: Option<Refine>,
    links: Option<Links>,
    parts: &'static [(Select, Part)],
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
    cursor: &'a TreeCursor<'tree>,
}

impl<'a, 'tree> Seen<'a, 'tree> {
    pub(crate) fn new(
        cursor: &'a TreeCursor<'tree>,
        bytes: &'a [u8],
        parent: Role,
        part: Option<Part>,
        in_function: bool,
    ) -> Self {
        Seen { node: cursor.node(), bytes, parent, part, in_function, cursor }
    }

    /// The nodes around it, the innermost first. (A node itself finds its parent by a search from the root.)
    pub fn ancestors(&self) -> impl Iterator<Item = Node<'tree>> + use<'tree> {
        let mut cursor = self.cursor.clone();
        std::iter::from_fn(move || cursor.goto_parent().then(|| cursor.node()))
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

/// A name that a [`Role::Declare`] defines.
#[derive(Clone, Copy, Debug)]
pub struct Declared<'tree> {
    pub name: Node<'tree>,
    pub kind: SymbolKind,
    /// What the symbol's range is.
    pub whole: Node<'tree>,
}

/// What a table cannot say, as functions with the grammar's nodes in hand. Each is called for definitions or calls only.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// What the parser is to read, for languages that their grammar does not know as they are written.
    pub reading: fn(&[u8]) -> Option<Reading>,
    /// See [`super::Language::module_of`].
    pub module_of: fn(&str, &dyn Surroundings) -> String,
    /// Where the name is in a definition that has no [`Part::Name`] of its own (C's declarators), or in a node that a
    /// declaration says its name is, if it is not all of that.
    pub name_of: fn(Node<'_>) -> Option<Range<usize>>,
    /// What a definition without a name is called, and the word that stands for it (`struct` of `struct { int x; }`).
    pub unnamed: for<'tree> fn(Node<'tree>) -> Option<(&'static str, Node<'tree>)>,
    /// The names of the same kind that a definition is written into at once, the outermost first (`a` and `b` of
    /// `namespace a::b::c`).
    pub around: for<'tree> fn(Node<'tree>) -> Vec<Node<'tree>>,
    /// What a [`Role::Declare`] defines. What stands behind a name and is defined in there is in it.
    pub declared: for<'tree> fn(&Definition<'_, 'tree>) -> Vec<Declared<'tree>>,
    /// What a definition is a member of although it stands elsewhere (a Go method's receiver, `A::B` of a C++ `A::B::f`).
    pub owner_of: fn(&Definition<'_, '_>) -> Option<String>,
    /// The name that an anonymous function, or another definition without a name of its own, is given where it stands, by
    /// an assignment, a declaration, an object's key.
    pub closure_name: for<'tree> fn(&Seen<'_, 'tree>) -> Option<Node<'tree>>,
    /// The kind of what holds a definition as its value, where that gives it its name.
    pub held_by: fn(&Seen<'_, '_>) -> Option<SymbolKind>,
    /// What an anonymous function is called where nothing names it.
    pub anonymous: &'static str,
    /// What a [`Role::Import`] brings in.
    pub imports: fn(Node<'_>, &[u8], &mut Vec<Import>),
    /// What a [`Role::Export`] (or an import that passes on) offers, beside definitions that are exported where they stand.
    pub exports: fn(Node<'_>, &[u8], &mut Vec<Export>),
    /// The kind of a definition in the light of what is around it.
    pub kind_of: fn(&Definition<'_, '_>) -> SymbolKind,
    pub visibility: fn(&Definition<'_, '_>) -> Visibility,
    /// What an outline shows a symbol as, as the language's main server does; `None` where it does not show it.
    pub outline_kind: fn(&Symbol) -> Option<SymbolKind>,
    /// The doc text of a comment before a definition; `None` if it is no doc comment.
    pub doc_comment: fn(&str) -> Option<String>,
    /// A comment with an empty line behind it is no doc comment.
    pub docs_adjoin: bool,
    /// The doc text within a definition (a docstring).
    pub inner_doc: fn(&Definition<'_, '_>) -> Option<String>,
    /// The scope name of an `impl` from the text of its type.
    pub self_type_name: fn(&str) -> &str,
    /// Calls of these never come back. Compared with the callee's text.
    pub never_returns: &'static [&'static str],
    /// Macros of these names, called like functions, check what they are given.
    pub checking: Checking,
    /// Calls of these raise, and macros of these names.
    pub raising_macros: &'static [&'static str],
    /// Patterns that fit everything.
    pub catch_all: &'static [&'static str],
    /// A match has an arm for every value.
    pub matches_are_exhaustive: bool,
    /// The grammar has no node for a function's body that is empty: every function with parameters has one.
    pub empty_bodies_are_no_nodes: bool,
    /// Values for missing arguments are evaluated in the call ([`Role::DefaultValue`] among the parameters).
    pub parameters_run: bool,
    /// Assigning to a plain name in a function makes a local of it.
    pub assigning_binds: bool,
    /// A name in capitals in a pattern is bound; otherwise it names a constant or variant.
    pub capitals_bind: bool,
    /// Definitions in a function are statements that run.
    pub definitions_run: bool,
    /// Members of the types around are in scope by their bare names.
    pub members_in_scope: bool,
    /// What a method calls its object or its type.
    pub self_names: &'static [&'static str],
    /// For the places where reference tools count differently from language to language.
    pub counting: Counting,
}

impl Hooks {
    /// What goes without saying. A table names what its language has besides.
    pub const NONE: Hooks = Hooks {
        reading: |_| None,
        module_of: |_, _| String::new(),
        name_of: |_| None,
        unnamed: |_| None,
        around: |_| Vec::new(),
        declared: |_| Vec::new(),
        owner_of: |_| None,
        closure_name: |_| None,
        held_by: |_| None,
        anonymous: "<closure>",
        imports: |_, _, _| {},
        exports: |_, _, _| {},
        kind_of: |definition| definition.kind,
        visibility: |_| Visibility::Public,
        outline_kind: |symbol| Some(symbol.kind),
        doc_comment: |_| None,
        docs_adjoin: false,
        inner_doc: |_| None,
        self_type_name: |text| text,
        never_returns: &[],
        checking: Checking::NONE,
        raising_macros: &[],
        catch_all: &[],
        matches_are_exhaustive: false,
        empty_bodies_are_no_nodes: false,
        parameters_run: false,
        assigning_binds: false,
        capitals_bind: true,
        definitions_run: false,
        members_in_scope: false,
        self_names: &[],
        counting: Counting::PLAIN,
    };
}

/// Macros that check something, and what they come to when they are expanded: tools that see nothing but the expansion
/// count that.
#[derive(Clone, Copy, Debug)]
pub struct Checking {
    pub names: &'static [&'static str],
    /// How many structures each is, nested in each other.
    pub structures: u32,
    /// What it counts beside.
    pub more: u32,
    /// How often what is checked stands in it.
    pub copies: u32,
}

impl Checking {
    pub const NONE: Checking = Checking { names: &[], structures: 0, more: 0, copies: 1 };
}

/// Where reference tools count differently from language to language; see `languages/METRICS.md`.
#[derive(Clone, Copy, Debug)]
pub struct Counting {
    /// An arm counts if it is not a catch-all; otherwise all arms but one count.
    pub arms_without_catch_all: bool,
    /// `else` of a loop and of a `try`.
    pub loop_and_try_else: bool,
    /// An assertion counts one, whatever is in it.
    pub assertions: bool,
    /// An arm's guard.
    pub guards: bool,
    /// `#if`, `#ifdef` and `#elif`; not `#ifndef`.
    pub variants: bool,
    /// A function that is declared and has no body has the numbers of an empty one; otherwise it has none.
    pub without_body: bool,
    /// What is decided in a closure counts for the function around it too (cyclomatic).
    pub closures_count_outside: bool,
    /// So does what is decided in a named function inside of a function.
    pub functions_count_outside: bool,
    /// So does what is decided in the body of a type in a function, outside of that one's own functions.
    pub types_count_outside: bool,
    pub cognitive: Cognitive,
}

impl Counting {
    /// As McCabe has it, with the cognitive complexity of the paper.
    pub const PLAIN: Counting = Counting {
        arms_without_catch_all: true,
        loop_and_try_else: false,
        assertions: false,
        guards: true,
        variants: false,
        without_body: false,
        closures_count_outside: false,
        functions_count_outside: false,
        types_count_outside: true,
        cognitive: Cognitive::PAPER,
    };
}

/// Where the tools that count cognitive complexity part.
#[derive(Clone, Copy, Debug)]
pub struct Cognitive {
    /// What is in a closure counts for the function around it, one level deeper.
    pub closures_count_outside: bool,
    /// So does what is in a named function inside of a function.
    pub functions_count_outside: bool,
    /// A call of the function by itself counts one.
    pub recursion: bool,
    /// Only the first such call does.
    pub recursion_counts_once: bool,
    /// A comprehension's `for` counts as a loop does, its `if` one; both nest what they choose.
    pub comprehensions: bool,
    /// A function that makes one function and returns it nests nothing (Python's decorators).
    pub wrappers_are_flat: bool,
    /// What is in the head of an `if`, loop or `match` is nested as its body is.
    pub heads_nest: bool,
    /// So is what is in the head of a loop or choice, or of a further `if`.
    pub further_heads_nest: bool,
    /// Statements that give a value nest (`({ ... })` of GNU C).
    pub valued_statements_nest: bool,
    /// What runs later without being a function nests as closures do (Rust's `async` blocks).
    pub deferred_blocks_nest: bool,
    /// Runs of one short-circuit operator are told in the order in which the operators are written: `a || b && c || d` has
    /// three. Otherwise they are told by what is an operand of what: it has two.
    pub runs_as_written: bool,
    /// Operations in parentheses go on with the run of the operation around these.
    pub runs_through_parentheses: bool,
    /// Operations go on with the run of the innermost operation around them, unless a call stands between.
    pub runs_through_all: bool,
    /// Runs of `&&` count, others do not; nor do operations of one operator that say what markup shows.
    pub only_ands_run: bool,
    /// What is in an `else` is nested one level deeper. (That of an `else if` is nested as the `if`'s is.)
    pub else_nests: bool,
}

impl Cognitive {
    /// As the paper has it: G. Ann Campbell, "Cognitive Complexity", SonarSource 2018. What a table says differently is
    /// its language's tool's.
    pub const PAPER: Cognitive = Cognitive {
        closures_count_outside: true,
        functions_count_outside: true,
        recursion: true,
        recursion_counts_once: true,
        comprehensions: false,
        wrappers_are_flat: false,
        heads_nest: false,
        further_heads_nest: false,
        valued_statements_nest: false,
        deferred_blocks_nest: true,
        runs_as_written: false,
        runs_through_parentheses: false,
        runs_through_all: false,
        only_ands_run: false,
        else_nests: true,
    };
}

/// What the parser reads in place of a text, byte for byte in the same places, and what it does not see of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub bytes: Vec<u8>,
    /// In the order of their places.
    pub hidden: Vec<Hidden>,
    /// In the order of their places.
    pub expansions: Vec<Expansion>,
}

/// A macro's call that defines something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    pub range: Range<u32>,
    /// The macro's name in it.
    pub name: Range<u32>,
    pub made: Vec<Made>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub name: String,
    pub kind: SymbolKind,
}

/// A token that the parser does not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    pub range: Range<u32>,
    /// It decides something, and counts, although it is in no graph.
    pub cause: Option<Cause>,
    /// It names something.
    pub is_name: bool,
}

/// A definition as a hook sees it.
#[derive(Debug)]
pub struct Definition<'a, 'tree> {
    pub node: Node<'tree>,
    pub bytes: &'a [u8],
    pub name: &'a str,
    /// The kind in the table.
    pub kind: SymbolKind,
    /// The kind of the symbol that it is in.
    pub container: Option<SymbolKind>,
    /// That one is an `impl` of a trait.
    pub in_trait_impl: bool,
    /// What it is called.
    pub container_name: Option<&'a str>,
    /// What the last [`Role::Access`] in it says.
    pub access: Option<&'a str>,
    /// The innermost node around it that holds its name, if it does not hold that itself.
    pub holder: Option<Node<'tree>>,
    /// It stands in a [`Role::Export`], with nothing in between but what wraps it.
    pub exported: bool,
}

/// A compiled row.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub role: Role,
    pub refine: Option<Refine>,
    pub links: Option<Links>,
    parts: Vec<(Matcher, Part)>,
    needs_field: bool,
}

#[derive(Clone, Copy, Debug)]
enum Matcher {
    Field(u16),
    Kind(u16),
    Nth(u16),
    Any,
}

impl Meaning {
    /// Whether [`Meaning::part`] wants to know the child's field.
    pub fn needs_field(&self) -> bool {
        self.needs_field
    }

    /// A list of targets.
    pub fn binds(&self) -> bool {
        self.parts.iter().any(|&(_, part)| part == Part::Target)
    }

    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// What a named child is, by its field, its kind, and its place among the named children.
    pub fn part(&self, field: Option<u16>, kind: u16, nth: u16) -> Option<Part> {
        let fits = |matcher: &Matcher| match *matcher {
            Matcher::Field(id) => field == Some(id),
            Matcher::Kind(id) => kind == id,
            Matcher::Nth(place) => nth == place,
            Matcher::Any => true,
        };
        self.parts.iter().find(|(matcher, _)| fits(matcher)).map(|&(_, part)| part)
    }

    /// The child that is a part, for parts that a field tells.
    pub fn child<'tree>(&self, node: Node<'tree>, part: Part) -> Option<Node<'tree>> {
        self.parts.iter().filter(|&&(_, p)| p == part).find_map(|&(matcher, _)| match matcher {
            Matcher::Field(id) => node.child_by_field_id(id),
            _ => None,
        })
    }
}

/// A language's rows by the grammar's kind ids.
#[derive(Debug)]
pub(crate) struct Table {
    meanings: Vec<Option<Box<Meaning>>>,
    names: Vec<&'static str>,
    /// Rows and fields that the grammar does not know. A test holds this empty.
    pub unknown: Vec<String>,
}

impl Table {
    pub fn new(grammar: &tree_sitter::Language, rows: &[Row]) -> Self {
        let kinds: Range<u16> = 0..grammar.node_kind_count() as u16;
        let mut meanings: Vec<Option<Box<Meaning>>> = kinds.clone().map(|_| None).collect();
        let mut unknown = Vec::new();
        for row in rows {
            let compiled: Vec<(Matcher, Part)> = row
                .parts
                .iter()
                .filter_map(|&(select, part)| {
                    let matcher = match select {
                        Select::Field(name) => grammar.field_id_for_name(name).map(|id| Matcher::Field(id.get())),
                        Select::Kind(name) => {
                            Some(grammar.id_for_node_kind(name, true)).filter(|&id| id != 0).map(Matcher::Kind)
                        }
                        Select::Nth(place) => Some(Matcher::Nth(place)),
                        Select::Any => Some(Matcher::Any),
                    };
                    if matcher.is_none() {
                        unknown.push(format!("{select:?} of {}", row.kind));
                    }
                    matcher.map(|matcher| (matcher, part))
                })
                .collect();
            // Several ids may bear one name.
            let mut found = false;
            for id in kinds.clone() {
                if grammar.node_kind_for_id(id) == Some(row.kind) && grammar.node_kind_is_named(id) == row.named {
                    let needs_field = compiled.iter().any(|(matcher, _)| matches!(matcher, Matcher::Field(_)));
                    meanings[id as usize] = Some(Box::new(Meaning {
                        role: row.role,
                        refine: row.refine,
                        links: row.links,
                        parts: compiled.clone(),
                        needs_field,
                    }));
                    found = true;
                }
            }
            if !found {
                unknown.push(row.kind.to_owned());
            }
        }
        // Tables are statics: what they leak is as long-lived as they are, and made once.
        let name = |id| grammar.node_kind_for_id(id).unwrap_or_default();
        let names = kinds.map(|id| &*Box::leak(name(id).to_owned().into_boxed_str())).collect();
        Table { meanings, names, unknown }
    }

    pub fn meaning(&self, kind: u16) -> Option<&Meaning> {
        self.meanings.get(kind as usize)?.as_deref()
    }

    /// The grammar's name of a kind; a node of an unknown kind is an error.
    pub fn name(&self, kind: u16) -> &'static str {
        self.names.get(kind as usize).copied().unwrap_or("ERROR")
    }

    pub fn role(&self, kind: u16) -> Role {
        self.meaning(kind).map_or(Role::Plain, |meaning| meaning.role)
    }
}
