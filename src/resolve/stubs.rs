//! What is known of types from outside of the workspace: what comes out when something is called on them.
//!
//! ```text
//! list<T> : Sequence<T>
//!   @element T            what it gives when it is run over
//!   @index T              ... when it is indexed
//!   @await T, @unwrap T, @deref T
//!   pop T                 a method or field: what it gives when it is called, or is
//!   map(fn(T) U) list<U>  with what its arguments are
//! ```
//!
//! A word in capitals of one letter or in the head's `<>` is a type parameter; `Self` is the type itself, `(A, B)` a tuple,
//! `_` unknown. A line without indentation that holds no type's head (`fn open File`) is a function of the library.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ty::{Args, Ty, none};

#[derive(Debug, Default)]
pub struct Stubs {
    types: FxHashMap<Box<str>, Stub>,
    functions: FxHashMap<Box<str>, Member>,
}

#[derive(Debug, Default)]
struct Stub {
    generics: Vec<Box<str>>,
    bases: Vec<Shape>,
    members: FxHashMap<Box<str>, Member>,
}

#[derive(Clone, Debug, Default)]
pub struct Member {
    params: Vec<Shape>,
    gives: Shape,
}

/// A type as it is written in a stub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Unknown,
    This,
    Named(Box<str>, Vec<Shape>),
    Tuple(Vec<Shape>),
    Fn(Vec<Shape>, Box<Shape>),
}

/// What the parameters of a stub stand for.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    this: Ty,
    vars: Vec<(Box<str>, Ty)>,
}

impl Stubs {
    pub fn parse(text: &str) -> Self {
        let mut stubs = Stubs::default();
        let mut current: Option<Box<str>> = None;
        for line in text.lines() {
            let line = line.split(" #").next().unwrap_or_default();
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with(' ') {
                if let (Some((name, member)), Some(stub)) =
                    (member(line.trim()), current.as_ref().and_then(|name| stubs.types.get_mut(name)))
                {
                    stub.members.insert(name, member);
                }
                continue;
            }
            if let Some(function) = line.strip_prefix("fn ") {
                stubs.functions.extend(member(function.trim()));
                continue;
            }
            let (head, bases) = line.split_once(" : ").unwrap_or((line, ""));
            let Shape::Named(name, generics) = Reader::new(head).shape() else { continue };
            let generics = generics
                .into_iter()
                .filter_map(|shape| match shape {
                    Shape::Named(name, _) => Some(name),
                    _ => None,
                })
                .collect();
            let bases = Reader::new(bases).shapes();
            stubs.types.insert(name.clone(), Stub { generics, bases, members: FxHashMap::default() });
            current = Some(name);
        }
        stubs
    }

    pub fn knows(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// Whether a type has a member itself, not by inheritance.
    pub fn has_own(&self, name: &str, member: &str) -> bool {
        self.types.get(name).is_some_and(|stub| stub.members.contains_key(member))
    }

    /// Whether a type is or inherits from another; nothing if it is not known.
    pub fn is_a(&self, name: &str, base: &str) -> Option<bool> {
        let mut waiting = vec![name];
        let mut seen = 0;
        let stub = self.types.get(name);
        while let Some(name) = waiting.pop() {
            seen += 1;
            if name == base || seen > 64 {
                return Some(name == base);
            }
            let bases = self.types.get(name).map_or(&[][..], |stub| &stub.bases);
            waiting.extend(bases.iter().filter_map(|base| match base {
                Shape::Named(name, _) => Some(&**name),
                _ => None,
            }));
        }
        stub.map(|_| false)
    }

    /// A member of a type from outside, with what the type's parameters stand for.
    pub fn member(&self, name: &str, args: &Args, member: &str) -> Option<(&Member, Filled)> {
        self.member_at(name, args, member, 0)
    }

    fn member_at(&self, name: &str, args: &Args, member: &str, depth: u32) -> Option<(&Member, Filled)> {
        let stub = self.types.get(name).filter(|_| depth < 8)?;
        let vars = stub
            .generics
            .iter()
            .enumerate()
            .map(|(nth, var)| (var.clone(), args.get(nth).cloned().unwrap_or_default()));
        let filled = Filled { this: Ty::Lib(name.into(), args.clone()), vars: vars.collect() };
        if let Some(found) = stub.members.get(member) {
            return Some((found, filled));
        }
        stub.bases.iter().find_map(|base| match base.filled(&filled) {
            Ty::Lib(name, args) => self.member_at(&name, &args, member, depth + 1),
            _ => None,
        })
    }

    /// A type from outside is made of another one.
    pub fn inherits(&self, name: &str, from: &str) -> bool {
        let mut at = name;
        for _ in 0..8 {
            match self.types.get(at).and_then(|stub| stub.bases.first()) {
                Some(Shape::Named(base, _)) if **base == *from => return true,
                Some(Shape::Named(base, _)) => at = base,
                _ => return false,
            }
        }
        false
    }

    /// A function of the library.
    pub fn function(&self, name: &str) -> Option<(&Member, Filled)> {
        self.functions.get(name).map(|found| (found, Filled::default()))
    }
}

impl Member {
    /// What comes out, when it is called with these.
    pub fn gives(&self, filled: &Filled, args: &[Ty]) -> Ty {
        let mut filled = filled.clone();
        for (param, arg) in self.params.iter().zip(args) {
            param.infer(arg, &mut filled);
        }
        self.gives.filled(&filled)
    }

    /// The same, where its other arguments are known.
    pub fn given_with(&self, filled: &Filled, args: &[Ty], arg: usize, nth: usize) -> Ty {
        let mut filled = filled.clone();
        for (param, arg) in self.params.iter().zip(args) {
            param.infer(arg, &mut filled);
        }
        self.given(&filled, arg, nth)
    }

    /// What it is called with, and gives.
    pub fn shape(&self, filled: &Filled) -> Ty {
        let params: Args = self.params.iter().map(|param| param.filled(filled)).collect();
        Ty::Fn(params, Arc::new(self.gives.filled(filled)))
    }

    /// What it takes as its argument `arg`.
    pub fn wanted(&self, filled: &Filled, arg: usize) -> Ty {
        self.params.get(arg).or(self.params.last()).map_or(Ty::Unknown, |param| param.filled(filled))
    }

    /// What it calls its argument `arg` with at that one's parameter `nth`.
    pub fn given(&self, filled: &Filled, arg: usize, nth: usize) -> Ty {
        match self.params.get(arg).or(self.params.last()) {
            Some(Shape::Fn(params, _)) => params.get(nth).map_or(Ty::Unknown, |param| param.filled(filled)),
            _ => Ty::Unknown,
        }
    }
}

impl Shape {
    fn filled(&self, filled: &Filled) -> Ty {
        let all = |shapes: &[Shape]| -> Args { shapes.iter().map(|shape| shape.filled(filled)).collect() };
        match self {
            Shape::Unknown => Ty::Unknown,
            Shape::This => filled.this.clone(),
            Shape::Named(name, args) => match filled.vars.iter().find(|(var, _)| var == name) {
                Some((_, ty)) => ty.clone(),
                None if is_var(name) => Ty::Unknown,
                None => Ty::Lib((**name).into(), if args.is_empty() { none() } else { all(args) }),
            },
            Shape::Tuple(parts) => Ty::Tuple(all(parts)),
            Shape::Fn(params, gives) => Ty::Fn(all(params), Arc::new(gives.filled(filled))),
        }
    }

    fn infer(&self, from: &Ty, filled: &mut Filled) {
        match (self, from) {
            (Shape::Named(name, args), _) if args.is_empty() && is_var(name) => {
                let is_known = filled.vars.iter().any(|(var, _)| var == name);
                filled.vars.extend((!from.is_unknown() && !is_known).then(|| (name.clone(), from.clone())));
            }
            (Shape::Named(name, args), Ty::Lib(of, given)) if **name == **of => {
                args.iter().zip(given.iter()).for_each(|(arg, given)| arg.infer(given, filled));
            }
            (Shape::Tuple(parts), Ty::Tuple(given)) => {
                parts.iter().zip(given.iter()).for_each(|(part, given)| part.infer(given, filled));
            }
            (Shape::Fn(_, gives), Ty::Fn(_, given)) => gives.infer(given, filled),
            _ => {}
        }
    }
}

fn is_var(name: &str) -> bool {
    name.len() == 1 && name.as_bytes()[0].is_ascii_uppercase()
}

/// `name(A, B) T`, `name T`, `name`.
fn member(line: &str) -> Option<(Box<str>, Member)> {
    let end = line.find(['(', ' ']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let mut reader = Reader::new(rest);
    // Behind a blank it is a tuple that comes out.
    let params = if rest.starts_with('(') && reader.eat('(') { reader.shapes() } else { Vec::new() };
    if rest.starts_with('(') {
        reader.eat(')');
    }
    let gives = reader.shape();
    (!name.is_empty()).then(|| (name.into(), Member { params, gives }))
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Reader { rest: text.trim() }
    }

    fn eat(&mut self, c: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(c);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    /// Separated by commas.
    fn shapes(&mut self) -> Vec<Shape> {
        let mut found = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with([')', '>']) {
                return found;
            }
            let before = self.rest.len();
            found.push(self.shape());
            if !self.eat(',') && self.rest.len() == before {
                return found;
            }
        }
    }

    fn shape(&mut self) -> Shape {
        if self.eat('(') {
            let parts = self.shapes();
            self.eat(')');
            return Shape::Tuple(parts);
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '[' | ']' | '*' | '&');
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "" | "_" => Shape::Unknown,
            "Self" => Shape::This,
            "fn" => {
                self.eat('(');
                let params = self.shapes();
                self.eat(')');
                Shape::Fn(params, Box::new(self.shape_after_space()))
            }
            _ => {
                let mut args = Vec::new();
                if self.eat('<') {
                    args = self.shapes();
                    self.eat('>');
                }
                Shape::Named(word.into(), args)
            }
        }
    }

    fn shape_after_space(&mut self) -> Shape {
        self.rest = self.rest.trim_start();
        if self.rest.is_empty() || self.rest.starts_with([',', ')', '>']) { Shape::Unknown } else { self.shape() }
    }
}
