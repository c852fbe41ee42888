//! Types that comments say (JSDoc).

use super::{TYPE, jsdoc_reader::Reader, special};
use crate::{
    bind::{Bind, Binder, Leaving, Val, Where},
    record::{BindingId, BindingKind, Expr, ExprId, NONE, NameId},
};

/// Longer comments and types are not read.
const MAX_COMMENT: usize = 20_000;
/// What may stand between a comment and what it is about.
const MAX_BETWEEN: u32 = 400;

/// What a comment says of a function.
pub(super) struct Said {
    params: Vec<(NameId, ExprId)>,
    pub returns: ExprId,
}

/// `/** ... */`: its tags that name types are kept for what follows.
pub(super) fn comment(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let text = b.text(at.start..at.end);
    if !text.starts_with(b"/**") || text.len() > MAX_COMMENT || !text.contains(&b'@') {
        return Val::None;
    }
    let mut reader = Reader { text, at: 0, base: at.start, depth: 0 };
    let mut said: Vec<(NameId, NameId, ExprId)> = Vec::new();
    let mut open: Option<Typedef> = None;
    while let Some(tag) = reader.next_tag() {
        match tag {
            b"param" | b"arg" | b"argument" => {
                let ty = reader.braces(b);
                let (name, start, is_optional) = reader.name();
                add_param(b, &mut said, &mut open, Named { name, start, is_optional }, ty);
            }
            b"returns" | b"return" => {
                let ty = reader.braces(b);
                push(b, &mut said, "returns", NONE, ty);
            }
            b"type" => {
                let ty = reader.braces(b);
                push(b, &mut said, "type", NONE, ty);
            }
            b"this" => {
                let ty = reader.braces(b);
                push(b, &mut said, "this", NONE, ty);
            }
            b"extends" | b"augments" => {
                let ty = reader.braces(b);
                push(b, &mut said, "extends", NONE, ty);
            }
            b"typedef" => {
                finish(b, open.take());
                let ty = reader.braces(b);
                let (name, start, _) = reader.name();
                open = Some(Typedef { name, start, ty, members: Vec::new() });
            }
            b"callback" => {
                finish(b, open.take());
                let (name, start, _) = reader.name();
                open = Some(Typedef { name, start, ty: 0, members: Vec::new() });
            }
            b"property" | b"prop" => {
                let ty = reader.braces(b);
                let (name, start, _) = reader.name();
                if let Some(open) = &mut open
                    && !name.is_empty()
                    && !name.contains(&b'.')
                {
                    let name = b.name(name);
                    let bind = Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty);
                    let member = b.bind_name(name, start, bind);
                    b.make_symbol(member, true);
                    open.members.push(member);
                }
            }
            _ => {}
        }
    }
    finish(b, open);
    if !said.is_empty() {
        b.remarks.push((at.start..at.end, said));
    }
    Val::None
}

struct Named<'t> {
    name: &'t [u8],
    start: u32,
    is_optional: bool,
}

/// `@param {T} name`, or `@param {T} options.name`: a member of what is before the dot.
fn add_param(
    b: &mut Binder<'_>,
    said: &mut Vec<(NameId, NameId, ExprId)>,
    open: &mut Option<Typedef<'_>>,
    named: Named<'_>,
    mut ty: ExprId,
) {
    if named.name.is_empty() || open.is_some() {
        return;
    }
    let text = String::from_utf8_lossy(named.name).into_owned();
    if let Some((of, member)) = text.rsplit_once('.') {
        let of = of.trim_end_matches("[]");
        let of = b.word(of);
        let param = b.word("param");
        let Some(entry) = said.iter_mut().find(|(what, name, _)| *what == param && *name == of) else { return };
        let name = b.word(member);
        let start = named.start + (text.len() - member.len()) as u32;
        let bind = Bind::new(BindingKind::Member).place(Where::Nowhere).ty(ty);
        let member = b.bind_name(name, start, bind);
        // The object's own type says less than its members.
        let record = match b.record_of(entry.2) {
            Some(record) if b.name_of_binding(record) == NONE => record,
            _ => {
                let record = b.nameless(start, Bind::new(BindingKind::Variable));
                if entry.2 != 0 && !b.is_plain_object(entry.2) {
                    let base = b.make(Expr::Instance(entry.2));
                    b.set_bases(record, &[base]);
                }
                entry.2 = b.make(Expr::Record(record));
                record
            }
        };
        b.add_part(record, member);
        let whole = entry.2;
        said.push((param, b.word(&text), whole));
        let path = said.len() - 1;
        said[path].2 = ty;
        // Members of it in turn are found by its whole path.
        return;
    }
    if named.is_optional {
        ty = special(b, "?", ty);
    }
    let name = b.word(&text);
    let word = b.word("param");
    said.push((word, name, ty));
}

fn push(b: &mut Binder<'_>, said: &mut Vec<(NameId, NameId, ExprId)>, what: &str, name: NameId, ty: ExprId) {
    if ty != 0 {
        let what = b.word(what);
        said.push((what, name, ty));
    }
}

/// A type that a comment defines.
struct Typedef<'t> {
    name: &'t [u8],
    start: u32,
    ty: ExprId,
    members: Vec<BindingId>,
}

fn finish<'t>(b: &mut Binder<'t>, typedef: Option<Typedef<'t>>) {
    let Some(Typedef { name, start, ty, members }) = typedef else { return };
    if name.is_empty() {
        return;
    }
    let ty = if members.is_empty() {
        ty
    } else {
        let record = b.nameless(start, Bind::new(BindingKind::Variable));
        b.set_parts(record, &members);
        if ty != 0 && !b.is_plain_object(ty) {
            let base = b.make(Expr::Instance(ty));
            b.set_bases(record, &[base]);
        }
        b.make(Expr::Record(record))
    };
    let name = b.name(name);
    b.bind_name(name, start, Bind::new(BindingKind::Definition).space(TYPE).ty(ty));
}

/// What the comment before a place says, if nothing but the head of what it is about stands between.
fn before<'b>(b: &'b Binder<'_>, start: u32) -> Option<&'b [(NameId, NameId, ExprId)]> {
    let at = b.remarks.partition_point(|(range, _)| range.end <= start).checked_sub(1)?;
    let (range, said) = &b.remarks[at];
    let between = start.checked_sub(range.end).filter(|length| *length <= MAX_BETWEEN)?;
    let between = b.text(start - between..start);
    let ends = |byte: &u8| matches!(byte, b';' | b'}' | b')' | b',');
    (!between.iter().any(ends)).then_some(said)
}

pub(super) fn of_function(b: &mut Binder<'_>, start: u32) -> Option<Said> {
    let (param, returns) = (b.word("param"), b.word("returns"));
    let said = before(b, start)?;
    let params = said.iter().filter(|(what, ..)| *what == param).map(|(_, name, ty)| (*name, *ty)).collect();
    let returns = said.iter().find(|(what, ..)| *what == returns).map_or(0, |(.., ty)| *ty);
    Some(Said { params, returns })
}

/// Gives parameters the types that a comment says.
pub(super) fn apply(b: &mut Binder<'_>, said: &Said, parts: &[BindingId]) {
    for (nth, &part) in parts.iter().enumerate() {
        let name = b.name_of_binding(part);
        let ty = match name {
            // What is taken apart goes by its place.
            NONE => said.params.get(nth),
            name => said.params.iter().find(|(of, _)| *of == name),
        };
        if let Some(&(_, ty)) = ty
            && ty != 0
            && !b.has_type(part)
        {
            b.set_type(part, ty);
        }
    }
}

/// `@type {T}` before a place.
pub(super) fn type_before(b: &mut Binder<'_>, start: u32) -> ExprId {
    tagged(b, start, "type")
}

pub(super) fn base(b: &mut Binder<'_>, start: u32) -> Option<ExprId> {
    let base = tagged(b, start, "extends");
    (base != 0).then_some(base)
}

fn tagged(b: &mut Binder<'_>, start: u32, what: &str) -> ExprId {
    let what = b.word(what);
    let said = before(b, start).unwrap_or_default();
    said.iter().find(|(tag, ..)| *tag == what).map_or(0, |(.., ty)| *ty)
}

/// `/** @type {T} */ (x)`.
pub(super) fn cast(b: &mut Binder<'_>, start: u32) -> ExprId {
    let what = b.word("type");
    let Some(at) = b.remarks.partition_point(|(range, _)| range.end <= start).checked_sub(1) else { return 0 };
    let (range, said) = &b.remarks[at];
    if start - range.end > 8 || !b.text(range.end..start).iter().all(u8::is_ascii_whitespace) {
        return 0;
    }
    said.iter().find(|(tag, ..)| *tag == what).map_or(0, |(.., ty)| *ty)
}
