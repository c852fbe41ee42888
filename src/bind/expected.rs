//! What is expected where a value is written: of objects, functions and lists that are written down.

use super::{Binder, Draft, MAX_VALUES};
use crate::record::{Expr, ExprId, NONE};

/// Values in values are looked through up to this number.
const MAX_PARTS: usize = 256;

impl Binder<'_> {
    /// A value is written where this is expected: its keys are members of that, its parameters are given by that.
    pub fn expect(&mut self, value: ExprId, expected: ExprId) {
        if expected == 0 {
            return;
        }
        let mut waiting = vec![(value, expected)];
        let mut count = 0;
        while let Some((value, expected)) = waiting.pop() {
            count += 1;
            if count > MAX_PARTS {
                return;
            }
            let Some(Draft::Known(expr)) = self.exprs.get(value as usize).copied() else { continue };
            match expr {
                Expr::Record(binding) => {
                    let draft = &mut self.bindings[binding as usize];
                    if draft.ty == 0 {
                        draft.ty = expected;
                    }
                }
                Expr::Either(list) => {
                    waiting.extend(self.members_of(list).into_iter().map(|one| (one, expected)));
                }
                Expr::Lib { args, .. } if args != NONE => {
                    let element = self.make(Expr::Element(expected));
                    waiting.extend(self.members_of(args).into_iter().map(|one| (one, element)));
                }
                Expr::Function { params, gives } => {
                    if params != NONE {
                        for (nth, param) in self.members_of(params).into_iter().enumerate().take(8) {
                            let given = self.make(Expr::Parameter { of: expected, nth: nth as u32 });
                            let draft = &mut self.bindings[param as usize];
                            if draft.ty == 0 && draft.values.len() < MAX_VALUES {
                                draft.values.insert(0, given);
                            }
                        }
                    }
                    if self.known(gives).is_some_and(can_be_told) {
                        let result = self.make(Expr::Result(expected));
                        waiting.push((gives, result));
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether anything in a value is known better by what is expected of it.
    pub fn can_be_told(&self, value: ExprId) -> bool {
        self.known(value).is_some_and(can_be_told)
    }

    fn members_of(&self, list: u32) -> Vec<u32> {
        let from = list as usize + 1;
        self.lists[from..from + self.lists[list as usize] as usize].to_vec()
    }
}

fn can_be_told(expr: Expr) -> bool {
    matches!(expr, Expr::Record(_) | Expr::Either(_) | Expr::Lib { .. } | Expr::Function { .. })
}
