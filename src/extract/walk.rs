//! The one walk over a tree: every node is entered and left once, in source order, and whoever builds records hears of it.
//!
//! The cursor keeps the way to the root itself, so deep nesting costs memory and no stack.

use rustc_hash::FxHashSet;
use tree_sitter::{Node, TreeCursor};

use super::{
    definitions::Definitions,
    flow::{Flow, Graph, Visit},
    lines::LineMarks,
    metrics::{Around, Complexity, Reach, is_choice, is_operation},
    names::{Names, Qualifier, Use},
};
use crate::{
    bind::Binder,
    languages::{
        Language,
        roles::{Expansion, Here, Hidden, Meaning, Part, Role, Seen, Table},
    },
    record::{AstNode, Export, Import, NONE, ReferenceKind, SymbolKind},
    text::{ByteRange, SourceText},
};

/// What the walk brings home.
#[derive(Debug)]
pub(super) struct Harvest<'t> {
    pub nodes: Vec<AstNode>,
    pub definitions: Definitions<'t>,
    pub functions: Vec<FunctionFacts>,
    pub names: Names<'t>,
    pub lines: LineMarks<'t>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub binder: Binder<'t>,
    /// Ranges of nodes that did not parse, and whether something is missing there.
    pub faults: Vec<(ByteRange, Option<&'static str>)>,
}

/// What was found out about one function.
#[derive(Debug)]
pub(super) struct FunctionFacts {
    /// Its place among the file's symbols.
    pub symbol: usize,
    pub complexity: Complexity,
    pub parameters: u32,
    /// Its graph, and how many ways out it has.
    pub flow: Option<(Graph, u32)>,
    /// Something in it did not parse.
    pub has_faults: bool,
    /// Which of its numbers are in those of the function around it too.
    pub counts_outside: Reach,
}

/// A node on the way from the root to where the walk is.
pub(super) struct Open<'g> {
    pub role: Role,
    pub meaning: Option<&'g Meaning>,
    pub part: Option<Part>,
    pub start: u32,
    pub end: u32,
    /// Its place in the list of structural nodes, or that of the nearest one around it.
    pub node: Option<u32>,
    /// Named children so far, comments not counted.
    pub named: u16,
    /// Of a member access: where its object stands.
    pub object: Option<ByteRange>,
    pub is_pattern: bool,
    pub is_type: bool,
    pub is_import: bool,
    pub is_directive: bool,
    pub is_attribute: bool,
    /// A definition in it is exported where it stands.
    pub exports: bool,
    pub arms: u32,
    /// The depth of the outermost node of the chain of members and calls that it is in (`a.b().c`).
    pub chain: u32,
}

/// A function that the walk is in.
pub(super) struct Function {
    pub depth: u32,
    pub facts: usize,
    pub flow: Option<Flow>,
    pub is_closure: bool,
    /// Of a function that may call itself: what it is called.
    pub name: Option<ByteRange>,
}

pub(super) struct Walk<'t, 'g> {
    /// What of the text is not in the tree, from where the walk is.
    pub hidden: &'g [Hidden],
    pub expansions: &'g [Expansion],
    pub text: &'t SourceText,
    pub language: &'static Language,
    pub table: &'g Table,
    pub open: Vec<Open<'g>>,
    pub functions: Vec<Function>,
    pub harvest: Harvest<'t>,
    pub has_faults: bool,
    /// Only symbols are wanted.
    pub is_outline: bool,
    /// Bodies of functions in which no outline finds anything, by what is in them.
    pub bare: FxHashSet<u128>,
    /// What the parser read.
    pub read: &'g [u8],
}

impl<'t, 'g> Walk<'t, 'g> {
    /// The binder hears of nodes that have a name.
    pub fn bind(&mut self, here: Here<'_, '_>) {
        let Here { cursor, node, .. } = here;
        if !self.is_outline && self.table.is_named(node.kind_id()) {
            self.harvest.binder.within = self.harvest.definitions.innermost().map_or(NONE, |symbol| symbol as u32);
            self.harvest.binder.enter(node, cursor.field_id().map(|id| id.get()));
        }
    }

    pub fn bound(&mut self, node: Node<'_>) {
        if !self.is_outline && self.table.is_named(node.kind_id()) {
            self.harvest.binder.within = self.harvest.definitions.innermost().map_or(NONE, |symbol| symbol as u32);
            self.harvest.binder.leave(node);
        }
    }

    /// A token that means nothing but that there is code is entered and left in one step: about half of all nodes are such.
    /// Says whether it is one.
    pub fn token(&mut self, cursor: &TreeCursor<'_>, node: Node<'_>) -> bool {
        let kind = node.kind_id();
        if self.table.is_named(kind)
            || self.table.meaning(kind).is_some()
            || (self.has_faults && node.is_missing())
            || self.part_of(cursor, &node, false).is_some()
        {
            return false;
        }
        let Some(parent) = self.open.last() else { return false };
        let (role, is_directive) = (parent.role, parent.is_directive);
        let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
        self.pass_hidden(start);
        let is_code = role != Role::Comment && !self.is_outline;
        if is_code && start < end {
            self.leaf(Role::Plain, is_directive, false, start, end);
        }
        self.pass_hidden(end);
        if is_code && let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
            let depth = self.open.len() as u32;
            flow.leave(depth, end, self.text.bytes());
            flow.passed(depth, end);
        }
        true
    }

    pub fn enter(&mut self, here: Here<'_, '_>) {
        let node = here.node;
        let kind = node.kind_id();
        let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
        self.pass_hidden(start);
        let meaning = self.table.meaning(kind);
        let mut role = meaning.map_or(Role::Plain, |meaning| meaning.role);
        // A keyword may be a name where it is not needed as one.
        let is_named = self.table.is_named(kind) || role == Role::Name;
        let depth = self.open.len() as u32;
        if self.has_faults && !self.is_outline && (node.is_error() || node.is_missing()) {
            self.fault(&node, start..end);
        }
        if self.open.last().is_some_and(|parent| parent.role == Role::Comment) {
            role = Role::Comment;
        }
        let mut part = self.part_of(here.cursor, &node, is_named && role != Role::Comment);
        let parent = self.open.last();
        if is_named && let Some(refine) = meaning.and_then(|meaning| meaning.refine) {
            let around = parent.map_or(Role::Plain, |parent| parent.role);
            let in_function = self.harvest.definitions.in_function();
            role = refine(&Seen::new(here, self.text.bytes(), around, part, in_function));
        }
        if let Role::Define(kind) = role
            && !kind.is_function()
            && parent.is_some_and(|parent| parent.is_attribute || parent.is_import)
        {
            // What is said there of something else defines nothing.
            role = meaning.map(|meaning| meaning.role).filter(|role| *role == Role::Name).unwrap_or(Role::Plain);
        }
        if role == Role::Clause {
            // Its parts are its parent's; itself it is none.
            part = None;
        }
        let in_pattern = parent.is_some_and(|parent| parent.is_pattern);
        let is_pattern = match part {
            Some(Part::Pattern) => true,
            // What is assigned to where names are bound is bound.
            None | Some(Part::Target) => in_pattern,
            // In a list each is.
            Some(Part::Operand) => in_pattern && parent.is_some_and(|parent| parent.role == Role::Plain),
            Some(_) => false,
        };
        let passes_on = role == Role::Wrapper || is_pattern;
        let mut open = Open {
            role,
            meaning: meaning.filter(|meaning| meaning.has_parts()),
            part,
            start,
            end,
            node: parent.and_then(|parent| parent.node),
            named: 0,
            object: None,
            is_pattern,
            is_type: part == Some(Part::Type) || parent.is_some_and(|parent| parent.is_type),
            is_import: matches!(role, Role::Import | Role::Package) || parent.is_some_and(|parent| parent.is_import),
            is_directive: part == Some(Part::Directive) || parent.is_some_and(|parent| parent.is_directive),
            is_attribute: role == Role::Attribute || parent.is_some_and(|parent| parent.is_attribute),
            exports: role == Role::Export || (passes_on && parent.is_some_and(|parent| parent.exports)),
            arms: 0,
            chain: match (part, parent) {
                (Some(Part::Object | Part::Callee), Some(parent)) => parent.chain,
                _ => depth,
            },
        };
        if open.is_directive && !matches!(role, Role::Name | Role::TypeName | Role::Comment) {
            role = Role::Plain;
            open.role = role;
        }
        if let Role::Introduce(kind) = role {
            role = if self.introduces(&node, kind) { Role::Define(kind) } else { Role::Plain };
        } else if role == Role::Logical {
            role = self.short_circuit(&node, meaning);
        } else if role == Role::AndChain {
            role = Role::And;
        } else if role == Role::Arm && self.is_catch_all(&node, meaning) {
            role = Role::DefaultArm;
        }
        if is_named {
            open.role = role;
        }
        if !self.is_outline && (depth == 0 || (is_named && role.is_structural())) {
            open.node = Some(self.structural(&node, start, end));
        }
        if let Some(part) = part
            && !self.is_outline
        {
            self.enter_part(part, &node, role, start, end);
        }
        if is_named {
            self.enter_named(here, role, meaning, &mut open, depth);
        } else if !self.is_outline {
            self.enter_token(role, start, end, depth);
        }
        if !self.is_outline && open.role != Role::Comment && start < end && node.child_count() == 0 {
            self.leaf(open.role, open.is_directive, is_named, start, end);
        }
        self.open.push(open);
    }

    /// What stands before this offset and is not in the tree counts where the walk is.
    fn pass_hidden(&mut self, before: u32) {
        while let Some((first, rest)) = self.expansions.split_first()
            && first.range.start < before
        {
            self.expansions = rest;
            self.harvest.definitions.expand(first);
        }
        if self.is_outline {
            return;
        }
        while let Some((first, rest)) = self.hidden.split_first()
            && first.range.start < before
        {
            self.hidden = rest;
            let range = first.range.clone();
            if !range.is_empty() {
                self.harvest.lines.code(range.start, range.end);
            }
            if let Some(cause) = first.cause {
                let counting = self.language.hooks.counting;
                self.each_reached(|complexity, reach| complexity.unseen(cause, counting.variants, range.start, reach));
            }
            if first.is_name {
                let function = self.functions.last().map(|function| function.facts as u32);
                let enclosing = self.harvest.definitions.innermost();
                let (kind, qualifier) = (ReferenceKind::Read, Qualifier::None);
                self.harvest.binder.within = enclosing.map_or(NONE, |symbol| symbol as u32);
                self.harvest.binder.name_token(range.clone(), kind);
                self.harvest.names.uses.push(Use { range, kind, qualifier, enclosing, function });
            }
        }
    }

    fn part_of(&mut self, cursor: &TreeCursor<'_>, node: &Node<'_>, counts: bool) -> Option<Part> {
        let parent = self.open.last_mut()?;
        let nth = parent.named;
        parent.named += u16::from(counts && parent.named < u16::MAX);
        let meaning = parent.meaning?;
        if node.is_extra() {
            return None;
        }
        let field = if meaning.needs_field() { cursor.field_id().map(|id| id.get()) } else { None };
        if !counts {
            // An empty statement may be no more than a token; where it is all of a body, it is one.
            let part = meaning.part(Some(field?), node.kind_id(), nth);
            return part.filter(|part| matches!(part, Part::Body | Part::Then | Part::Else));
        }
        meaning.part(field, node.kind_id(), nth)
    }

    /// A binary expression is a short-circuit operation by its operator.
    pub(super) fn short_circuit(&self, node: &Node<'_>, meaning: Option<&Meaning>) -> Role {
        let operator = meaning.and_then(|meaning| meaning.child(*node, Part::Operator));
        match operator.map(|operator| self.table.role(operator.kind_id())) {
            Some(role @ (Role::And | Role::Or | Role::Coalesce)) => role,
            _ => Role::Plain,
        }
    }

    /// The file has not defined the name in this node before.
    fn introduces(&mut self, node: &Node<'_>, kind: SymbolKind) -> bool {
        let name = (self.language.hooks.name_of)(*node);
        let definitions = &mut self.harvest.definitions;
        name.is_some_and(|name| !definitions.knows(name.start as u32..name.end as u32, kind))
    }

    fn structural(&mut self, node: &Node<'_>, byte_start: u32, byte_end: u32) -> u32 {
        let id = self.harvest.nodes.len() as u32;
        let parent_id = self.open.last().and_then(|parent| parent.node);
        self.harvest.nodes.push(AstNode {
            id,
            parent_id,
            kind: self.table.name(node.kind_id()).into(),
            byte_start,
            byte_end,
        });
        id
    }

    fn enter_named(
        &mut self,
        here: Here<'_, '_>,
        role: Role,
        meaning: Option<&Meaning>,
        open: &mut Open<'g>,
        depth: u32,
    ) {
        let node = &here.node;
        let (start, end) = (open.start, open.end);
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        let exported = self.open.last().is_some_and(|parent| parent.exports);
        let definitions = &mut self.harvest.definitions;
        definitions.enter_node(role, start, end, depth);
        definitions.exported = exported;
        if let Some(links) = meaning.and_then(|meaning| meaning.links)
            && !self.is_outline
        {
            let seen = Seen::new(here, self.text.bytes(), parent, open.part, definitions.in_function());
            links(&seen, &mut self.harvest.imports, &mut self.harvest.exports);
        }
        match role {
            Role::Comment => {
                self.harvest.lines.comment(start, end);
                return;
            }
            Role::Define(_) | Role::Impl | Role::Initializer => {
                let seen = Seen::new(here, self.text.bytes(), parent, open.part, definitions.in_function());
                if let Some(found) = definitions.define(&seen, role, meaning, depth) {
                    self.enter_definition(found, here.around, start, depth);
                    if role == Role::Initializer
                        && open.meaning.is_none()
                        && !self.is_outline
                        && let Some(function) = self.functions.last_mut()
                    {
                        // It is its own body.
                        function.flow = Some(Flow::new(start..end));
                    }
                }
                if node.child_count() == 0 {
                    // It is nothing but its name, and may be that of something else too.
                    self.name(node, Role::Name, open, depth);
                }
            }
            Role::Closure => return self.enter_closure(here, meaning, open, depth),
            Role::Declare => definitions.declare(*node, depth),
            Role::Assign => {
                if let Some(target) = meaning.and_then(|meaning| meaning.child(*node, Part::Target)) {
                    definitions.assign(node, target);
                }
            }
            Role::Import | Role::Export if self.is_outline => {}
            Role::Import => {
                (self.language.hooks.imports)(*node, self.text.bytes(), &mut self.harvest.imports);
                (self.language.hooks.exports)(*node, self.text.bytes(), &mut self.harvest.exports);
            }
            Role::Export => (self.language.hooks.exports)(*node, self.text.bytes(), &mut self.harvest.exports),
            Role::Package => {
                if let Some(name) = (self.language.hooks.name_of)(*node) {
                    definitions.name_module(name.start as u32..name.end as u32);
                }
            }
            Role::MacroStatement | Role::MacroLoop => self.assume(start),
            Role::Unevaluated => self.enter_unevaluated(start, end, depth),
            Role::Label => self.label(start..end, parent, depth),
            Role::Name | Role::TypeName => self.name(node, role, open, depth),
            Role::Optional => return self.optional(start, depth),
            _ => {}
        }
        if self.is_outline {
            return;
        }
        if open.part == Some(Part::Label) {
            self.part_label(start..end, parent, depth);
        }
        if self.functions.last().is_none_or(|function| depth <= function.depth) {
            return;
        }
        let flag = role == Role::Not && matches!(self.text.bytes().get(start as usize), Some(b'!' | b'n'));
        let first_arm = matches!(role, Role::Arm | Role::DefaultArm)
            && self.open.iter_mut().rev().take(3).find(|open| is_choice(open.role)).is_some_and(|open| {
                open.arms += 1;
                open.arms == 1
            });
        let wraps_if = role == Role::Else && wraps_if(self.table, node);
        // The operator stands behind what it is about.
        let at = if role == Role::Question { end.saturating_sub(1) } else { start };
        let mut around =
            Around { at, depth, parent, part: open.part, wraps_if, first_arm, silent: false, unseen: false };
        around.unseen =
            self.language.hooks.counting.cognitive.bare_branches_are_unseen && self.is_bare_branch(role, open.part);
        if is_operation(role) {
            (around.parent, around.silent) = self.operation_around(node, meaning, role, open.part);
        }
        self.each_reached(|complexity, reach| complexity.enter(role, around, reach));
        let Some(function) = self.functions.last_mut() else { return };
        if let Some(flow) = &mut function.flow {
            let mut visit = Visit { flag, ..plain_visit(role, start, end, depth) };
            if role == Role::Try {
                for child in node.named_children(&mut node.walk()) {
                    let role = self.table.role(child.kind_id());
                    visit.has_finally |= role == Role::Finally;
                    visit.has_handlers |= matches!(role, Role::Handler | Role::CatchAll);
                    if role == Role::Resources {
                        visit.resources = Some((child.start_byte() as u32, child.end_byte() as u32));
                    }
                }
            }
            flow.enter(visit, self.language.hooks.matches_are_exhaustive);
        }
    }

    fn is_catch_all(&self, node: &Node<'_>, meaning: Option<&Meaning>) -> bool {
        let pattern = meaning.and_then(|meaning| meaning.child(*node, Part::Pattern)).or_else(|| node.named_child(0));
        let text = pattern.map(|pattern| &self.text.bytes()[pattern.byte_range()]).unwrap_or_default();
        self.language.hooks.catch_all.iter().any(|all| all.as_bytes() == text)
    }

    /// A node of code without nodes in it, which is not entered yet.
    fn leaf(&mut self, role: Role, is_directive: bool, is_named: bool, start: u32, end: u32) {
        self.harvest.lines.code(start, end);
        if is_directive {
            return;
        }
        let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) else { return };
        if flow.is_muted() && role != Role::Name {
            return;
        }
        let first = self.text.bytes().get(start as usize).copied().unwrap_or_default();
        if matches!(first, b'{' | b'}' | b',') && !is_named {
            return;
        }
        // A keyword that opens its construct is code; one further in (`else`) only joins what is around it.
        let opens = self.open.last().is_none_or(|parent| parent.start == start);
        if opens && !is_named && self.open.last().is_some_and(|parent| parent.role == Role::Labelled) {
            // What stands before a label's name belongs to no block before it.
            return;
        }
        // The word of a loop that is not reached in line is entered with what comes first in the loop.
        let is_loops =
            !is_named && self.open.last().is_some_and(|parent| parent.role == Role::For) && flow.is_nowhere();
        let solid = is_named || (first.is_ascii_alphabetic() && opens && !is_loops);
        flow.leaf(start, end, solid && !flow.is_muted());
    }

    pub fn fault(&mut self, node: &Node<'_>, range: ByteRange) {
        for function in &self.functions {
            self.harvest.functions[function.facts].has_faults = true;
        }
        // Of faults within faults the outermost is told.
        if node.is_missing() {
            self.harvest.faults.push((range, Some(self.table.name(node.kind_id()))));
        } else if self.harvest.faults.last().is_none_or(|(last, _)| last.end <= range.start || last.is_empty()) {
            self.harvest.faults.push((range, None));
        }
    }

    pub fn leave(&mut self) {
        if let Some(end) = self.open.last().map(|open| open.end) {
            self.pass_hidden(end);
        }
        let Some(open) = self.open.pop() else { return };
        let depth = self.open.len() as u32;
        if matches!(open.role, Role::Comment) {
            return;
        }
        self.harvest.definitions.leave_node(open.role, depth);
        let callee = open.part == Some(Part::Callee);
        if let Some(parent) = self.open.last_mut()
            && open.part == Some(Part::Object)
        {
            parent.object = Some(open.start..open.end);
        }
        if let Some(mut function) = self.functions.pop_if(|function| function.depth == depth)
            && (open.role == Role::Initializer || self.language.hooks.empty_bodies_are_no_nodes)
            && let Some(mut flow) = function.flow.take()
        {
            flow.leave(depth, open.end, self.text.bytes());
            self.harvest.functions[function.facts].flow = Some(flow.finish());
        }
        let parent_role = self.open.last().map_or(Role::Plain, |parent| parent.role);
        if self.functions.is_empty() || self.is_outline {
            return;
        }
        let owner = self.owner_of_parts() as u32;
        self.each_reached(|complexity, _| complexity.leave(depth));
        let Some(function) = self.functions.last_mut() else { return };
        let facts = &mut self.harvest.functions[function.facts];
        let Some(flow) = &mut function.flow else { return };
        flow.leave(depth, open.end, self.text.bytes());
        match open.role {
            Role::Attribute if (self.language.hooks.may_be_absent)(self.text.raw(open.start..open.end)) => {
                flow.may_be_absent(depth);
            }
            Role::Attribute => {}
            _ => flow.passed(depth, open.end),
        }
        let Some(part) = open.part else { return };
        if owner == function.depth && matches!(part, Part::Body | Part::Parameters) {
            if part == Part::Parameters {
                flow.leave_parameters();
            } else if let Some(flow) = function.flow.take() {
                facts.flow = Some(flow.finish());
            }
            return;
        }
        if part.shapes_flow() {
            flow.leave_part(owner, part, open.end, self.text.bytes());
        }
        if callee && parent_role == Role::Call {
            self.check(open.start..open.end, depth - 1);
        }
        if callee && matches!(parent_role, Role::Call | Role::Macro) {
            self.may_not_return(open.start, open.end, parent_role, depth - 1);
        }
    }
}

/// An `else` that holds nothing but a further `if`.
pub(super) fn wraps_if(table: &Table, node: &Node<'_>) -> bool {
    node.named_children(&mut node.walk()).any(|child| table.role(child.kind_id()) == Role::If)
}

pub(super) fn plain_visit(role: Role, start: u32, end: u32, depth: u32) -> Visit {
    Visit { role, start, end, depth, flag: false, has_finally: false, has_handlers: false, resources: None }
}
