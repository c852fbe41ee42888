//! Declarations: what stands before a declarator is the type that its name has in the end, through what is around the name.

use tree_sitter::Node;

use super::{CPP, Level, condition, level};
use crate::{
    bind::{At, Bind, Binder, Child, LABELS, Leaving, Val, Where},
    languages::c::{declarators, reading::is_capitals},
    record::{BindingId, BindingKind, Expr, ExprId, NONE},
};

/// The signatures of functions are kept up to this length.
const MAX_SIGNATURE: usize = 300;
/// What stands before the signature of a function in [`Expr::Special`].
pub(in crate::languages) const SIGNATURE: &str = "signature ";

/// A declarator comes to the name in it.
pub(in crate::languages) fn declarator(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let named = |child: &&Child| child.kind.ends_with("declarator") || child.kind.ends_with("identifier");
    let inner = b.get(at, "declarator").or_else(|| b.kids(at).iter().find(named).copied());
    inner.map_or(Val::None, |inner| inner.val)
}

/// What a declarator makes of a type.
#[derive(Clone, Copy, Debug)]
pub(in crate::languages) struct Shape<'tree> {
    /// Of a function, what it returns.
    pub ty: ExprId,
    /// The declarator of the function that is declared.
    pub function: Option<Node<'tree>>,
    /// It is a member or a name of something that stands before it (`A::b`).
    pub is_qualified: bool,
}

/// What a declarator (or an abstract one) makes of the type before it.
pub(in crate::languages) fn shape<'tree>(b: &mut Binder<'_>, base: ExprId, declarator: Node<'tree>) -> Shape<'tree> {
    let mut shape = Shape { ty: base, function: None, is_qualified: false };
    let mut node = declarator;
    loop {
        let inner = inner(node);
        match node.kind() {
            "pointer_declarator"
            | "abstract_pointer_declarator"
            | "array_declarator"
            | "abstract_array_declarator"
            | "pointer_type_declarator"
                if shape.ty != 0 =>
            {
                shape.ty = b.lib(super::types::POINTER, &[shape.ty]);
            }
            "function_declarator" if returns_itself(node) => {
                shape.function = Some(node);
            }
            "function_declarator" | "abstract_function_declarator" => {
                let gives = match node.child_by_field_name("parameters").and_then(|_| trailing(b, node)) {
                    Some(ty) => ty,
                    None => shape.ty,
                };
                shape.ty = b.make(Expr::Function { params: NONE, gives });
            }
            "qualified_identifier" => {
                shape.is_qualified = true;
                return shape;
            }
            _ => {}
        }
        match inner {
            Some(inner) => node = inner,
            None => return shape,
        }
    }
}

/// One declarator further in.
fn inner(node: Node<'_>) -> Option<Node<'_>> {
    node.child_by_field_name("declarator").or_else(|| {
        if !node.kind().ends_with("declarator") {
            return None;
        }
        let mut cursor = node.walk();
        let mut children = node.named_children(&mut cursor);
        children.find(|child| child.kind().ends_with("declarator") || child.kind().ends_with("identifier"))
    })
}

/// The function is what is declared, and not what a pointer or an array leads to.
fn returns_itself(node: Node<'_>) -> bool {
    let mut at = node;
    while let Some(inside) = inner(at) {
        match inside.kind() {
            "parenthesized_declarator" | "attributed_declarator" => at = inside,
            kind => {
                return !kind.ends_with("declarator") || kind == "function_declarator" && returns_itself_too(inside);
            }
        }
    }
    true
}

/// `(f(int))(char)` does not occur; a macro behind a function's parameters reads so.
fn returns_itself_too(node: Node<'_>) -> bool {
    inner(node).is_some_and(|inside| !inside.kind().ends_with("declarator"))
}

/// The type behind `->`, which is left before the declarator is.
fn trailing(b: &mut Binder<'_>, declarator: Node<'_>) -> Option<ExprId> {
    let mut cursor = declarator.walk();
    let node = declarator.named_children(&mut cursor).find(|child| child.kind() == "trailing_return_type")?;
    b.said.get(&(node.start_byte() as u32)).copied()
}

/// Words before what is declared.
#[derive(Clone, Copy, Debug, Default)]
struct Words {
    is_static: bool,
    is_extern: bool,
    is_inline: bool,
}

fn words_of(b: &Binder<'_>, children: &[Child]) -> Words {
    let mut words = Words::default();
    for child in children.iter().filter(|child| matches!(child.kind, "storage_class_specifier" | "type_qualifier")) {
        match b.text(child.range()) {
            b"static" => words.is_static = true,
            b"extern" => words.is_extern = true,
            b"inline" | b"constexpr" => words.is_inline = true,
            _ => {}
        }
    }
    words
}

/// A function with its body.
pub(in crate::languages) fn function(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let Some(name) = b.get(at, "declarator") else { return Val::None };
    let Some(declarator) = at.node.child_by_field_name("declarator") else { return Val::None };
    // Where the text has no type, the parser may have been given one to read.
    let is_typed = |ty: &Child| b.start_of(name) != Some(ty.start) && !b.text(ty.range()).trim_ascii().is_empty();
    let base = b.get(at, "type").filter(is_typed).map_or(0, |ty| ty.expr());
    let shape = shape(b, base, declarator);
    let params = b.bound_here(BindingKind::Parameter);
    let Words { is_static, .. } = words_of(b, b.kids(at));
    let level = level(b, 1);
    let ty = match shape.function.and_then(|function| trailing(b, function)) {
        Some(ty) => ty,
        None => shape.ty,
    };
    let returned = if ty == 0 { b.returns() } else { 0 };
    let kind = if level == Level::Member || shape.is_qualified { BindingKind::Member } else { BindingKind::Definition };
    let place = if shape.is_qualified { Where::Nowhere } else { level.place() };
    // In a function there are none (but by an extension).
    let is_private = is_static && level == Level::Top && !shape.is_qualified;
    if b.around(1) == "friend_declaration" && level == Level::Member {
        return Val::None;
    }
    let bind = Bind::new(kind).place(place).ty(ty).value(returned).private(is_private);
    if let Some(binding) = bind_function(b, name, bind) {
        told(b, binding, shape.function, &params);
        if level == Level::Top {
            condition(b, binding);
        }
    }
    Val::None
}

/// Binds the name of a function. Where that is a macro, it is a use of the macro.
fn bind_function(b: &mut Binder<'_>, name: Child, bind: Bind) -> Option<BindingId> {
    let (id, start) = (b.name_of(name)?, b.start_of(name)?);
    // `TEST(a, b) { .. }`: the name is a macro's, whatever that makes of it.
    if bind.place == Where::Apart && bind.ty == 0 && is_capitals(b.spelled(id).as_bytes()) {
        b.stays_use(name);
        return Some(b.bind_name(id, start, bind.place(Where::Nowhere)));
    }
    if bind.place == Where::Apart && b.answers_at_top(id, start) {
        b.stays_use(name);
        return Some(b.bind_name(id, start, bind));
    }
    b.bind(name, bind)
}

/// What is known of a function beside what it returns.
fn told(b: &mut Binder<'_>, binding: BindingId, function: Option<Node<'_>>, params: &[BindingId]) {
    b.set_params(binding, params);
    if b.mode & CPP == 0 {
        return;
    }
    let generics = if b.around(1) == "template_declaration" { super::types::generics(b, 1) } else { Vec::new() };
    b.set_generics(binding, &generics);
    if let Some(function) = function {
        let signature = signature(b, function);
        let what = b.word(&signature);
        let value = b.make(Expr::Special { what, of: 0 });
        b.add_value(binding, value);
    }
}

/// The types of a function's parameters as they are written, without names and qualifications: `const T&,int|const`.
fn signature(b: &Binder<'_>, function: Node<'_>) -> String {
    let mut text = String::from(SIGNATURE);
    let Some(list) = function.child_by_field_name("parameters") else { return text };
    let mut cursor = list.walk();
    let mut is_first = true;
    for param in list.named_children(&mut cursor) {
        if !param.kind().ends_with("declaration") && !param.kind().starts_with("variadic") {
            continue;
        }
        if !is_first {
            text.push(',');
        }
        is_first = false;
        written(b, param, &mut text);
        if param.kind() == "optional_parameter_declaration" {
            text.push('=');
        }
        if text.len() > MAX_SIGNATURE {
            text.truncate(SIGNATURE.len());
            text.push('?');
            return text;
        }
    }
    let mut cursor = function.walk();
    let is_const = function.children(&mut cursor).any(|child| {
        child.kind() == "type_qualifier" && b.text(child.start_byte() as u32..child.end_byte() as u32) == b"const"
    });
    if is_const {
        text.push_str("|const");
    }
    text
}

/// The words of a parameter but for its name, and but for what stands before `::`.
fn written(b: &Binder<'_>, param: Node<'_>, text: &mut String) {
    let name = param.child_by_field_name("declarator").and_then(declarators::declarator_name);
    let value = param.child_by_field_name("default_value").map_or(usize::MAX, |value| value.start_byte());
    let mut cursor = param.walk();
    let mut last_is_word = false;
    let mut from = text.len();
    'all: loop {
        let node = cursor.node();
        let is_name = name.is_some_and(|name| name.id() == node.id());
        let is_over = node.start_byte() >= value || node.kind() == "=" || node.kind() == "comment";
        if is_over || is_name || !cursor.goto_first_child() {
            if !is_over && !is_name {
                let word = b.text(node.start_byte() as u32..node.end_byte() as u32);
                let is_word = word.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
                if word == b"::" {
                    text.truncate(from);
                    last_is_word = text.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
                } else if word != b"typename" && word != b"struct" && word != b"class" && word != b"enum" {
                    from = text.len();
                    if is_word && last_is_word {
                        text.push(' ');
                    }
                    text.push_str(&String::from_utf8_lossy(word));
                    last_is_word = is_word;
                }
                if text.len() > MAX_SIGNATURE {
                    return;
                }
            }
            loop {
                if cursor.node().id() == param.id() {
                    break 'all;
                }
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    break 'all;
                }
            }
        }
    }
}

/// `T a, *b = f(), c(int);`
pub(in crate::languages) fn declaration(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    declare(b, at)
}

/// In the body of a type.
pub(in crate::languages) fn field(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    declare(b, at)
}

fn declare(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let base = b.expr(at, "type");
    if b.get(at, "declarator").is_none() {
        return Val::None;
    }
    let level = level(b, 1);
    let value = b.get(at, "value").or_else(|| b.get(at, "default_value"));
    let words = words_of(b, b.kids(at));
    let mut cursor = at.node.walk();
    let nodes: Vec<Node<'_>> = at.node.children_by_field_name("declarator", &mut cursor).collect();
    for (name, node) in b.all(at, "declarator").into_iter().zip(nodes) {
        if node.kind() != "init_declarator" {
            one(b, words, name, node, base, value, level);
        }
    }
    Val::None
}

/// `*b = f()` in a declaration.
pub(in crate::languages) fn initialized(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let base = b.beside(at, "type").map_or(0, |ty| ty.expr());
    let (Some(name), Some(node)) = (b.get(at, "declarator"), at.node.child_by_field_name("declarator")) else {
        return Val::None;
    };
    let value = b.get(at, "value");
    // The declaration around has opened the scope.
    let level = level_around(b);
    let words = words_of(b, b.before(at));
    one(b, words, name, node, base, value, level);
    Val::None
}

fn level_around(b: &Binder<'_>) -> Level {
    let mut out = 1;
    let mut nth = 2;
    while b.around(nth) == "template_declaration" {
        out += 1;
        nth += 1;
    }
    super::level_at(b, out)
}

fn one(
    b: &mut Binder<'_>,
    words: Words,
    name: Child,
    node: Node<'_>,
    base: ExprId,
    value: Option<Child>,
    level: Level,
) {
    let shape = shape(b, base, node);
    if let Some(hole) = crate::languages::cpp::taken_apart(b, name) {
        let given = value.map_or(0, |value| value.expr());
        let all = b.list(&[given]);
        b.fill(hole, Expr::Either(all));
        return;
    }
    let is_friend = b.around(1) == "friend_declaration";
    if is_friend {
        return;
    }
    let Words { is_static, is_extern, is_inline } = words;
    if let Some(function) = shape.function
        && !(matches!(level, Level::Local(_)) && looks_like_a_value(b, base, function))
    {
        let ty = trailing(b, function).unwrap_or(shape.ty);
        // In a function it is a use of what stands elsewhere.
        if matches!(level, Level::Local(_)) {
            return;
        }
        let range = function.byte_range();
        let params: Vec<BindingId> = b
            .bound_here(BindingKind::Parameter)
            .into_iter()
            .filter(|&param| range.contains(&(b.bound_start(param) as usize)))
            .collect();
        let place = if shape.is_qualified { Where::Nowhere } else { level.place() };
        let is_private = is_static && level == Level::Top && !shape.is_qualified;
        let bind = Bind::new(BindingKind::Declaration).place(place).ty(ty).private(is_private);
        if let Some(binding) = bind_function(b, name, bind) {
            told(b, binding, Some(function), &params);
            if level == Level::Top {
                condition(b, binding);
            }
        }
        return;
    }
    let ty = if shape.function.is_some() { base } else { shape.ty };
    let is_list = value.is_some_and(|value| value.kind == "initializer_list");
    let given = value.map_or(0, |value| value.expr());
    if is_list && ty != 0 {
        b.fill(given, Expr::Instance(ty));
    }
    let given = if is_list { 0 } else { given };
    let from = value.map_or(name.start, |value| value.start.min(node.end_byte() as u32));
    let bind = match level {
        Level::Local(out) => {
            if is_extern && b.mode & CPP == 0 && value.is_none() {
                return;
            }
            // What an old function says of its parameters holds for all of it.
            let is_parameter = b.around(1) == "function_definition";
            let kind = if is_parameter { BindingKind::Parameter } else { BindingKind::Variable };
            let holds = if is_parameter { At::All } else { At::From(from) };
            Bind::new(kind).place(Where::Out(out)).holds(holds)
        }
        Level::Member if is_static && !is_inline => Bind::new(BindingKind::Declaration).place(Where::Nowhere),
        Level::Member => Bind::new(BindingKind::Member).place(Where::Nowhere),
        Level::Top if shape.is_qualified => Bind::new(BindingKind::Member).place(Where::Nowhere),
        Level::Top if is_extern && value.is_none() => Bind::new(BindingKind::Declaration).place(Where::Apart),
        Level::Top => Bind::new(BindingKind::Definition).place(Where::Apart).private(is_static),
    };
    if let Some(binding) = b.bind(name, bind.ty(ty).value(given))
        && level == Level::Top
    {
        condition(b, binding);
    }
}

/// `T x(a);` in a function makes an object, unless what is in the parentheses can only be parameters.
fn looks_like_a_value(b: &Binder<'_>, base: ExprId, function: Node<'_>) -> bool {
    if b.mode & CPP == 0 || base == 0 {
        return false;
    }
    let Some(list) = function.child_by_field_name("parameters") else { return false };
    let mut cursor = list.walk();
    let mut any = false;
    for param in list.named_children(&mut cursor) {
        any = true;
        let is_bare = param.kind() == "parameter_declaration"
            && param
                .child_by_field_name("declarator")
                .is_none_or(|inner| inner.kind() == "abstract_function_declarator")
            && param
                .child_by_field_name("type")
                .is_some_and(|ty| matches!(ty.kind(), "type_identifier" | "qualified_identifier" | "template_type"));
        if !is_bare {
            return false;
        }
    }
    any
}

/// `typedef struct { .. } T, *P;`
pub(in crate::languages) fn type_definition(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let base = b.expr(at, "type");
    if b.get(at, "declarator").is_none() {
        return Val::None;
    }
    let level = level(b, 1);
    let mut cursor = at.node.walk();
    let nodes: Vec<Node<'_>> = at.node.children_by_field_name("declarator", &mut cursor).collect();
    for (name, node) in b.all(at, "declarator").into_iter().zip(nodes) {
        let shape = shape(b, base, node);
        let ty = match shape.function {
            Some(_) => b.make(Expr::Function { params: NONE, gives: shape.ty }),
            None => shape.ty,
        };
        let bind = Bind::new(BindingKind::Definition).place(level.place()).ty(ty);
        let bound = b.bind(name, if let Level::Local(_) = level { bind.holds(At::From(name.start)) } else { bind });
        if let (Some(binding), Level::Top) = (bound, level) {
            condition(b, binding);
        }
    }
    Val::None
}

/// A parameter is bound where the list of parameters stands: in the function, if it is one with a body.
pub(in crate::languages) fn parameter(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    let base = b.expr(at, "type");
    let (Some(name), Some(node)) = (b.get(at, "declarator"), at.node.child_by_field_name("declarator")) else {
        unnamed(b, at, base);
        return Val::None;
    };
    let shape = shape(b, base, node);
    let ty = match shape.function {
        Some(_) => b.make(Expr::Function { params: NONE, gives: shape.ty }),
        None => shape.ty,
    };
    let value = b.expr(at, "default_value");
    let bind = Bind::new(BindingKind::Parameter).place(Where::Out(1)).holds(At::From(name.start)).ty(ty).value(value);
    if b.bind(name, bind).is_none() {
        unnamed(b, at, ty);
    }
    Val::None
}

/// A parameter without a name has a type all the same.
fn unnamed(b: &mut Binder<'_>, at: &Leaving<'_>, ty: ExprId) {
    if b.mode & CPP == 0 || b.text(at.start..at.end) == b"void" {
        return;
    }
    let place = if b.get(at, "declarator").is_some() { Where::Out(1) } else { Where::Here };
    b.bind_name(NONE, at.start, Bind::new(BindingKind::Parameter).place(place).ty(ty));
}

/// `label: ..`
pub(in crate::languages) fn labelled(b: &mut Binder<'_>, at: &Leaving<'_>) -> Val {
    if let Some(label) = b.get(at, "label") {
        b.bind(label, Bind::new(BindingKind::Label).place(Where::Function).space(LABELS));
    }
    Val::None
}
