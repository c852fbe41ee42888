//! Macros among declarations. A declaration is words of its own, one type and one name; whatever other name stands
//! beside these is a macro's, and is left out.

use super::{Kind, Reader, Scope, words};

/// The beginning of a declaration, up to where its name ends or something else begins.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// First and last token of each name, with its qualifiers and arguments.
    pub names: Vec<(usize, usize)>,
    /// How many of them stand before the last `*` or `&`.
    pub before_star: Option<usize>,
    /// A type that is no name stands in it.
    pub has_type: bool,
    /// It ends in the body of a type.
    pub ends_in_body: bool,
    /// The first token behind it.
    pub end: usize,
}

impl Reader<'_> {
    /// Looks at a declaration outside of functions, or at its rest behind the body of the type that it begins with.
    /// Returns the token to go on with.
    pub(super) fn declaration(&mut self, at: usize, has_type: bool) -> usize {
        let text = self.text(at);
        if self.kind(at) == Kind::Directive {
            self.condition(at);
            return at + 1;
        }
        match text {
            b";" => return at + 1,
            b"template" if self.text(at + 1) == b"<" => return self.angle(at + 1) + 1,
            b"extern" if self.kind(at + 1) == Kind::Text => {
                if self.text(at + 2) == b"{" {
                    self.scopes.push(Scope::Declarations);
                    return at + 3;
                }
                return at + 2;
            }
            b"namespace" | b"inline" if text == b"namespace" || self.text(at + 1) == b"namespace" => {
                let open = (at..self.len()).take(60).find(|&open| matches!(self.text(open), b"{" | b";" | b"="));
                return match open {
                    Some(open) if self.text(open) == b"{" => {
                        self.scopes.push(Scope::Declarations);
                        open + 1
                    }
                    Some(open) => self.through_end(open),
                    None => at + 1,
                };
            }
            b"using" | b"static_assert" | b"_Static_assert" | b"concept" | b"asm" | b"__asm__" => {
                return self.through_end(at);
            }
            b"public" | b"private" | b"protected" => {
                let colon = (at..at + 3).find(|&colon| self.text(colon) == b":");
                if let Some(colon) = colon {
                    if colon > at + 1 {
                        self.hide(at + 1, colon - 1);
                    }
                    return colon + 1;
                }
                return at + 1;
            }
            _ => {}
        }
        if self.is_name(at) && self.scope() == Scope::Declarations {
            self.expand(at);
        }
        // Qt's `signals:`.
        if self.is_name(at) && self.text(at + 1) == b":" && matches!(self.scope(), Scope::Members(_)) {
            self.hide(at, at + 1);
            return at + 2;
        }
        let mut head = Head { has_type, end: at, ..Head::default() };
        self.read_head(&mut head, true);
        self.settle(&mut head, at, true)
    }

    /// Decides which of a head's names are macros, and goes on behind it.
    fn settle(&mut self, head: &mut Head, start: usize, mut is_first: bool) -> usize {
        loop {
            let at = head.end;
            match self.text(at) {
                b"(" => return self.function(head, at),
                b"{" => {
                    match head.ends_in_body {
                        // What is declared stands behind the body.
                        true => self.drop_all(head),
                        false => self.drop_macros(head, false),
                    }
                    return self.open_body(head, at);
                }
                b"~" => {
                    self.drop_all(head);
                    return self.after_name(at + 2);
                }
                b"operator" => {
                    let is_conversion =
                        self.is_word(at + 1) && !matches!(self.text(at + 1), b"new" | b"delete" | b"co_await");
                    if is_conversion {
                        self.drop_all(head);
                    } else {
                        self.keep(head, usize::from(!head.has_type));
                    }
                    // `operator()(int)` has two pairs of parentheses.
                    let is_call = self.text(at + 1) == b"(";
                    let open = (at + 1..self.len()).take(40).find(|&open| matches!(self.text(open), b"(" | b";"));
                    let open = if is_call { at + 3 } else { open.unwrap_or(at + 1) };
                    return self.after_name(open);
                }
                b"," if !is_first || at > start => {
                    self.drop_macros(head, false);
                    *head = Head { has_type: true, end: at + 1, ..Head::default() };
                    self.read_head(head, false);
                    is_first = false;
                    if head.end == at + 1 {
                        return self.through_end(at + 1);
                    }
                }
                b"=" | b"[" | b":" | b";" => {
                    self.drop_macros(head, false);
                    return self.through_end(at);
                }
                b"}" => {
                    // A macro that stands alone before the end.
                    self.drop_all(head);
                    return at;
                }
                _ if self.kind(at) == Kind::Directive => {
                    self.drop_all(head);
                    return at;
                }
                _ if self.starts_item(at) && at > start => {
                    // `BEGIN_DECLS`, and then something that begins by itself.
                    self.drop_all(head);
                    return at;
                }
                _ => return self.through_end(at.max(start + 1)),
            }
        }
    }

    /// Nothing of a declaration stands before these.
    fn starts_item(&self, at: usize) -> bool {
        matches!(self.text(at), b"template" | b"namespace" | b"using" | b"public" | b"private" | b"protected")
    }

    /// Reads names, types, specifiers and stars.
    pub(super) fn read_head(&mut self, head: &mut Head, is_item: bool) {
        let mut at = head.end;
        loop {
            let text = self.text(at);
            match self.kind(at) {
                Kind::Word if matches!(text, b"__attribute__" | b"__attribute" | b"_Pragma" | b"__pragma") => {
                    at = self.attribute(at) + 1;
                }
                Kind::Word if matches!(text, b"typeof" | b"__typeof__" | b"__typeof") && self.text(at + 1) == b"(" => {
                    at = self.type_of(at) + 1;
                    head.has_type = true;
                }
                Kind::Word if matches!(text, b"decltype" | b"alignas" | b"_Alignas" | b"__declspec") => {
                    head.has_type |= text == b"decltype";
                    at = if self.text(at + 1) == b"(" { self.mate(at + 1) + 1 } else { at + 1 };
                }
                Kind::Word if text == b"explicit" && self.text(at + 1) == b"(" => at = self.mate(at + 1) + 1,
                Kind::Word if words::is_tag(text) => {
                    let next = self.tag_head(at);
                    head.has_type = true;
                    at = next;
                    if self.text(at) == b"{" {
                        head.ends_in_body = true;
                        break;
                    }
                }
                Kind::Word if words::is_type(text) => {
                    head.has_type = true;
                    // The grammar takes the name behind it for its type.
                    if words::is_sized(text) && text.len() > 3 && self.is_name(at + 1) {
                        self.blank(self.tokens[at].start, self.tokens[at].end);
                        self.put(self.tokens[at].start, b"int");
                    }
                    at += 1;
                }
                Kind::Word if words::is_specifier(text) => at += 1,
                Kind::Word if self.blanks.contains(text) => {
                    self.hide(at, at);
                    at += 1;
                }
                Kind::Word if words::is_name(text) => match self.macro_call(head, at, is_item) {
                    Some(next) => at = next,
                    None => {
                        let last = self.name(at);
                        head.names.push((at, last));
                        at = last + 1;
                        if self.text(last) == b"::" {
                            break;
                        }
                    }
                },
                Kind::Mark if text == b"::" && self.is_name(at + 1) => {
                    let last = self.name(at + 1);
                    head.names.push((at, last));
                    at = last + 1;
                }
                Kind::Mark
                    if matches!(text, b"*" | b"&" | b"&&" | b"^") && (head.has_type || !head.names.is_empty()) =>
                {
                    head.before_star = Some(head.names.len());
                    at += 1;
                }
                Kind::Mark if text == b"[" && self.text(at + 1) == b"[" => at = self.mate(at) + 1,
                _ => break,
            }
        }
        head.end = at;
    }

    /// The last token of a name that begins here: `a::b<int>::c`, or `a::` before what is no name.
    fn name(&self, at: usize) -> usize {
        let mut last = at;
        loop {
            if self.is_cpp && self.text(last + 1) == b"<" && self.is_word(last) {
                match self.closed_angle(last + 1) {
                    Some(close) => last = close,
                    None => return last,
                }
            }
            if self.text(last + 1) != b"::" {
                return last;
            }
            last += 1;
            if self.text(last + 1) == b"template" {
                last += 1;
            }
            if !self.is_name(last + 1) {
                return last;
            }
            last += 1;
        }
    }

    /// The `>` that closes a list, if one does before the declaration ends.
    fn closed_angle(&self, open: usize) -> Option<usize> {
        let mut depth = 0_i32;
        let mut at = open;
        while at < self.len() && at < open + 2_000 {
            match self.text(at) {
                b"<" => depth += 1,
                b">" => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                b"(" | b"[" => at = self.mate(at),
                b"{" | b"}" | b";" | b")" | b"||" => return None,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The end of a list in angle brackets.
    fn angle(&self, open: usize) -> usize {
        self.closed_angle(open).unwrap_or(open)
    }

    /// `attribute(...)` in a declaration; returns the token behind it, or nothing if it is something else.
    fn macro_call(&mut self, head: &Head, at: usize, is_item: bool) -> Option<usize> {
        if self.text(at + 1) != b"(" {
            return None;
        }
        let close = self.mate(at + 1);
        let next = self.text(close + 1);
        let has_any = head.has_type || !head.names.is_empty();
        // `type (*name)(...)`, `type (CALL *name)(...)`.
        let star = at + 2 + usize::from(self.is_name(at + 2));
        if self.text(star) == b"*" && self.is_name(star + 1) && star + 2 == close {
            return None;
        }
        if has_any || !is_item {
            // Behind the type: an attribute in capitals between it and the name.
            let is_named = head.names.len() > usize::from(!head.has_type);
            let goes_on = self.is_name(close + 1)
                || next == b"*"
                || (is_named && matches!(next, b";" | b"=" | b"[" | b","))
                || (is_named && next == b"{" && self.is_cpp);
            if goes_on && words::is_capitals(self.text(at)) && !self.are_old_parameters(at + 1, close) {
                self.hide(at, close);
                return Some(close + 1);
            }
            return None;
        }
        if self.is_own_class(at, at) {
            return None;
        }
        let goes_on = self.is_word(close + 1)
            && !matches!(
                next,
                b"const" | b"override" | b"final" | b"noexcept" | b"try" | b"throw" | b"requires" | b"asm"
            )
            || matches!(next, b"}" | b"~" | b"::")
            || self.kind(close + 1) == Kind::Directive
            || (next == b"[" && self.text(close + 2) == b"[");
        if goes_on && self.is_type_of(close + 1) {
            // `TAILQ_HEAD(, item) list;`: the macro is the type.
            let name = self.tokens[at];
            self.hide(at + 1, close);
            self.blank(name.start, name.end);
            self.put(name.start, b"T");
            return Some(close + 1);
        }
        if goes_on && !self.are_old_parameters(at + 1, close) {
            if self.scope() == Scope::Declarations {
                self.expand(at);
            }
            self.hide(at, close);
            return Some(close + 1);
        }
        None
    }

    /// Nothing but a name stands here, so that what is before it is its type.
    fn is_type_of(&self, mut at: usize) -> bool {
        while self.text(at) == b"*" {
            at += 1;
        }
        self.is_name(at)
            && matches!(self.text(at + 1), b";" | b"[" | b"," | b"=")
            && matches!(self.scope(), Scope::Members(_) | Scope::Declarations)
    }

    /// A parameter list of bare names, with their declarations between it and the body.
    pub(super) fn are_old_parameters(&self, open: usize, close: usize) -> bool {
        if self.is_cpp || close == open + 1 {
            return false;
        }
        let all_names = (open + 1..close).all(|at| self.is_name(at) || matches!(self.text(at), b"," | b"..."));
        if !all_names || !self.is_word(close + 1) {
            return false;
        }
        let mut at = close + 1;
        while at < self.len() && at < close + 400 {
            match self.text(at) {
                b"{" => return self.text(at - 1) == b";",
                b"(" | b"[" => at = self.mate(at),
                b"}" | b"=" => return false,
                _ if self.kind(at) == Kind::Directive => {}
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// The name is that of the class around, or ends as its own qualifier does (`A::A`).
    pub(super) fn is_own_class(&self, first: usize, last: usize) -> bool {
        if !self.is_cpp {
            return false;
        }
        if let Scope::Members(Some(class)) = self.scope()
            && self.text(class) == self.text(first)
            && first == last
        {
            return true;
        }
        if first + 1 >= last || self.text(last - 1) != b"::" {
            return false;
        }
        // Back over the arguments of the qualifier.
        let mut before = last - 2;
        if self.text(before) == b">" {
            let mut depth = 0;
            while before > first {
                match self.text(before) {
                    b">" => depth += 1,
                    b"<" => depth -= 1,
                    _ => {}
                }
                before -= 1;
                if depth == 0 {
                    break;
                }
            }
        }
        self.text(before) == self.text(last)
    }

    /// Leaves out what is no type and no name. With `is_called` the last name is followed by parentheses.
    pub(super) fn drop_macros(&mut self, head: &Head, is_called: bool) {
        let names = head.names.clone();
        let stars = head.before_star;
        if names.is_empty() {
            return;
        }
        if is_called && names.last().is_some_and(|&(first, last)| self.is_own_class(first, last)) {
            for &(first, last) in &names[..names.len() - 1] {
                self.hide(first, last);
            }
            return;
        }
        // What may stay before the last star and behind it.
        let (before, behind) = match stars {
            Some(count) => names.split_at(count),
            None if head.has_type => names.split_at(0),
            None => {
                let (types, name) = self.type_and_name(&names, is_called);
                for (index, &(first, last)) in names.iter().enumerate() {
                    if Some(index) != types && Some(index) != name {
                        self.hide(first, last);
                    }
                }
                return;
            }
        };
        let type_kept = if head.has_type { None } else { self.plainest(before) };
        let name_kept = if is_called { behind.len().checked_sub(1) } else { self.plainest(behind) };
        let lists = [(before.to_vec(), type_kept), (behind.to_vec(), name_kept)];
        for (list, kept) in lists {
            for (index, &(first, last)) in list.iter().enumerate() {
                if Some(index) != kept {
                    self.hide(first, last);
                }
            }
        }
    }

    /// Of several names the last that is not in capitals.
    fn plainest(&self, names: &[(usize, usize)]) -> Option<usize> {
        let plain = names.iter().rposition(|&(_, last)| !words::is_capitals(self.text(last)));
        plain.or(names.len().checked_sub(1))
    }

    /// Which of several names in a row are the type and the name.
    fn type_and_name(&self, names: &[(usize, usize)], is_called: bool) -> (Option<usize>, Option<usize>) {
        if names.len() <= 2 {
            return (Some(0), Some(names.len() - 1));
        }
        let name = if is_called { names.len() - 1 } else { self.plainest(names).unwrap_or(names.len() - 1).max(1) };
        (self.plainest(&names[..name]), Some(name))
    }

    fn drop_all(&mut self, head: &Head) {
        for &(first, last) in &head.names {
            if self.text(last) != b"::" {
                self.hide(first, last);
            }
        }
    }

    /// Leaves so many of a head's names.
    pub(super) fn keep(&mut self, head: &Head, count: usize) {
        let is_type = |&&(_, last): &&(usize, usize)| self.text(last) != b"::";
        let types: Vec<(usize, usize)> = head.names.iter().filter(is_type).copied().collect();
        let kept = if count == 0 { None } else { self.plainest(&types).map(|kept| types[kept]) };
        let kept = head.names.iter().position(|name| Some(*name) == kept);
        for (index, &(first, last)) in head.names.clone().iter().enumerate() {
            if Some(index) != kept && self.text(last) != b"::" {
                self.hide(first, last);
            }
        }
    }

    /// What may be macros at the beginning of a statement or parameter. Returns the token to go on with.
    pub(super) fn run_of_names(&mut self, at: usize) -> usize {
        let mut head = Head { end: at, ..Head::default() };
        self.read_head(&mut head, false);
        // What two operators stand between is a product, unless it is written as macros are.
        let is_plain = head.before_star.is_some_and(|count| {
            let between = head.names.get(1..count).unwrap_or_default();
            !head.has_type && between.iter().any(|&(_, last)| !words::is_capitals(self.text(last)))
        });
        let too_many = match head.before_star {
            Some(count) => count > usize::from(!head.has_type) || head.names.len() > count + 1,
            None => head.names.len() > usize::from(!head.has_type) + 1,
        };
        let is_declaration = too_many && !is_plain;
        let ends = matches!(self.text(head.end), b";" | b"[" | b"," | b"(" | b")" | b":" | b"{")
            || (self.text(head.end) == b"=" && self.text(head.end + 1) != b"=");
        if is_declaration && ends {
            self.drop_macros(&head, self.text(head.end) == b"(");
        }
        head.end.max(at)
    }

    /// At `struct`, `class`, `union`, `enum`: macros before the name. Returns the token behind what names the type: the
    /// brace of its body, or what follows its name.
    pub(super) fn tag_head(&mut self, at: usize) -> usize {
        let is_enum = self.text(at) == b"enum";
        let mut next = at + 1;
        if is_enum && matches!(self.text(next), b"class" | b"struct") {
            next += 1;
        }
        let mut names: Vec<(usize, usize)> = Vec::new();
        let start = next;
        loop {
            let text = self.text(next);
            if matches!(text, b"__attribute__" | b"__attribute") {
                next = self.attribute(next) + 1;
            } else if matches!(text, b"alignas" | b"_Alignas" | b"__declspec") && self.text(next + 1) == b"(" {
                next = self.mate(next + 1) + 1;
            } else if text == b"[" && self.text(next + 1) == b"[" {
                next = self.mate(next) + 1;
            } else if self.is_name(next) && self.text(next + 1) == b"(" && self.is_name(self.mate(next + 1) + 1) {
                let close = self.mate(next + 1);
                names.push((next, close));
                next = close + 1;
            } else if self.is_name(next) {
                let last = self.name(next);
                names.push((next, last));
                next = last + 1;
            } else if text == b"final" {
                next += 1;
            } else {
                break;
            }
        }
        let body = match self.text(next) {
            b"{" => Some(next),
            b":" if (self.is_cpp || is_enum) && !matches!(self.kind(next + 1), Kind::Number) => {
                self.body_behind_bases(next)
            }
            _ => None,
        };
        let Some(body) = body else {
            // The type's name; what follows belongs to the declaration.
            return match names.first() {
                Some(&(first, last)) => {
                    let is_macro = names.len() > 1 && words::is_capitals(self.text(first)) && self.is_cpp;
                    let is_forward = is_macro && names.len() == 2 && self.text(next) == b";";
                    if is_forward {
                        self.hide(first, last);
                        next
                    } else {
                        last + 1
                    }
                }
                None => next.max(start),
            };
        };
        // Two names are a macro and a name, but a specialization's arguments belong to the name.
        let name = names.len().checked_sub(1).map(|last| names[last].0);
        for &(first, last) in names.iter().rev().skip(1) {
            self.hide(first, last);
        }
        self.scopes.push(if is_enum { Scope::Enumerators } else { Scope::Members(name) });
        self.body = Some(body);
        body
    }

    /// The brace behind `: public A<int>, B`.
    fn body_behind_bases(&self, colon: usize) -> Option<usize> {
        let mut at = colon + 1;
        while at < self.len() && at < colon + 400 {
            match self.text(at) {
                b"{" => return Some(at),
                b"(" => at = self.mate(at),
                b";" | b"}" | b"=" => return None,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Behind a head stands a brace: a type's body, whose scope is entered, or a value.
    fn open_body(&mut self, head: &Head, at: usize) -> usize {
        if self.body.take_if(|body| *body == at).is_some() {
            return at + 1;
        }
        if head.names.is_empty() && !head.has_type {
            self.scopes.push(Scope::Statements);
            return at + 1;
        }
        if let [(first, last)] = head.names[..]
            && first == last
            && words::is_capitals(self.text(first))
            && !head.has_type
            && !matches!(self.scope(), Scope::Members(_))
        {
            self.bare_function(first);
            self.scopes.push(Scope::Statements);
            return at + 1;
        }
        self.scopes.push(Scope::Value);
        self.through_value(at)
    }
}
