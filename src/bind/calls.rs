//! Calls, and what functions among their arguments are called with.

use super::{Binder, Child, MAX_READING, Val};
use crate::record::{Expr, ExprId, ListId, NONE};

impl<'t> Binder<'t> {
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
}
