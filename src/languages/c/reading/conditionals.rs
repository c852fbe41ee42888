//! `#if` where the grammars do not expect it. They take one around whole statements and declarations; around half an
//! expression, an `else`, an opening brace, its lines are hidden here and one of its branches is read.

use super::tokens::{Kind, Token};
use crate::{languages::c::builds, text::ByteRange};

/// Conditionals nested deeper are left as they stand: each is looked through for those around it.
const MAX_NESTING: usize = 100;

/// A conditional: its first line, the lines between its branches, and its `#endif`, by their places among the tokens.
#[derive(Debug, Default)]
struct Group {
    lines: Vec<usize>,
    is_too_deep: bool,
}

/// What is to become of the tokens.
#[derive(Debug)]
pub(super) struct Chosen {
    /// By token: it is read.
    pub shown: Vec<bool>,
    /// Lines that would have been a choice in the graph.
    pub lost_choices: Vec<usize>,
    /// Labels after which a statement has to be put.
    pub bare_labels: Vec<usize>,
}

/// The kind of a bracket that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// Statements or declarations.
    Items,
    /// Enumerators.
    Enumerators,
    /// Values, arguments: nothing that a conditional may stand in.
    Values,
}

pub(super) fn choose(bytes: &[u8], tokens: &[Token], is_cpp: bool) -> Chosen {
    let (groups, group_of) = groups(bytes, tokens);
    let mut chooser = Chooser {
        bytes,
        tokens,
        is_cpp,
        groups,
        group_of,
        open: Vec::new(),
        chosen: Chosen { shown: vec![true; tokens.len()], lost_choices: Vec::new(), bare_labels: Vec::new() },
        last: None,
        before_last: None,
        head: Head::default(),
        unlikely: std::cell::OnceCell::new(),
    };
    let mut at = 0;
    while at < tokens.len() {
        if chooser.chosen.shown[at] {
            chooser.step(at);
        }
        at += 1;
    }
    chooser.chosen
}

/// The conditionals, and for each token the one whose line it is.
fn groups(bytes: &[u8], tokens: &[Token]) -> (Vec<Group>, Vec<Option<u32>>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut group_of = vec![None; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Directive) {
        match directive(token.text(bytes)) {
            b"if" | b"ifdef" | b"ifndef" => {
                open.push(groups.len());
                groups.push(Group { lines: vec![at], is_too_deep: open.len() > MAX_NESTING });
            }
            b"elif" | b"else" | b"elifdef" | b"elifndef" => {
                if let Some(&group) = open.last() {
                    groups[group].lines.push(at);
                }
            }
            b"endif" => {
                if let Some(group) = open.pop() {
                    groups[group].lines.push(at);
                }
            }
            _ => continue,
        }
    }
    // One that is not closed is left as it stands.
    for group in open {
        groups[group].lines.clear();
    }
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| !group.is_too_deep) {
        for &line in &group.lines {
            group_of[line] = Some(index as u32);
        }
    }
    (groups, group_of)
}

/// The word of a directive.
pub(super) fn directive(line: &[u8]) -> &[u8] {
    let word = line.trim_ascii_start().strip_prefix(b"#").unwrap_or(line).trim_ascii_start();
    let end = word.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(word.len());
    &word[..end]
}

/// What stands behind it.
pub(super) fn argument(line: &[u8]) -> &[u8] {
    let word = directive(line);
    let start = word.as_ptr() as usize - line.as_ptr() as usize + word.len();
    line[start..].trim_ascii()
}

/// What stands since the last statement or declaration began.
#[derive(Clone, Copy, Debug, Default)]
struct Head {
    is_enum: bool,
    is_assigned: bool,
    is_empty: bool,
}

struct Chooser<'a> {
    bytes: &'a [u8],
    tokens: &'a [Token],
    is_cpp: bool,
    groups: Vec<Group>,
    group_of: Vec<Option<u32>>,
    open: Vec<Open>,
    chosen: Chosen,
    /// The last tokens that are read, directives apart.
    last: Option<usize>,
    before_last: Option<usize>,
    head: Head,
    /// What other builds are made of, once it is asked for.
    unlikely: std::cell::OnceCell<Vec<ByteRange>>,
}

/// How a branch would read by itself.
#[derive(Debug)]
struct Branch {
    first: Option<usize>,
    last: Option<usize>,
    /// Brackets are closed that were opened in it, and no others.
    is_balanced: bool,
}

impl Chooser<'_> {
    fn text(&self, at: usize) -> &[u8] {
        self.tokens[at].text(self.bytes)
    }

    fn step(&mut self, at: usize) {
        let token = self.tokens[at];
        if token.kind == Kind::Directive {
            if let Some(group) = self.group_of[at]
                && self.groups[group as usize].lines.first() == Some(&at)
            {
                self.conditional(group as usize);
            } else if self.group_of[at].is_none() && self.is_within() {
                self.chosen.shown[at] = false;
            }
            return;
        }
        match token.text(self.bytes) {
            b"{" => {
                let kind = self.brace();
                self.open.push(kind);
                self.head = Head { is_empty: true, ..Head::default() };
            }
            b"(" | b"[" => self.open.push(Open::Values),
            b"}" => {
                // What a brace closes, the parentheses in it cannot.
                self.open.pop();
                self.head = Head { is_empty: true, ..Head::default() };
            }
            b")" | b"]" => {
                self.open.pop();
            }
            b";" => self.head = Head { is_empty: true, ..Head::default() },
            b"enum" => self.head.is_enum = true,
            b"=" => self.head.is_assigned = true,
            _ => {}
        }
        if !matches!(token.text(self.bytes), b"{" | b"}" | b";") {
            self.head.is_empty = false;
        }
        self.before_last = self.last;
        self.last = Some(at);
    }

    /// In a list, or in the midst of an expression.
    fn is_within(&self) -> bool {
        let before = self.last.map(|last| self.text(last)).unwrap_or_default();
        matches!(self.open.last(), Some(Open::Values | Open::Enumerators))
            || matches!(before, b"=" | b"," | b"(" | b"[" | b"+" | b"-" | b"|" | b"||" | b"&&" | b"?")
    }

    /// Words in a row that are no code: `Exactly one of these should be defined.`
    fn is_prose(&self, from: usize, to: usize) -> bool {
        let is_plain = |at: &usize| {
            let token = self.tokens[*at];
            token.kind == Kind::Word && super::words::is_name(token.text(self.bytes))
        };
        let mut row = 0;
        (from..to).any(|at| {
            row = if is_plain(&at) || matches!(self.text(at), b"if" | b"for" | b"or" | b"and" | b"do") {
                row + 1
            } else {
                0
            };
            row > 3
        })
    }

    /// A branch ends in the midst of a statement, and another one begins behind the conditional.
    fn breaks_off(&self, branch: &Branch, end: usize) -> bool {
        let Some(last) = branch.last else { return false };
        let next = self.tokens.get(end + 1).map(|token| token.text(self.bytes)).unwrap_or_default();
        let is_name = self.tokens[last].kind == Kind::Word && super::words::is_name(self.text(last));
        let begins = matches!(next, b"while" | b"if" | b"for" | b"switch" | b"return" | b"}" | b"do" | b"break");
        is_name && begins && matches!(self.last.map(|last| self.text(last)), Some(b";" | b"{" | b"}"))
    }

    /// The kind of a brace that opens here.
    fn brace(&self) -> Open {
        let before = self.last.map(|last| self.text(last)).unwrap_or_default();
        match before {
            b"(" if self.open.last() == Some(&Open::Values) => Open::Items,
            b"=" | b"," | b"(" | b"[" | b"return" => Open::Values,
            b"{" if matches!(self.open.last(), Some(Open::Values | Open::Enumerators)) => Open::Values,
            b")" | b"else" | b"do" | b"try" => Open::Items,
            _ if self.head.is_enum && !self.head.is_assigned => Open::Enumerators,
            b"]" => Open::Values,
            _ if self.open.last() == Some(&Open::Values) => Open::Values,
            _ => Open::Items,
        }
    }

    fn conditional(&mut self, group: usize) {
        let lines = self.groups[group].lines.clone();
        let branches: Vec<Branch> = lines.windows(2).map(|pair| self.branch(pair[0] + 1, pair[1])).collect();
        if self.is_taken_as_it_is(&branches) {
            return;
        }
        let keeps_all = branches.len() > 1 && self.reads_on(&branches);
        let kept = self.best(&lines);
        for (index, pair) in lines.windows(2).enumerate() {
            let is_dropped = !keeps_all && Some(index) != kept;
            if is_dropped
                || self.is_prose(pair[0] + 1, pair[1])
                || self.breaks_off(&branches[index], lines[lines.len() - 1])
            {
                self.chosen.shown[pair[0] + 1..pair[1]].fill(false);
            }
        }
        for &line in &lines {
            self.chosen.shown[line] = false;
            if matches!(directive(self.text(line)), b"if" | b"ifdef" | b"elif") {
                self.chosen.lost_choices.push(line);
            }
        }
    }

    /// Looks at the tokens of a branch; of conditionals in it at the first branch.
    fn branch(&self, from: usize, to: usize) -> Branch {
        let mut branch = Branch { first: None, last: None, is_balanced: true };
        let mut depth: Vec<u8> = Vec::new();
        let mut at = from;
        while at < to {
            let token = self.tokens[at];
            if let Some(group) = self.group_of[at] {
                let lines = &self.groups[group as usize].lines;
                // From a branch's end to the conditional's.
                if lines.first() != Some(&at)
                    && let Some(&end) = lines.last()
                {
                    at = end + 1;
                    continue;
                }
            }
            at += 1;
            if token.kind == Kind::Directive {
                continue;
            }
            branch.first.get_or_insert(at - 1);
            branch.last = Some(at - 1);
            match token.text(self.bytes) {
                [open @ (b'{' | b'(' | b'[')] => depth.push(*open),
                [close @ (b'}' | b')' | b']')] => {
                    let opened = match close {
                        b'}' => b'{',
                        b')' => b'(',
                        _ => b'[',
                    };
                    if depth.pop() != Some(opened) {
                        branch.is_balanced = false;
                    }
                }
                _ => {}
            }
        }
        branch.is_balanced &= depth.is_empty();
        branch
    }

    /// The grammar takes a conditional around whole items that stands among such.
    fn is_taken_as_it_is(&mut self, branches: &[Branch]) -> bool {
        let around = self.open.last().copied().unwrap_or(Open::Items);
        let ends = |branch: &Branch, with: &[&[u8]]| branch.last.is_none_or(|last| with.contains(&self.text(last)));
        match around {
            Open::Values => false,
            Open::Enumerators => {
                let starts = self.last.is_none_or(|last| matches!(self.text(last), b"{" | b","));
                starts && branches.iter().all(|branch| branch.is_balanced && ends(branch, &[b","]))
            }
            Open::Items => {
                let mut is_bare_label = false;
                let starts = match self.last.map(|last| self.text(last)) {
                    None | Some(b";" | b"{" | b"}") => true,
                    Some(b":") => {
                        // A label needs a statement of its own; a case, or an access, does not.
                        let name = self.before_last.map(|name| self.text(name)).unwrap_or_default();
                        is_bare_label = self.is_label(name);
                        true
                    }
                    // A macro that stands for a whole declaration.
                    Some(b")") => self.open.is_empty() && !self.head.is_assigned,
                    _ => false,
                };
                let is_whole = |branch: &Branch| {
                    let begins =
                        branch.first.is_none_or(|first| !matches!(self.text(first), b"else" | b"{" | b"," | b")"));
                    let is_macro = self.open.is_empty() && ends(branch, &[b")"]);
                    branch.is_balanced && begins && (is_macro || ends(branch, &[b";", b"}", b":"]))
                };
                // After `struct x` a body follows, after `}` may come a name.
                let is_item = starts
                    && branches.iter().all(is_whole)
                    && !branches.iter().any(|branch| self.ends_in_label(branch))
                    && !self.follows_half(branches);
                if is_item && is_bare_label {
                    self.chosen.bare_labels.extend(self.last);
                }
                is_item
            }
        }
    }

    /// A branch ends in the `}` of an initializer or a type whose `;` comes behind the conditional.
    fn follows_half(&self, branches: &[Branch]) -> bool {
        let Some(end) = branches.iter().filter_map(|branch| branch.last).max() else { return false };
        let next = self.tokens[end + 1..].iter().find(|token| token.kind != Kind::Directive);
        let next = next.map(|token| token.text(self.bytes)).unwrap_or_default();
        matches!(next, b";" | b"," | b")" | b"=")
            && branches.iter().any(|branch| branch.last.is_some_and(|last| self.text(last) == b"}"))
            || (next == b"else" && branches.iter().any(|branch| branch.last.is_some()))
    }

    /// What the label belongs to stands behind the conditional.
    fn ends_in_label(&self, branch: &Branch) -> bool {
        let (Some(first), Some(last)) = (branch.first, branch.last) else { return false };
        let Some(name) = last.checked_sub(1).filter(|&name| name >= first && self.text(last) == b":") else {
            return false;
        };
        let is_name = self.tokens[name].kind == Kind::Word
            && !matches!(self.text(name), b"default" | b"public" | b"private" | b"protected");
        let begins = name == first
            || self.tokens[name - 1].kind == Kind::Directive
            || matches!(self.text(name - 1), b";" | b"{" | b"}" | b":" | b")");
        is_name && begins && self.open.last() == Some(&Open::Items)
    }

    fn is_label(&self, name: &[u8]) -> bool {
        let is_word = name.first().is_some_and(|&byte| super::tokens::is_word(byte) && !byte.is_ascii_digit());
        let before = self.before_last.and_then(|at| at.checked_sub(1));
        let is_line = before.is_some_and(|at| self.tokens[at].kind == Kind::Directive);
        let before = before.map(|at| self.text(at)).unwrap_or_default();
        is_word
            && !matches!(name, b"default" | b"public" | b"private" | b"protected")
            && (is_line || matches!(before, b";" | b"{" | b"}" | b":" | b")"))
    }

    /// The branches can be read one after the other: each is a further element, operand or `else`.
    fn reads_on(&self, branches: &[Branch]) -> bool {
        let in_list = matches!(self.open.last(), Some(Open::Values | Open::Enumerators));
        let begins =
            |branch: &Branch, with: &[&[u8]]| branch.first.is_some_and(|first| with.contains(&self.text(first)));
        let all = |fits: &dyn Fn(&Branch) -> bool| branches.iter().all(|branch| branch.first.is_none() || fits(branch));
        if branches.iter().any(|branch| !branch.is_balanced) {
            return false;
        }
        let elements = in_list && all(&|branch| branch.last.is_some_and(|last| self.text(last) == b","));
        let operands = all(&|branch| begins(branch, &[b"&&", b"||", b"|", b"+"]));
        let texts = all(&|branch| {
            let (Some(first), Some(last)) = (branch.first, branch.last) else { return false };
            self.tokens[first..=last].iter().all(|token| matches!(token.kind, Kind::Text | Kind::Directive))
        });
        let further = all(&|branch| {
            let second = branch.first.map(|first| self.text((first + 1).min(self.tokens.len() - 1)));
            begins(branch, &[b"else"]) && second == Some(b"if")
        });
        let labels = all(&|branch| self.ends_in_label(branch));
        elements || operands || texts || further || labels
    }

    /// The branch to read: that of the usual build, or else the first that is not known to be never taken.
    fn best(&self, lines: &[usize]) -> Option<usize> {
        let usual = || {
            let unlikely = self.unlikely.get_or_init(|| builds::parts(self.bytes, self.is_cpp).unlikely);
            // What is left out begins where its line ends.
            let is_left_out = |line: usize| {
                let end = self.tokens[line].end;
                let at = unlikely.partition_point(|range| range.start <= end);
                at.checked_sub(1).is_some_and(|at| end < unlikely[at].end)
            };
            (0..lines.len() - 1).find(|&index| !is_left_out(lines[index]))
        };
        let first = (0..lines.len() - 1).find(|&index| {
            let line = self.text(lines[index]);
            let is_never = match directive(line) {
                b"if" | b"elif" => {
                    let condition = argument(line);
                    condition == b"0" || (!self.is_cpp && condition == b"defined(__cplusplus)")
                }
                b"ifdef" => !self.is_cpp && argument(line) == b"__cplusplus",
                b"ifndef" => self.is_cpp && argument(line) == b"__cplusplus",
                _ => false,
            };
            !is_never
        });
        if lines.len() > 2 { usual().or(first) } else { first }
    }
}
