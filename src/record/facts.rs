//! `ref:facts:{file_id}`: what a file's names are, as far as its own text tells.
//!
//! Every name that is written in the file is a *token*. What it names is a *binding* of this file (a local, a parameter, a
//! definition, an import), or an *expression* over such: a member of something, the result of a call, a name that the file
//! does not bind. Linking (`resolve/`) works on these alone, so that a file is linked anew without its text.

use std::collections::BTreeSet;

use super::{Names, ReferenceKind, SymbolId, SymbolKind, fact_tables::FactTables, late::Late};

/// Places in the lists of [`Facts`].
pub type NameId = u32;
pub type ExprId = u32;
pub type BindingId = u32;
/// A place in [`Facts::lists`]: the length, and behind it the members.
pub type ListId = u32;

/// Of a file without any, of no list, of no expression.
pub const NONE: u32 = u32::MAX;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Distinct names as they are written, and other words (modules as they are imported).
    pub names: Names,
    pub exprs: Vec<Expr>,
    pub lists: Vec<u32>,
    /// In the order in which the scopes were left.
    pub bindings: Vec<Binding>,
    /// In source order.
    pub tokens: Late<Token>,
    /// What stands in the place of each symbol of the file, in the order of `file:sym:`.
    pub symbols: Vec<SymbolFacts>,
    /// Distinct names of containers.
    pub owners: Vec<String>,
    /// Containers that are found by other words than their names. Sorted.
    pub found_by: Vec<FoundBy>,
    /// Where each line begins.
    pub lines: Late<u32>,
    /// Made of the others when somebody asks.
    pub tables: FactTables,
}

/// A container, and a word that leads to what it holds (Rust: `impl Point`, for all blocks of types of this name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundBy {
    pub word: NameId,
    /// A place in [`Facts::owners`].
    pub owner: u32,
}

/// What linking has to know of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolFacts {
    pub id: SymbolId,
    pub kind: SymbolKind,
    /// The place in `owners` of what its full name has before its own name.
    pub owner: u32,
    /// The place of the symbol that it is defined in, or [`NONE`].
    pub container: u32,
    pub binding: BindingId,
}

/// A name that is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    pub name: NameId,
    pub kind: BindingKind,
    /// Bound at the top level of the file: others can reach it.
    pub is_top: bool,
    /// Only its own file can reach it, and files that take that in whole.
    pub is_private: bool,
    /// It stands in what other builds are made of.
    pub is_unlikely: bool,
    /// The first byte of the name where it is bound (of several places, the first).
    pub start: u32,
    /// The symbol that it is, or [`NONE`].
    pub symbol: u32,
    /// Its type as it is written; of a function, that of what it returns.
    pub ty: ExprId,
    /// What it is given; of a function, what it is seen to return; of an import, what is imported.
    pub value: ExprId,
    /// Parameters of a function, in order: bindings.
    pub params: ListId,
    /// Type parameters, in order: bindings.
    pub generics: ListId,
    /// What a type inherits from or implements: expressions.
    pub bases: ListId,
    /// Further places where the same name is bound: first bytes.
    pub sites: ListId,
    /// What the body of a type binds: bindings.
    pub members: ListId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum BindingKind {
    Variable,
    Parameter,
    TypeParameter,
    /// A function, a type, a module: what is defined by a statement of its own.
    Definition,
    /// A name from elsewhere.
    Import,
    /// All names of a module. It has no name itself.
    Wildcard,
    /// A member of a type: reached through that.
    Member,
    /// A function that is read like a field (a property, a getter).
    Accessor,
    Label,
    /// It is said that there is such a thing: it is defined elsewhere.
    Declaration,
    /// The form of a function that is called, without what it does: one of several, mostly.
    Signature,
}

/// What a name is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub start: u32,
    pub name: NameId,
    pub kind: ReferenceKind,
    pub means: ExprId,
    /// The innermost symbol around it, or [`NONE`].
    pub within: u32,
}

/// What an expression is, as far as it matters for what names in and behind it mean. Written as three numbers each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    Unknown,
    Bound(BindingId),
    /// A name that the file does not bind; within a symbol, or [`NONE`].
    Free {
        name: NameId,
        within: u32,
    },
    /// `of.name`.
    Member {
        of: ExprId,
        name: NameId,
    },
    /// `of::name`: in a module, namespace or type.
    Path {
        of: ExprId,
        name: NameId,
    },
    Call {
        callee: ExprId,
        args: ListId,
    },
    /// A new object of a type.
    New {
        ty: ExprId,
        args: ListId,
    },
    /// A value of this type.
    Instance(ExprId),
    /// One of what it holds, when it is run over.
    Element(ExprId),
    Index {
        of: ExprId,
        by: ExprId,
    },
    /// A place in it, when it is taken apart.
    Nth {
        of: ExprId,
        nth: u32,
    },
    Await(ExprId),
    /// The value in something that may have none or an error (`?`, `!`).
    Unwrap(ExprId),
    Deref(ExprId),
    AddressOf(ExprId),
    /// Any of these.
    Either(ListId),
    Tuple(ListId),
    /// A generic type with its arguments.
    Apply {
        of: ExprId,
        args: ListId,
    },
    /// A type that the language has: of literals, of notations (`[T]`, `T*`).
    Lib {
        name: NameId,
        args: ListId,
    },
    /// What a module has under a name, or the module itself ([`NONE`]).
    Import {
        module: NameId,
        name: NameId,
    },
    /// A value of the type that a symbol is or belongs to.
    SelfValue {
        symbol: u32,
    },
    SelfType {
        symbol: u32,
    },
    /// What that type inherits from.
    Super {
        symbol: u32,
    },
    /// An anonymous function: its parameters' bindings, what it gives.
    Function {
        params: ListId,
        gives: ExprId,
    },
    /// What a function that is given as argument `arg` of a call is called with at its parameter `nth`.
    Given {
        call: ExprId,
        slot: u32,
    },
    /// What something gives when it is called.
    Result(ExprId),
    /// The type of a value (`typeof x`, `decltype(x)`).
    TypeOf(ExprId),
    /// An object written down, whose members belong to a symbol.
    Object {
        symbol: u32,
    },
    /// What a language's own rules know how to look up; `what` is a name.
    Special {
        what: NameId,
        of: ExprId,
    },
    /// The parameter or field of this name of what is called or made: an argument's name, a key in a literal.
    Keyword {
        callee: ExprId,
        name: NameId,
    },
    /// What is in `of` where it has the shape `by` (a variant, a type): its parts are members or places of it.
    Case {
        of: ExprId,
        by: ExprId,
    },
    /// Where the body of a type stands: a name is looked for in it, in what it inherits, and around it. As a value, an object
    /// of that type.
    Inside {
        class: BindingId,
    },
    /// What a type inherits from, as an object.
    Above {
        class: BindingId,
    },
    /// Of several functions of one name, the one that takes these; without a list, nothing is known of what is given.
    Chosen {
        of: ExprId,
        args: ListId,
    },
    /// The first of these that leads anywhere.
    First(ListId),
    /// What a declaration says that there is.
    Declared(BindingId),
    /// An object that is written down, or the type of one: a binding whose members are its own, whose bases it takes over,
    /// and whose type is what is expected of it.
    Record(BindingId),
    /// As a type: that of a value (`typeof x`).
    ValueType(ExprId),
    /// What a call expects as its argument of this place.
    Wanted {
        call: ExprId,
        nth: u32,
    },
    /// What a function is called with at a place.
    Parameter {
        of: ExprId,
        nth: u32,
    },
    /// What is expected of a record, or the member of a name of that.
    Expected {
        record: BindingId,
        name: NameId,
    },
}

impl Expr {
    pub(super) fn code(self) -> [u32; 3] {
        match self {
            Expr::Unknown => [0, 0, 0],
            Expr::Bound(binding) => [1, binding, 0],
            Expr::Free { name, within } => [2, name, within],
            Expr::Member { of, name } => [3, of, name],
            Expr::Path { of, name } => [4, of, name],
            Expr::Call { callee, args } => [5, callee, args],
            Expr::New { ty, args } => [6, ty, args],
            Expr::Instance(ty) => [7, ty, 0],
            Expr::Element(of) => [8, of, 0],
            Expr::Index { of, by } => [9, of, by],
            Expr::Nth { of, nth } => [10, of, nth],
            Expr::Await(of) => [11, of, 0],
            Expr::Unwrap(of) => [12, of, 0],
            Expr::Deref(of) => [13, of, 0],
            Expr::AddressOf(of) => [14, of, 0],
            Expr::Either(list) => [15, list, 0],
            Expr::Tuple(list) => [16, list, 0],
            Expr::Apply { of, args } => [17, of, args],
            Expr::Lib { name, args } => [18, name, args],
            Expr::Import { module, name } => [19, module, name],
            Expr::SelfValue { symbol } => [20, symbol, 0],
            Expr::SelfType { symbol } => [21, symbol, 0],
            Expr::Super { symbol } => [22, symbol, 0],
            Expr::Function { params, gives } => [23, params, gives],
            Expr::Given { call, slot } => [24, call, slot],
            Expr::Result(of) => [25, of, 0],
            Expr::TypeOf(of) => [26, of, 0],
            Expr::Object { symbol } => [27, symbol, 0],
            Expr::Special { what, of } => [28, what, of],
            Expr::Case { of, by } => [29, of, by],
            Expr::Keyword { callee, name } => [30, callee, name],
            Expr::Declared(binding) => [34, binding, 0],
            Expr::Inside { class } => [31, class, 0],
            Expr::Above { class } => [35, class, 0],
            Expr::Chosen { of, args } => [32, of, args],
            Expr::First(list) => [33, list, 0],
            Expr::Record(binding) => [36, binding, 0],
            Expr::ValueType(of) => [37, of, 0],
            Expr::Wanted { call, nth } => [38, call, nth],
            Expr::Parameter { of, nth } => [39, of, nth],
            Expr::Expected { record, name } => [40, record, name],
        }
    }

    pub(super) fn of_code(code: [u32; 3]) -> Option<Expr> {
        let [op, a, b] = code;
        Some(match op {
            0 => Expr::Unknown,
            1 => Expr::Bound(a),
            2 => Expr::Free { name: a, within: b },
            3 => Expr::Member { of: a, name: b },
            4 => Expr::Path { of: a, name: b },
            5 => Expr::Call { callee: a, args: b },
            6 => Expr::New { ty: a, args: b },
            7 => Expr::Instance(a),
            8 => Expr::Element(a),
            9 => Expr::Index { of: a, by: b },
            10 => Expr::Nth { of: a, nth: b },
            11 => Expr::Await(a),
            12 => Expr::Unwrap(a),
            13 => Expr::Deref(a),
            14 => Expr::AddressOf(a),
            15 => Expr::Either(a),
            16 => Expr::Tuple(a),
            17 => Expr::Apply { of: a, args: b },
            18 => Expr::Lib { name: a, args: b },
            19 => Expr::Import { module: a, name: b },
            20 => Expr::SelfValue { symbol: a },
            21 => Expr::SelfType { symbol: a },
            22 => Expr::Super { symbol: a },
            23 => Expr::Function { params: a, gives: b },
            24 => Expr::Given { call: a, slot: b },
            25 => Expr::Result(a),
            26 => Expr::TypeOf(a),
            27 => Expr::Object { symbol: a },
            28 => Expr::Special { what: a, of: b },
            29 => Expr::Case { of: a, by: b },
            30 => Expr::Keyword { callee: a, name: b },
            34 => Expr::Declared(a),
            31 => Expr::Inside { class: a },
            32 => Expr::Chosen { of: a, args: b },
            33 => Expr::First(a),
            35 => Expr::Above { class: a },
            36 => Expr::Record(a),
            37 => Expr::ValueType(a),
            38 => Expr::Wanted { call: a, nth: b },
            39 => Expr::Parameter { of: a, nth: b },
            40 => Expr::Expected { record: a, name: b },
            _ => return None,
        })
    }

    /// The expressions in it, and the list.
    pub fn operands(self) -> Operands {
        let none = Operands { exprs: [NONE; 2], list: NONE, of_bindings: false, name: NONE };
        match self {
            Expr::Unknown
            | Expr::Bound(_)
            | Expr::Record(_)
            | Expr::Declared(_)
            | Expr::Inside { .. }
            | Expr::Above { .. } => none,
            Expr::Expected { name, .. } => Operands { name, ..none },
            Expr::SelfValue { .. } | Expr::SelfType { .. } | Expr::Super { .. } | Expr::Object { .. } => none,
            Expr::Free { name, .. } => Operands { name, ..none },
            Expr::Import { .. } => none,
            Expr::Member { of, name } | Expr::Path { of, name } | Expr::Keyword { callee: of, name } => {
                Operands { exprs: [of, NONE], name, ..none }
            }
            Expr::Call { callee: of, args }
            | Expr::New { ty: of, args }
            | Expr::Apply { of, args }
            | Expr::Chosen { of, args } => Operands { exprs: [of, NONE], list: args, ..none },
            Expr::Lib { name, args } => Operands { name, list: args, ..none },
            Expr::Index { of, by } | Expr::Case { of, by } => Operands { exprs: [of, by], ..none },
            Expr::Instance(of)
            | Expr::Element(of)
            | Expr::Nth { of, .. }
            | Expr::Await(of)
            | Expr::Unwrap(of)
            | Expr::Deref(of)
            | Expr::AddressOf(of)
            | Expr::Result(of)
            | Expr::TypeOf(of)
            | Expr::ValueType(of)
            | Expr::Wanted { call: of, .. }
            | Expr::Parameter { of, .. }
            | Expr::Given { call: of, .. } => Operands { exprs: [of, NONE], ..none },
            Expr::Special { what, of } => Operands { exprs: [of, NONE], name: what, ..none },
            Expr::Either(list) | Expr::Tuple(list) | Expr::First(list) => Operands { list, ..none },
            Expr::Function { params, gives } => {
                Operands { exprs: [gives, NONE], list: params, of_bindings: true, ..none }
            }
        }
    }
}

/// What an expression consists of.
#[derive(Clone, Copy, Debug)]
pub struct Operands {
    pub exprs: [ExprId; 2],
    pub list: ListId,
    /// The list is one of bindings.
    pub of_bindings: bool,
    pub name: NameId,
}

impl Facts {
    /// Has containers found by these words.
    pub fn find_by(&mut self, words: impl IntoIterator<Item = (String, u32)>) {
        let words: BTreeSet<(String, u32)> = words.into_iter().collect();
        for of_word in words.into_iter().collect::<Vec<_>>().chunk_by(|a, b| a.0 == b.0) {
            let word = self.names.len() as NameId;
            self.names.push(&of_word[0].0);
            self.found_by.extend(of_word.iter().map(|(_, owner)| FoundBy { word, owner: *owner }));
        }
    }

    /// The words, and the names of the containers that are found by each.
    pub fn words(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.found_by.chunk_by(|a, b| a.word == b.word).map(|of_word| {
            let owners = of_word.iter().filter_map(|found| self.owners.get(found.owner as usize));
            let mut owners: Vec<&str> = owners.map(String::as_str).collect();
            owners.sort_unstable();
            (self.name(of_word[0].word), owners)
        })
    }

    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id as usize).unwrap_or_default()
    }

    /// The memory that they take, about, without what is made late.
    pub fn heap_bytes(&self) -> usize {
        let owners: usize = self.owners.iter().map(|owner| owner.capacity() + size_of::<String>()).sum();
        let tables = 3 * size_of::<u32>() * self.names.len();
        self.names.heap_bytes()
            + tables
            + owners
            + self.exprs.capacity() * size_of::<Expr>()
            + self.lists.capacity() * size_of::<u32>()
            + self.bindings.capacity() * size_of::<Binding>()
            + self.symbols.capacity() * size_of::<SymbolFacts>()
            + self.found_by.capacity() * size_of::<FoundBy>()
    }

    pub fn expr(&self, id: ExprId) -> Expr {
        self.exprs.get(id as usize).copied().unwrap_or(Expr::Unknown)
    }

    pub fn list(&self, id: ListId) -> &[u32] {
        let Some(&length) = self.lists.get(id as usize) else { return &[] };
        let from = id as usize + 1;
        self.lists.get(from..from + length as usize).unwrap_or_default()
    }

    /// The binding that a token means, perhaps beside something else.
    pub fn bound(&self, token: &Token) -> Option<BindingId> {
        let first = match self.expr(token.means) {
            Expr::Either(list) => self.list(list).first().copied().unwrap_or_default(),
            Expr::Chosen { of, .. } => of,
            _ => token.means,
        };
        match self.expr(first) {
            Expr::Bound(binding) => Some(binding),
            _ => None,
        }
    }

    /// The line (1-based) and byte column of a byte.
    pub fn place(&self, byte: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        (line as u32, byte.saturating_sub(self.lines.get(line - 1).copied().unwrap_or_default()))
    }

    /// The token that starts at a byte or holds it.
    pub fn token_at(&self, byte: u32) -> Option<&Token> {
        let at = self.tokens.partition_point(|token| token.start <= byte).checked_sub(1)?;
        let token = &self.tokens[at];
        (byte <= token.start + self.name(token.name).len() as u32).then_some(token)
    }
}
