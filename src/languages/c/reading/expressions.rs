//! What stands in expressions that the grammars do not expect: types and operators as macros' arguments, strings that
//! macros make, labels' addresses.

use super::{Kind, Reader, Scope, words};

impl Reader<'_> {
    /// Looks at a token in an expression or declaration; returns the last one that is dealt with.
    pub(super) fn expression(&mut self, at: usize) -> usize {
        let text = self.text(at);
        let before = at.checked_sub(1).map(|before| self.text(before)).unwrap_or_default();
        let before_kind = at.checked_sub(1).map(|before| self.kind(before));
        let next = self.text(at + 1);
        match self.kind(at) {
            Kind::Word if self.blanks.contains(text) && !matches!(before, b"." | b"->" | b"::") => {
                // Something has to stand between parentheses and commas.
                if !(matches!(before, b"(" | b"," | b"=") && matches!(next, b")" | b"," | b";")) {
                    self.hide(at, at);
                }
                at
            }
            // `64 KB`: an operator and its operand.
            Kind::Word if before_kind == Some(Kind::Number) && self.is_name(at) => {
                self.hide(at, at);
                at
            }
            Kind::Word if matches!(text, b"__attribute__" | b"__attribute" | b"_Pragma" | b"__pragma") => {
                self.attribute(at)
            }
            Kind::Word if matches!(text, b"typeof" | b"__typeof__" | b"__typeof") && self.text(at + 1) == b"(" => {
                self.type_of(at)
            }
            Kind::Word if self.is_beside_text(at) => {
                let end = self.mate(at + 1);
                self.hide(at, end);
                end
            }
            Kind::Word if words::is_type(text) || words::is_tag(text) || words::is_specifier(text) => {
                self.type_argument(at)
            }
            Kind::Mark if text == b"&&" => {
                let is_operand = matches!(before, b"(" | b"," | b"=" | b"{" | b"[" | b"?" | b":" | b"return" | b"}");
                if is_operand
                    && self.is_name(at + 1)
                    && matches!(self.text(at + 2), b"," | b"}" | b";" | b")" | b"-" | b":")
                {
                    self.put(self.tokens[at].start, b"& ");
                }
                at
            }
            Kind::Mark if text == b"," && matches!(before, b"(" | b",") && self.scope() != Scope::Enumerators => {
                // An argument that is empty.
                self.blank(self.tokens[at].start, self.tokens[at].end);
                at
            }
            Kind::Mark if text == b"," && self.text(at + 1) == b")" => {
                self.blank(self.tokens[at].start, self.tokens[at].end);
                at
            }
            Kind::Mark
                if text == b"->" && self.text(at + 1) == b"*" && self.tokens[at].end == self.tokens[at + 1].start =>
            {
                self.put(self.tokens[at].start, b"*  ");
                at + 1
            }
            Kind::Word if self.is_cpp && before_kind == Some(Kind::Text) && self.is_name(at) => {
                // The grammar takes a macro for a string before one, not behind it.
                let is_apart = self.tokens[at - 1].end < self.tokens[at].start;
                if is_apart && (self.kind(at + 1) == Kind::Text || matches!(next, b"," | b")" | b";")) {
                    self.hide(at, at);
                }
                at
            }
            Kind::Mark if text == b"(" && self.is_cpp && self.member_pointer(at) => at,
            Kind::Mark
                if text == b"("
                    && self.is_word(at + 1)
                    && !at.checked_sub(1).is_some_and(|at| self.is_name(at))
                    // The parameters of a lambda.
                    && !(self.is_cpp && before == b"]") =>
            {
                self.cast(at)
            }
            Kind::Mark if text == b"*" && self.is_new_array(at) => {
                self.hide(at, at);
                at
            }
            Kind::Mark => self.operator_argument(at),
            _ => at,
        }
    }

    /// `(const struct x MACRO *)`: a type in parentheses.
    fn cast(&mut self, open: usize) -> usize {
        let mut at = open + 1;
        let mut names = Vec::new();
        let mut has_type = false;
        loop {
            let text = self.text(at);
            if !self.is_word(at) {
                break;
            } else if words::is_tag(text) && self.is_name(at + 1) {
                has_type = true;
                at += 2;
            } else if words::is_type(text) {
                has_type = true;
                at += 1;
            } else if words::is_specifier(text) {
                at += 1;
            } else if words::is_name(text) && self.text(at + 1) != b"(" {
                names.push(at);
                at += 1;
            } else {
                return open;
            }
        }
        let words_end = at;
        while self.text(at) == b"*" || (at > words_end && self.is_word(at) && words::is_specifier(self.text(at))) {
            at += 1;
        }
        if self.text(at) != b")" || names.len() + usize::from(has_type) < 2 {
            return open;
        }
        let plain = names.iter().rposition(|&name| !words::is_capitals(self.text(name)));
        let kept = if has_type { None } else { plain.or(names.len().checked_sub(1)) };
        for (index, &name) in names.iter().enumerate() {
            if Some(index) != kept {
                self.hide(name, name);
            }
        }
        at - 1
    }

    /// `(A::*member)`, and `(a = b, c)`, which the grammar does not know.
    fn member_pointer(&mut self, open: usize) -> bool {
        let mut at = open + 1;
        while self.is_name(at) && self.text(at + 1) == b"::" {
            at += 2;
        }
        if at > open + 1 && self.text(at) == b"*" {
            self.hide(open + 1, at - 1);
            return true;
        }
        let is_group =
            !open.checked_sub(1).is_some_and(|at| self.is_word(at) || matches!(self.text(at), b")" | b"]" | b">"));
        if is_group && self.text(open + 2) == b"=" && self.text(open + 3) != b"=" {
            let close = self.mate(open);
            let mut at = open + 2;
            while at < close && at < open + 200 {
                match self.text(at) {
                    b"(" | b"[" | b"{" => at = self.mate(at),
                    b"," => self.put(self.tokens[at].start, b"+"),
                    _ => {}
                }
                at += 1;
            }
        }
        false
    }

    /// `new T*[n]`.
    fn is_new_array(&self, at: usize) -> bool {
        let is_word = |back: usize, word: &[u8]| at.checked_sub(back).is_some_and(|at| self.text(at) == word);
        matches!(self.text(at + 1), b"[" | b"*") && (1..6).any(|back| is_word(back, b"new"))
    }

    /// `__attribute__((...))` says nothing that the grammar has to know.
    pub(super) fn attribute(&mut self, at: usize) -> usize {
        let end = if self.text(at + 1) == b"(" { self.mate(at + 1) } else { at };
        self.hide(at, end);
        end
    }

    /// `typeof(x) y`: some type.
    pub(super) fn type_of(&mut self, at: usize) -> usize {
        let end = self.mate(at + 1);
        let start = self.tokens[at].start;
        self.hide(at, end);
        self.put(start, b"int");
        end
    }

    /// A macro's call beside a string makes a string.
    fn is_beside_text(&self, at: usize) -> bool {
        if !self.is_name(at) || self.text(at + 1) != b"(" {
            return false;
        }
        let before = at.checked_sub(1).map(|before| self.kind(before));
        let is_linkage = at >= 2 && self.text(at - 2) == b"extern";
        let follows = before == Some(Kind::Text) && !is_linkage && self.tokens[at - 1].end < self.tokens[at].start;
        follows || self.kind(self.mate(at + 1) + 1) == Kind::Text
    }

    /// `va_arg(list, struct x *)`: a type among a call's arguments, of which the grammar makes a name.
    fn type_argument(&mut self, at: usize) -> usize {
        if self.scope() != Scope::Statements && self.scope() != Scope::Value {
            return at;
        }
        let Some(before) = at.checked_sub(1) else { return at };
        if !matches!(self.text(before), b"(" | b",") {
            return at;
        }
        // The words and stars up to the argument's end.
        let mut end = at;
        let mut names = 0;
        let mut last_word = at;
        loop {
            let text = self.text(end);
            if self.is_word(end)
                && (words::is_type(text) || words::is_tag(text) || words::is_specifier(text) || words::is_name(text))
            {
                names += usize::from(words::is_name(text));
                last_word = end;
            } else if !matches!(text, b"*" | b"&" | b"::") {
                break;
            }
            end += 1;
        }
        if !matches!(self.text(end), b")" | b",") || names > 1 || !self.is_call_around(before) {
            return at;
        }
        // `struct x` is the name x; `unsigned long` one that nothing has.
        let text = self.text(last_word);
        if at < last_word {
            self.hide(at, last_word - 1);
        }
        if !words::is_name(text) {
            self.put(self.tokens[last_word].start, b"_");
        }
        if last_word + 1 < end {
            self.hide(last_word + 1, end - 1);
        }
        end - 1
    }

    /// The parenthesis around this token, or this token, opens the arguments of a call, not of a declaration's parameters.
    fn is_call_around(&self, at: usize) -> bool {
        let mut open = at;
        let mut steps = 0;
        while self.text(open) != b"(" {
            steps += 1;
            if open == 0 || steps > 200 {
                return false;
            }
            open = match self.text(open) {
                b")" | b"]" | b"}" if self.mates[open] < open => self.mates[open],
                b";" | b"{" => return false,
                _ => open,
            };
            open = open.saturating_sub(1);
        }
        let Some(callee) = open.checked_sub(1).filter(|&callee| self.is_name(callee)) else { return false };
        let Some(before) = callee.checked_sub(1) else { return false };
        let text = self.text(before);
        match text {
            b"*" | b"&" => {
                let Some(left) = before.checked_sub(1) else { return false };
                !(self.is_name(left) || words::is_type(self.text(left)) || self.text(left) == b"*")
            }
            b">" => false,
            _ if self.is_word(before) => words::is_control(text) || words::is_operator(text),
            _ => true,
        }
    }

    /// `CHECK_OP(==, a, b)`: an operator alone is an argument.
    fn operator_argument(&mut self, at: usize) -> usize {
        let Some(before) = at.checked_sub(1) else { return at };
        if !matches!(self.text(before), b"(" | b",") || self.scope() != Scope::Statements {
            return at;
        }
        let is_operator = |text: &[u8]| {
            matches!(text, b"=" | b"<" | b">" | b"!" | b"+" | b"-" | b"|" | b"||" | b"&&" | b"/" | b"%" | b"^")
        };
        let mut end = at;
        while self.kind(end) == Kind::Mark && is_operator(self.text(end)) && end < at + 3 {
            end += 1;
        }
        if end > at && matches!(self.text(end), b"," | b")") && self.is_call_around(before) {
            let start = self.tokens[at].start;
            self.hide(at, end - 1);
            self.put(start, b"_");
            return end - 1;
        }
        at
    }
}
