//! Macros around functions: their names, their parameters, and what stands between these and the body.

use super::{Kind, Reader, Scope, declarations::Head, words};

impl Reader<'_> {
    /// At the parenthesis behind a head: parameters, or something that a macro takes.
    pub(super) fn function(&mut self, head: &mut Head, open: usize) -> usize {
        let close = self.mate(open);
        // `int f OF((int a))`.
        if self.text(open + 1) == b"("
            && self.mate(open + 1) + 1 == close
            && head.names.len() > usize::from(!head.has_type)
        {
            if let Some((first, last)) = head.names.pop() {
                self.hide(first, last);
            }
            self.hide(open, open);
            self.hide(close, close);
            self.drop_macros(head, true);
            self.parameters(open + 1, close - 1);
            return self.behind_parameters(close + 1, open + 1, close - 1);
        }
        // `(WINAPI *f)(int)`, with `OF((int))` perhaps.
        let star = open + 1 + usize::from(self.is_name(open + 1));
        let is_declarator = matches!(self.text(star), b"*" | b"^")
            && (head.has_type || !head.names.is_empty())
            && self.is_name(star + 1)
            && (self.text(close + 1) == b"("
                || (self.is_name(close + 1) && self.text(close + 2) == b"(" && self.text(close + 3) == b"("));
        if is_declarator {
            if star > open + 1 {
                self.hide(open + 1, open + 1);
            }
            self.keep(head, usize::from(!head.has_type));
            let mut list = close + 1;
            if self.text(list) != b"(" {
                let outer = list + 1;
                if self.text(outer + 1) == b"(" && self.mate(outer + 1) + 1 == self.mate(outer) {
                    self.hide(list, outer);
                    let end = self.mate(outer);
                    self.hide(end, end);
                    self.parameters(outer + 1, end - 1);
                    return self.through_end(end + 1);
                }
                list = outer;
            }
            let end = self.mate(list);
            self.parameters(list, end);
            return self.behind_parameters(end + 1, list, end);
        }
        // `type (name)(int)`: the name is kept from being a macro's. The grammar would take the type for it.
        let is_guarded = close == open + 2
            && self.is_name(open + 1)
            && self.text(close + 1) == b"("
            && (head.has_type || head.names.last().is_some_and(|&(_, last)| !words::is_capitals(self.text(last))));
        if is_guarded {
            self.hide(open, open);
            self.hide(close, close);
            head.names.push((open + 1, open + 1));
            return self.function(head, close + 1);
        }
        // The grammar has no functions with old parameters that return pointers.
        if self.are_old_parameters(open, close) {
            let from = head.names.first().map_or(open, |&(first, _)| first);
            for star in from.saturating_sub(6)..open {
                if self.text(star) == b"*" {
                    self.hide(star, star);
                }
            }
        }
        let is_untyped = !head.has_type && head.names.len() == 1 && head.before_star.is_none();
        if is_untyped && self.text(close + 1) == b";" && self.is_macro_call(head.names[0], open, close) {
            self.hide(head.names[0].0, close);
            return close + 1;
        }
        self.drop_macros(head, true);
        let Some(&(first, last)) = head.names.last() else {
            // `int (*f)(int)`.
            return if self.text(close + 1) == b"(" {
                self.behind_parameters(self.mate(close + 1) + 1, close + 1, self.mate(close + 1))
            } else {
                self.through_end(close + 1)
            };
        };
        if self.text(last) == b"::" {
            // `A::*member`, `A::~A`.
            return self.after_name(if self.text(open) == b"(" { open } else { last + 1 });
        }
        if is_untyped && self.text(close + 1) == b"{" && !self.is_own_class(first, last) {
            self.function_macro(first, open, close);
        } else {
            self.parameters(open, close);
        }
        self.behind_parameters(close + 1, open, close)
    }

    /// `DEFINE_FLAG(int, name, 1);`: no function has values for parameters, and none in a class is without a type but what
    /// makes one.
    fn is_macro_call(&self, (first, last): (usize, usize), open: usize, close: usize) -> bool {
        let is_value = |at: usize| matches!(self.kind(at), Kind::Text | Kind::Number | Kind::Char);
        match self.scope() {
            Scope::Members(_) => self.is_cpp && first == last && !self.is_own_class(first, last),
            Scope::Declarations => {
                // What stands in brackets, or behind `=`, is a value anywhere.
                let has_default = (open + 1..close).any(|at| matches!(self.text(at), b"=" | b"["));
                first == last && !has_default && (open + 1..close).any(is_value)
            }
            _ => false,
        }
    }

    /// `FUNCTION_HEAD { ... }`: a macro that is all but the body.
    pub(super) fn bare_function(&mut self, name: usize) {
        let token = self.tokens[name];
        let has_room = self.bytes.get(token.end as usize).is_some_and(u8::is_ascii_whitespace);
        if has_room && token.end - token.start > 3 {
            self.put(token.end - 1, b"()");
            self.put(token.start + 1, b" ");
        }
    }

    /// `DEFINE_THING(x) { ... }`, or a function whose type is left out.
    fn function_macro(&mut self, name: usize, open: usize, close: usize) {
        let takes_names = (open + 1..close).all(|at| self.is_name(at) || self.text(at) == b",");
        if !takes_names && !self.is_cpp {
            self.parameters(open, close);
        }
        let has_values = (open + 1..close).any(|at| matches!(self.kind(at), Kind::Text | Kind::Number | Kind::Char));
        if has_values && close > open + 1 {
            self.hide(open + 1, close - 1);
        }
        if self.is_cpp {
            return;
        }
        // The grammar wants a type: one byte in the white space before, or the first of the name.
        let start = self.tokens[name].start;
        let before = &self.bytes[..start as usize];
        if let [.., first, second] = before
            && first.is_ascii_whitespace()
            && second.is_ascii_whitespace()
            && !self.is_line_of_directive(start - 2)
        {
            self.put(start - 2, b"T");
        } else if self.tokens[name].end - start > 2 {
            self.put(start + 1, b" ");
        }
    }

    /// The line end at this offset ends a directive.
    fn is_line_of_directive(&self, at: u32) -> bool {
        let before = self.bytes[..at as usize].trim_ascii_end();
        let place = self.tokens.partition_point(|token| (token.start as usize) < before.len());
        place.checked_sub(1).is_some_and(|last| {
            self.kind(last) == Kind::Directive && self.tokens[last].end as usize >= before.len()
                || before.ends_with(b"/")
        })
    }

    /// Macros among parameters.
    fn parameters(&mut self, open: usize, close: usize) {
        let mut at = open + 1;
        let mut begins = true;
        while at < close {
            if begins {
                let next = self.run_of_parameter(at, close);
                begins = false;
                if next > at {
                    at = next;
                    continue;
                }
            }
            match self.text(at) {
                b"," => begins = true,
                b"(" => begins = true,
                b"[" | b"{" => at = self.mate(at),
                b"=" => begins = false,
                b"__attribute__" | b"__attribute" => at = self.attribute(at),
                _ if self.is_name(at) && self.text(at - 1) == b"]" => {
                    // An attribute behind an array.
                    self.hide(at, at);
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn run_of_parameter(&mut self, at: usize, close: usize) -> usize {
        let mut head = Head { end: at, ..Head::default() };
        while head.end < close {
            let before = head.end;
            // `UNUSED(x)` around the name, or an attribute with arguments.
            if self.is_name(before) && self.text(before + 1) == b"(" && self.text(before + 2) != b"*" {
                let end = self.mate(before + 1);
                let is_last = matches!(self.text(end + 1), b"," | b")");
                let has_any = head.has_type || !head.names.is_empty();
                if is_last && has_any && end == before + 3 && self.is_name(before + 2) && head.names.len() < 2 {
                    self.hide(before, before + 1);
                    self.hide(end, end);
                } else if (is_last && has_any) || self.is_word(end + 1) {
                    self.hide(before, end);
                } else {
                    break;
                }
                head.end = end + 1;
                continue;
            }
            self.read_head(&mut head, false);
            if head.end == before {
                break;
            }
        }
        let allowed = usize::from(!head.has_type) + 1;
        let ends = matches!(self.text(head.end), b"," | b")" | b"=" | b"[");
        let has_macros = ends && (head.names.len() > allowed || head.before_star.is_some());
        if has_macros || (self.text(head.end) == b"(" && head.names.len() > 1) {
            self.drop_macros(&head, false);
        }
        head.end
    }

    /// Behind a name that needs no further look: its parameters, if it has any.
    pub(super) fn after_name(&mut self, at: usize) -> usize {
        if self.text(at) != b"(" {
            return self.through_end(at);
        }
        let close = self.mate(at);
        self.parameters(at, close);
        self.behind_parameters(close + 1, at, close)
    }

    /// Attributes, specifiers and initializers behind a function's parameters, up to its body or end.
    fn behind_parameters(&mut self, at: usize, open: usize, close: usize) -> usize {
        let mut at = at;
        if self.are_old_parameters(open, close) {
            while at < self.len() && self.text(at) != b"{" {
                at = self.run_of_names(at);
                while at < self.len() && !matches!(self.text(at), b"{" | b";") {
                    at += 1;
                }
                at += usize::from(self.text(at) == b";");
            }
        }
        loop {
            let text = self.text(at);
            match text {
                b"{" => {
                    self.scopes.push(Scope::Statements);
                    return at + 1;
                }
                b":" if self.is_cpp => at = self.behind_initializers(at + 1),
                b"const" | b"volatile" | b"override" | b"final" | b"mutable" | b"try" | b"&" | b"&&"
                | b"__restrict" => at += 1,
                b"noexcept" | b"throw" | b"asm" | b"__asm__" | b"__asm" => {
                    at = if self.text(at + 1) == b"(" { self.mate(at + 1) + 1 } else { at + 1 };
                }
                b"->" | b"requires" => {
                    at += 1;
                    while at < self.len() && !matches!(self.text(at), b"{" | b";" | b"=" | b"override" | b"final") {
                        at = if matches!(self.text(at), b"(" | b"[") { self.mate(at) + 1 } else { at + 1 };
                    }
                }
                b"[" if self.text(at + 1) == b"[" => at = self.mate(at) + 1,
                b"(" => {
                    // The parameters of what a macro named, or of a function that a function returns.
                    let close = self.mate(at);
                    self.parameters(at, close);
                    at = close + 1;
                }
                b"__attribute__" | b"__attribute" | b"_Pragma" => at = self.attribute(at) + 1,
                _ if self.is_name(at) => {
                    let end = if self.text(at + 1) == b"(" { self.mate(at + 1) } else { at };
                    self.hide(at, end);
                    at = end + 1;
                }
                _ => return self.through_end(at),
            }
        }
    }

    /// Behind `: a(1), b{2}`: at the body.
    fn behind_initializers(&mut self, at: usize) -> usize {
        let mut at = at;
        while at < self.len() {
            // The member's name.
            while at < self.len() && !matches!(self.text(at), b"(" | b"{" | b";" | b"}") {
                at += 1;
            }
            if !matches!(self.text(at), b"(" | b"{") {
                return at;
            }
            at = self.mate(at) + 1;
            if self.text(at) == b"..." {
                at += 1;
            }
            if self.text(at) != b"," {
                return at;
            }
            at += 1;
        }
        at
    }

    /// To the end of a declaration: behind its semicolon, or in a body that opens in it.
    pub(super) fn through_end(&mut self, at: usize) -> usize {
        let mut at = at;
        while at < self.len() {
            match self.text(at) {
                b";" => return at + 1,
                b"{" => {
                    let scope = self.brace(at);
                    self.scopes.push(scope);
                    if scope == Scope::Statements {
                        return at + 1;
                    }
                    at = self.through_value(at);
                    continue;
                }
                b"}" => return at,
                _ if self.kind(at) == Kind::Directive => {
                    self.condition(at);
                }
                // An attribute behind an array.
                _ if self.is_name(at) && at > 0 && self.text(at - 1) == b"]" => {
                    let end = if self.text(at + 1) == b"(" { self.mate(at + 1) } else { at };
                    self.hide(at, end);
                    at = end;
                }
                _ => at = self.expression(at),
            }
            at += 1;
        }
        at
    }

    /// Behind a value in braces, whose scope is entered here.
    pub(super) fn through_value(&mut self, open: usize) -> usize {
        let close = self.mate(open);
        let mut at = open + 1;
        while at < close {
            // A lambda's body among values is left as it is.
            at = self.expression(at).max(at) + 1;
        }
        self.scopes.pop();
        close.max(open) + 1
    }
}
