//! Macros among statements: calls without a semicolon, calls that take the block or statement behind them, attributes.

use super::{Kind, Reader, conditionals, words};

impl Reader<'_> {
    /// Looks at the beginning of a statement. Returns the token to go on with, and whether a statement begins there.
    pub(super) fn statement(&mut self, at: usize) -> (usize, bool) {
        let text = self.text(at);
        if self.kind(at) == Kind::Directive {
            self.condition(at);
            return (at + 1, true);
        }
        if !self.is_word(at) {
            return (at, false);
        }
        match text {
            b"else" | b"do" | b"try" | b"__try" | b"__finally" => return (at + 1, true),
            b"if" | b"while" | b"for" | b"switch" | b"catch" | b"__except" => {
                let open = if self.text(at + 1) == b"(" { at + 1 } else { at + 2 };
                if self.text(open) == b"(" {
                    self.ends_head.insert(self.mate(open));
                    // A declaration may stand in it.
                    let first = self.text(open + 1);
                    let is_typed = words::is_type(first) || words::is_tag(first) || words::is_specifier(first);
                    let next = if is_typed { self.run_of_names(open + 1) } else { open + 1 };
                    return (next, false);
                }
                return (at + 1, false);
            }
            b"case" => {
                self.case_range(at);
                return (at + 1, false);
            }
            b"goto" => {
                self.computed_goto(at);
                return (at + 1, false);
            }
            b"using" | b"namespace" | b"template" | b"typedef" => return (at + 1, text == b"typedef"),
            _ if words::is_control(text) => return (at + 1, false),
            _ => {}
        }
        if self.is_name(at) && self.text(at + 1) == b":" {
            return (at + 2, true);
        }
        // `CASE(x):` is a label of some kind.
        if self.is_name(at) && self.text(at + 1) == b"(" && self.text(self.mate(at + 1) + 1) == b":" {
            let close = self.mate(at + 1);
            self.hide(at + 1, close);
            return (close + 2, true);
        }
        if self.is_name(at) && self.text(at + 1) == b"(" {
            return (self.call(at), false);
        }
        if self.is_name(at) && !self.blanks.contains(text) {
            let next = self.text(at + 1);
            let is_alone = next == b"}"
                || (self.kind(at + 1) == Kind::Directive && words::is_capitals(text))
                || (self.is_word(at + 1) && words::is_control(next))
                || (next == b"{" && words::is_capitals(text));
            if is_alone {
                self.hide(at, at);
                self.put_jump(at);
                return (at + 1, true);
            }
        }
        (self.run_of_names(at), false)
    }

    /// A name that the file defines to be a jump is one.
    fn put_jump(&mut self, at: usize) {
        let token = self.tokens[at];
        if let Some(jump) =
            self.jumps.get(self.text(at)).filter(|jump| jump.len() <= (token.end - token.start) as usize)
        {
            let jump = *jump;
            self.put(token.start, jump);
        }
    }

    /// `macro(...)` and then something that cannot follow a call.
    fn call(&mut self, at: usize) -> usize {
        let close = self.mate(at + 1);
        let next = self.text(close + 1);
        let is_statement = self.is_word(close + 1)
            && !words::is_operator(next)
            && !matches!(next, b"const" | b"noexcept" | b"mutable" | b"and" | b"or" | b"asm");
        if next == b"{" {
            if self.make_loop(at, close) {
                self.ends_head.insert(close);
            } else {
                self.end_statement(close);
                self.ends_head.insert(close);
            }
        } else if is_statement || (next == b"*" && self.is_on_later_line(close, close + 1)) {
            let is_later = self.is_on_later_line(at, close + 1);
            let is_deeper = self.column(close + 1) > self.column(at);
            if self.kind(close + 1) == Kind::Word && (!is_later || is_deeper) && self.make_loop(at, close) {
                self.ends_head.insert(close);
            } else {
                self.end_statement(close);
                self.ends_head.insert(close);
            }
        } else if next == b"}" && self.end_statement(close) {
            self.ends_head.insert(close);
        }
        at + 1
    }

    fn is_on_later_line(&self, at: usize, later: usize) -> bool {
        match (self.tokens.get(at), self.tokens.get(later)) {
            (Some(at), Some(later)) => self.bytes[at.end as usize..later.start as usize].contains(&b'\n'),
            _ => false,
        }
    }

    /// The column of a token, tabs counted as eight.
    fn column(&self, at: usize) -> usize {
        let start = self.tokens[at].start as usize;
        let line = self.bytes[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        self.bytes[line..start]
            .iter()
            .fold(0, |column, &byte| if byte == b'\t' { (column / 8 + 1) * 8 } else { column + 1 })
    }

    /// Writes a macro that takes what stands behind it as a loop, which the table knows by its text to be one of these.
    fn make_loop(&mut self, at: usize, close: usize) -> bool {
        let (name, open, end) = (self.tokens[at], self.tokens[at + 1], self.tokens[close]);
        if self.text(close) != b")" || close < at + 2 && name.end - name.start < 6 {
            return false;
        }
        if (name.end - name.start) < 5 {
            return self.make_short_loop(at, close);
        }
        if self.is_condition(at + 2, close) {
            self.blank(name.start, name.end);
            self.put(name.start, b"while");
        } else if open.end < end.start {
            if close > at + 2 {
                self.hide(at + 2, close - 1);
            }
            self.blank(name.start, name.end);
            self.put(name.start, b"while");
            self.put(open.end, b"_");
        } else {
            // `forever()`: something has to be between the parentheses.
            self.blank(name.start, end.start);
            self.put(name.start, b"while(_");
        }
        self.hidden.push(crate::languages::roles::Hidden { range: name.start..name.end, cause: None, is_name: true });
        true
    }

    /// A name with no room for `while` in its place: `EACH(x, y)` reads as `for (;_;)`.
    fn make_short_loop(&mut self, at: usize, close: usize) -> bool {
        let (name, open, end) = (self.tokens[at], self.tokens[at + 1], self.tokens[close]);
        if name.end - name.start < 3 || end.start - open.end < 3 {
            return false;
        }
        self.hide(at + 2, close - 1);
        self.blank(name.start, name.end);
        self.put(name.start, b"for");
        self.put(open.end, b";_;");
        self.hidden.push(crate::languages::roles::Hidden { range: name.start..name.end, cause: None, is_name: true });
        true
    }

    /// Whether the arguments read as an expression.
    fn is_condition(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| self.is_name(at))
            && (from..to).all(|at| {
                let (text, next) = (self.text(at), self.text(at + 1));
                let is_plain = match self.kind(at) {
                    Kind::Word => words::is_name(text) && self.kind(at + 1) == Kind::Mark && !matches!(next, b"{"),
                    Kind::Directive => false,
                    Kind::Mark => !matches!(text, b"{" | b"}" | b"*" | b";" | b"=" | b"..."),
                    _ => true,
                };
                is_plain && !(text == b"," && matches!(next, b"," | b")")) && !(at == from && text == b",")
            })
    }

    /// `case 1 ... 5:`.
    fn case_range(&mut self, at: usize) {
        let end = (at..self.len()).take(40).find(|&end| matches!(self.text(end), b":" | b";" | b"{"));
        let Some(end) = end else { return };
        if let Some(dots) = (at..end).find(|&dots| self.text(dots) == b"...") {
            self.hide(dots, end - 1);
        }
    }

    /// `goto *table[x];` leads to a label that is not known.
    fn computed_goto(&mut self, at: usize) {
        if self.text(at + 1) != b"*" {
            return;
        }
        let Some(end) = (at..self.len()).take(200).find(|&end| self.text(end) == b";") else { return };
        let start = self.tokens[at + 1].start;
        self.hide(at + 1, end - 1);
        self.put(start, b"_");
    }

    /// A condition of the preprocessor that the grammar cannot read: some name stands for it.
    pub(super) fn condition(&mut self, at: usize) {
        // (Behind the last token there is none.)
        let Some(&token) = self.tokens.get(at) else { return };
        let line = token.text(self.bytes);
        if !matches!(conditionals::directive(line), b"if" | b"elif") {
            return;
        }
        let condition = conditionals::argument(line);
        let start = token.start + (condition.as_ptr() as usize - line.as_ptr() as usize) as u32;
        let parts = super::tokens::tokens(condition);
        let mut is_operand = true;
        let mut is_readable = !parts.is_empty();
        for (index, part) in parts.iter().enumerate() {
            let text = part.text(condition);
            let next = parts.get(index + 1).map(|part| part.text(condition)).unwrap_or_default();
            let fits = match part.kind {
                Kind::Word if text == b"defined" => {
                    continue;
                }
                Kind::Word | Kind::Number | Kind::Char => {
                    let was = is_operand;
                    is_operand = false;
                    was && !matches!(text, b"__has_include" | b"__has_embed") && !matches!(next, b"'")
                }
                Kind::Mark => match text {
                    b"(" => {
                        is_operand = true;
                        next != b")"
                    }
                    b")" => !is_operand,
                    b"?" | b":" | b"::" | b"." | b"=" if text != b"=" => false,
                    _ => {
                        is_operand = true;
                        true
                    }
                },
                _ => false,
            };
            is_readable &= fits;
        }
        if is_readable && !is_operand || condition.is_empty() {
            return;
        }
        let end = token.end;
        self.is_changed = true;
        for byte in &mut self.out[start as usize..end as usize] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        // Lines that continue it are one line still.
        for at in start as usize..end as usize {
            if matches!(self.out[at], b'\n' | b'\r') {
                self.out[at] = b' ';
            }
        }
        self.put(start, b"_");
    }
}
