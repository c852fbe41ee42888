//! What a table cannot say of a language: functions over the grammar's nodes, words with a meaning of their own, and how
//! the language's reference tools count.

use std::ops::Range;

use tree_sitter::Node;

use super::{Surroundings, roles::Seen};
use crate::{
    bind,
    record::{Cause, Export, Facts, Import, Symbol, SymbolKind, Visibility},
    resolve::{PLAIN, Rules},
};

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
    /// How its texts look.
    pub shape: Shape,
    /// What in them is no code, or goes on over lines.
    pub marks: Marks,
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
    /// Names in an assignment's text of members that it says its class has (`__slots__`).
    pub listed_members: for<'tree> fn(Node<'tree>, &[u8]) -> Vec<Node<'tree>>,
    /// What a definition is a member of although it stands elsewhere (a Go method's receiver, `A::B` of a C++ `A::B::f`).
    pub owner_of: fn(&Definition<'_, '_>) -> Option<String>,
    /// The name that an anonymous function, or another definition without a name of its own, is given where it stands, by
    /// an assignment, a declaration, an object's key.
    pub closure_name: for<'tree> fn(&Seen<'_, 'tree>) -> Option<Node<'tree>>,
    /// The kind of what holds a definition as its value, where that gives it its name.
    pub held_by: fn(&Seen<'_, '_>) -> Option<SymbolKind>,
    /// Its members are the module's own (CommonJS's `module.exports`): their full names go without its name.
    pub stands_for_module: fn(&Definition<'_, '_>) -> bool,
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
    /// Where the names are in a comment's text of the types that it defines (JSDoc's `@typedef`).
    pub types_in_comment: fn(&str) -> Vec<Range<usize>>,
    /// A comment with an empty line behind it is no doc comment.
    pub docs_adjoin: bool,
    /// The doc text within a definition (a docstring).
    pub inner_doc: fn(&Definition<'_, '_>) -> Option<String>,
    /// The scope name of an `impl` from the text of its type.
    pub self_type_name: fn(&str) -> &str,
    /// Words by which linking finds containers (places in [`Facts::owners`]) besides their names.
    pub found_by: fn(&Facts) -> Vec<(String, u32)>,
    /// Calls of these never come back. Compared with the callee's text.
    pub never_returns: &'static [&'static str],
    /// Calls of these may run what they are given elsewhere, or not at all (macros).
    pub may_not_run: fn(&[u8]) -> bool,
    /// What bears this attribute may not be part of the program (Rust's `#[cfg(windows)]`).
    pub may_be_absent: fn(&[u8]) -> bool,
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
    /// Assigning to a plain name, or binding it in a pattern, defines it: in a function as a local.
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
    /// What its nodes mean for names.
    pub binding: &'static [bind::Row],
    /// Where its names lead.
    pub rules: &'static Rules,
}

impl Hooks {
    /// What goes without saying. A table names what its language has besides.
    pub const NONE: Hooks = Hooks {
        reading: |_| None,
        shape: Shape::Braces,
        marks: Marks::C,
        module_of: |_, _| String::new(),
        name_of: |_| None,
        unnamed: |_| None,
        around: |_| Vec::new(),
        declared: |_| Vec::new(),
        listed_members: |_, _| Vec::new(),
        owner_of: |_| None,
        closure_name: |_| None,
        held_by: |_| None,
        stands_for_module: |_| false,
        anonymous: "<closure>",
        imports: |_, _, _| {},
        exports: |_, _, _| {},
        kind_of: |definition| definition.kind,
        visibility: |_| Visibility::Public,
        outline_kind: |symbol| Some(symbol.kind),
        doc_comment: |_| None,
        types_in_comment: |_| Vec::new(),
        docs_adjoin: false,
        inner_doc: |_| None,
        self_type_name: |text| text,
        found_by: |_| Vec::new(),
        never_returns: &[],
        may_not_run: |_| false,
        may_be_absent: |_| false,
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
        binding: &[],
        rules: &PLAIN,
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
    /// A loop, a switch, a jump or a choice that is all of a branch, without braces, counts nothing and nests nothing.
    pub bare_branches_are_unseen: bool,
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
        bare_branches_are_unseen: false,
        runs_through_parentheses: false,
        runs_through_all: false,
        only_ands_run: false,
        else_nests: true,
    };
}

/// By what lines at the left edge tell where something ends and something begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A bracket there ends what is before it.
    Braces,
    /// The same, and there are directives, and namespaces whose content is not indented.
    Preprocessed,
    /// A definition there ends what is before it.
    Indented,
    /// `end` there ends what is before it.
    Worded,
}

/// The marks of comments and of texts in quotes.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// They begin a comment that ends with its line.
    pub line_comments: &'static [&'static str],
    /// They begin and end a text that ends with its line at the latest.
    pub quotes: &'static [u8],
    /// What may go on over lines; of two that begin alike the longer one first.
    pub spans: &'static [MarkedSpan],
    /// One of these begins with a letter.
    pub has_wordy_spans: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct MarkedSpan {
    pub open: &'static str,
    pub close: &'static str,
    /// A backslash before the closing mark makes it none.
    pub escapes: bool,
}

impl MarkedSpan {
    pub const fn new(open: &'static str, close: &'static str) -> Self {
        MarkedSpan { open, close, escapes: false }
    }

    pub const fn escaping(open: &'static str, close: &'static str) -> Self {
        MarkedSpan { open, close, escapes: true }
    }
}

impl Marks {
    /// Those of C, which others have too.
    pub const C: Marks =
        Marks { line_comments: &["//"], quotes: b"\"'", spans: &[MarkedSpan::new("/*", "*/")], has_wordy_spans: false };
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
