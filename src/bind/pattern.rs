//! Patterns: names that are bound together, each to a part of one value.

use super::{Bind, Binder, Child, Val};
use crate::record::{BindingId, Expr, ExprId, NameId};

pub type PatId = u32;

/// How deep patterns are taken apart.
const MAX_DEPTH: u32 = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pat {
    /// Binds nothing.
    Any,
    /// An expression that ends in the name that is bound.
    Name(ExprId),
    /// By place.
    Tuple(Vec<PatId>),
    /// Each of them takes any of the elements.
    Elements(Vec<PatId>),
    /// By name.
    Fields(Vec<(NameId, PatId)>),
    /// By name, where the name is a use of what it leads to: its token, and what it is bound to.
    Keyed(Vec<(ExprId, PatId)>),
    /// By the shape that the value must have.
    Case(ExprId, PatId),
    /// All see the whole value.
    All(Vec<PatId>),
    /// With a type that is written down.
    Typed(ExprId, PatId),
    /// What the value is, is what an expression makes of it: `Await`, `Unwrap`, `Deref`, `Element`.
    Through(Through, PatId),
    /// The value may be this one, too.
    Default(ExprId, PatId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    Element,
    Deref,
    Unwrap,
    AddressOf,
}

impl<'t> Binder<'t> {
    pub fn pat(&mut self, pat: Pat) -> PatId {
        self.pats.push(pat);
        self.pats.len() as PatId - 1
    }

    pub fn pat_val(&mut self, pat: Pat) -> Val {
        Val::Pat(self.pat(pat))
    }

    pub fn pat_at(&self, pat: PatId) -> Pat {
        self.pats[pat as usize].clone()
    }

    /// What a child came to, as a pattern.
    pub fn pat_of(&mut self, child: Child) -> PatId {
        match child.val {
            Val::None => self.pat(Pat::Any),
            Val::Pat(pat) => pat,
            Val::Expr(expr) if self.token_of(expr).is_some() => self.pat(Pat::Name(expr)),
            Val::Expr(_) | Val::List(_) => self.pat(Pat::Any),
        }
    }

    /// Binds all names in a pattern, each to its part of `bind.value`. Gives the bindings.
    pub fn bind_pattern(&mut self, pat: PatId, bind: Bind) -> Vec<BindingId> {
        let mut found = Vec::new();
        let mut waiting = vec![(pat, bind, 0)];
        while let Some((pat, bind, depth)) = waiting.pop() {
            if depth > MAX_DEPTH {
                continue;
            }
            let depth = depth + 1;
            match self.pats[pat as usize].clone() {
                Pat::Any => {}
                Pat::Name(expr) => {
                    if let Some(token) = self.token_of(expr) {
                        found.push(self.bind_token(token, bind));
                    }
                }
                Pat::Tuple(pats) => {
                    for (nth, pat) in pats.into_iter().enumerate().rev() {
                        let value = self.part(bind.value, |of| Expr::Nth { of, nth: nth as u32 });
                        let ty = self.part(bind.ty, Expr::Instance);
                        let value =
                            if bind.ty == 0 { value } else { self.part(ty, |of| Expr::Nth { of, nth: nth as u32 }) };
                        waiting.push((pat, Bind { ty: 0, value, ..bind }, depth));
                    }
                }
                Pat::Elements(pats) => {
                    let whole = self.whole(bind);
                    let value = self.part(whole, Expr::Element);
                    waiting.extend(pats.into_iter().rev().map(|pat| (pat, Bind { ty: 0, value, ..bind }, depth)));
                }
                Pat::Fields(fields) => {
                    let whole = self.whole(bind);
                    for (name, pat) in fields.into_iter().rev() {
                        let value = self.part(whole, |of| Expr::Member { of, name });
                        waiting.push((pat, Bind { ty: 0, value, ..bind }, depth));
                    }
                }
                Pat::Keyed(fields) => {
                    let whole = self.whole(bind);
                    for (key, pat) in fields.into_iter().rev() {
                        let value = match self.token_of(key) {
                            Some(token) => {
                                let name = self.tokens[token as usize].name;
                                let value = self.part(whole, |of| Expr::Member { of, name });
                                self.set_meaning(token, value);
                                self.tokens[token as usize].is_use = true;
                                value
                            }
                            None => 0,
                        };
                        waiting.push((pat, Bind { ty: 0, value, ..bind }, depth));
                    }
                }
                Pat::Case(by, pat) => {
                    let of = self.whole(bind);
                    let value = self.make(Expr::Case { of, by });
                    waiting.push((pat, Bind { ty: 0, value, ..bind }, depth));
                }
                Pat::All(pats) => waiting.extend(pats.into_iter().rev().map(|pat| (pat, bind, depth))),
                Pat::Typed(ty, pat) => waiting.push((pat, Bind { ty, ..bind }, depth)),
                Pat::Through(through, pat) => {
                    let of = self.whole(bind);
                    let value = self.part(of, |of| match through {
                        Through::Element => Expr::Element(of),
                        Through::Deref => Expr::Deref(of),
                        Through::Unwrap => Expr::Unwrap(of),
                        Through::AddressOf => Expr::AddressOf(of),
                    });
                    waiting.push((pat, Bind { ty: 0, value, ..bind }, depth));
                }
                Pat::Default(value, pat) => {
                    let values: Vec<ExprId> = [bind.value, value].into_iter().filter(|&value| value != 0).collect();
                    let value = self.either(&values);
                    waiting.push((pat, Bind { value, ..bind }, depth));
                }
            }
        }
        found
    }

    /// The value that is taken apart, by its type where that is written down.
    fn whole(&mut self, bind: Bind) -> ExprId {
        if bind.ty == 0 { bind.value } else { self.make(Expr::Instance(bind.ty)) }
    }

    fn part(&mut self, of: ExprId, make: impl FnOnce(ExprId) -> Expr) -> ExprId {
        if of == 0 { 0 } else { self.make(make(of)) }
    }
}
