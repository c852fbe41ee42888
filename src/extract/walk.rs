//! The one walk over a tree: every node is entered and left once, in source order, and whoever builds records hears of it.
//!
//! The cursor keeps the way to the root itself, so deep nesting costs memory and no stack.

use tree_sitter::{Node, TreeCursor};

use super::{
    definitions::{Definitions, Found},
    flow::{Diverges, Flow, Graph, Visit},
    lines::LineMarks,
    metrics::{Around, Complexity, Reach},
    names::{Names, Qualifier, Use},
};
use crate::{
    languages::{
        Language,
        roles::{Meaning, Part, Role, Seen, Table},
    },
    record::{AstNode, Export, Import, ReferenceKind, SymbolKind},
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
}

/// A node on the way from the root to where the walk is.
struct Open<'g> {
    role: Role,
    meaning: Option<&'g Meaning>,
    part: Option<Part>,
    start: u32,
    end: u32,
    /// Its place in the list of structural nodes, or that of the nearest one around it.
    node: Option<u32>,
    /// Named children so far, comments not counted.
    named: u16,
    /// Of a member access: where its object stands.
    object: Option<ByteRange>,
    is_pattern: bool,
    is_type: bool,
    is_import: bool,
    is_directive: bool,
    arms: u32,
}

/// A function that the walk is in.
struct Function {
    depth: u32,
    facts: usize,
    flow: Option<Flow>,
    is_closure: bool,
    /// Of a function that may call itself: what it is called.
    name: Option<ByteRange>,
}

struct Walk<'t, 'g> {
    text: &'t SourceText,
    language: &'static Language,
    table: &'g Table,
    open: Vec<Open<'g>>,
    functions: Vec<Function>,
    harvest: Harvest<'t>,
}

pub(super) fn walk<'t>(
    tree: &tree_sitter::Tree,
    text: &'t SourceText,
    language: &'static Language,
    definitions: Definitions<'t>,
) -> Harvest<'t> {
    let harvest = Harvest {
        nodes: Vec::new(),
        definitions,
        functions: Vec::new(),
        names: Names::default(),
        lines: LineMarks::new(text.lines()),
        imports: Vec::new(),
        exports: Vec::new(),
        faults: Vec::new(),
    };
    let table = language.table();
    let mut walk = Walk { text, language, table, open: Vec::new(), functions: Vec::new(), harvest };
    let has_faults = tree.root_node().has_error();
    let mut cursor = tree.walk();
    'down: loop {
        walk.enter(&cursor, has_faults);
        if cursor.goto_first_child() {
            continue;
        }
        loop {
            walk.leave();
            if cursor.goto_next_sibling() {
                continue 'down;
            }
            if !cursor.goto_parent() {
                return walk.harvest;
            }
        }
    }
}

impl<'t, 'g> Walk<'t, 'g> {
    fn enter(&mut self, cursor: &TreeCursor<'_>, has_faults: bool) {
        let node = cursor.node();
        let kind = node.kind_id();
        let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
        let meaning = self.table.meaning(kind);
        let mut role = meaning.map_or(Role::Plain, |meaning| meaning.role);
        let is_named = node.is_named();
        let depth = self.open.len() as u32;
        if has_faults && (node.is_error() || node.is_missing()) {
            self.fault(&node, start..end);
        }
        if self.open.last().is_some_and(|parent| parent.role == Role::Comment) {
            role = Role::Comment;
        }
        let mut part = self.part_of(cursor, &node, is_named && role != Role::Comment);
        let parent = self.open.last();
        if is_named && let Some(refine) = meaning.and_then(|meaning| meaning.refine) {
            let around = parent.map_or(Role::Plain, |parent| parent.role);
            let in_function = self.harvest.definitions.in_function();
            role = refine(&Seen::new(cursor, self.text.bytes(), around, part, in_function));
        }
        if role == Role::Clause {
            // Its parts are its parent's; itself it is none.
            part = None;
        }
        let mut open = Open {
            role,
            meaning: meaning.filter(|meaning| meaning.has_parts()),
            part,
            start,
            end,
            node: parent.and_then(|parent| parent.node),
            named: 0,
            object: None,
            is_pattern: part == Some(Part::Pattern) || parent.is_some_and(|parent| parent.is_pattern),
            is_type: part == Some(Part::Type) || parent.is_some_and(|parent| parent.is_type),
            is_import: matches!(role, Role::Import | Role::Package) || parent.is_some_and(|parent| parent.is_import),
            is_directive: part == Some(Part::Directive) || parent.is_some_and(|parent| parent.is_directive),
            arms: 0,
        };
        if open.is_directive && !matches!(role, Role::Name | Role::TypeName | Role::Comment) {
            role = Role::Plain;
            open.role = role;
        }
        if role == Role::Logical {
            role = self.short_circuit(&node, meaning);
        } else if role == Role::AndChain {
            role = Role::And;
        } else if role == Role::Arm && self.is_catch_all(&node, meaning) {
            role = Role::DefaultArm;
        }
        if is_named {
            open.role = role;
        }
        if depth == 0 || (is_named && role.is_structural()) {
            open.node = Some(self.structural(&node, start, end));
        }
        if let Some(part) = part {
            self.enter_part(part, &node, role, start, end);
        }
        if is_named {
            self.enter_named(cursor, role, meaning, &mut open, depth);
        } else {
            self.enter_token(role, start, end, depth);
        }
        if node.child_count() == 0 {
            self.leaf(&open, is_named, start, end);
        }
        self.open.push(open);
    }

    fn part_of(&mut self, cursor: &TreeCursor<'_>, node: &Node<'_>, counts: bool) -> Option<Part> {
        let parent = self.open.last_mut()?;
        let nth = parent.named;
        parent.named += u16::from(counts && parent.named < u16::MAX);
        let meaning = parent.meaning?;
        if !counts || node.is_extra() {
            return None;
        }
        let field = if meaning.needs_field() { cursor.field_id().map(|id| id.get()) } else { None };
        meaning.part(field, node.kind_id(), nth)
    }

    /// A binary expression is a short-circuit operation by its operator.
    fn short_circuit(&self, node: &Node<'_>, meaning: Option<&Meaning>) -> Role {
        let operator = meaning.and_then(|meaning| meaning.child(*node, Part::Operator));
        match operator.map(|operator| self.table.role(operator.kind_id())) {
            Some(role @ (Role::And | Role::Or | Role::Coalesce)) => role,
            _ => Role::Plain,
        }
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

    /// The depth of the node whose parts the children of the innermost open node are.
    fn owner_of_parts(&self) -> usize {
        let mut depth = self.open.len() - 1;
        while depth > 0 && self.open[depth].role == Role::Clause {
            depth -= 1;
        }
        depth
    }

    fn enter_part(&mut self, part: Part, node: &Node<'_>, role: Role, start: u32, end: u32) {
        let depth = self.owner_of_parts() as u32;
        let parent = self.open[depth as usize].role;
        let Some(function) = self.functions.last_mut() else { return };
        let facts = &mut self.harvest.functions[function.facts];
        if depth == function.depth && matches!(parent, Role::Define(_) | Role::Closure | Role::Initializer) {
            if part == Part::Body {
                match &mut function.flow {
                    Some(flow) => flow.enter_body(start, end),
                    None => function.flow = Some(Flow::new(start..end)),
                }
                return;
            }
            if part == Part::Parameters {
                facts.parameters = count_parameters(self.table, node);
                if self.language.hooks.parameters_run {
                    function.flow = Some(Flow::with_parameters(start..end));
                }
                return;
            }
        }
        let wraps_if = role == Role::Else && wraps_if(self.table, node);
        let depth_of_part = self.open.len() as u32;
        let at = Around { at: start, depth: depth_of_part, parent, part: Some(part), wraps_if, first_arm: false };
        self.each_reached(|complexity, reach| complexity.part(part, parent, role, at, reach));
        if part.shapes_flow()
            && let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut())
        {
            flow.enter_part(depth, part, start);
        }
    }

    /// The function that the walk is in, and those around it for which what is in it counts too.
    fn each_reached(&mut self, mut count: impl FnMut(&mut Complexity, Reach)) {
        let counting = &self.language.hooks.counting;
        let mut reach = Reach::OWN;
        for function in self.functions.iter().rev() {
            count(&mut self.harvest.functions[function.facts].complexity, reach);
            reach.graph = false;
            if function.is_closure {
                reach.cyclomatic &= counting.closures_count_outside;
                reach.cognitive &= counting.cognitive.closures_count_outside;
            } else {
                reach.cyclomatic = false;
                reach.cognitive &= counting.cognitive.functions_count_outside;
            }
            if !reach.cyclomatic && !reach.cognitive {
                return;
            }
        }
    }

    fn enter_token(&mut self, role: Role, start: u32, end: u32, depth: u32) {
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        if self.functions.is_empty() {
            return;
        }
        match role {
            Role::And | Role::Or | Role::Coalesce if matches!(parent, Role::And | Role::Or | Role::Coalesce) => {
                self.each_reached(|complexity, reach| complexity.operator(role, start, reach));
            }
            Role::Optional => {
                let around = Around { at: start, depth, parent, part: None, wraps_if: false, first_arm: false };
                self.each_reached(|complexity, reach| complexity.enter(role, around, reach));
                let chain = self.chain_around();
                if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
                    flow.optional(start, chain);
                }
            }
            Role::True | Role::False => {
                if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
                    flow.enter(plain_visit(role, start, end, depth), false);
                }
            }
            _ => {}
        }
    }

    /// The depth of the chain of members and calls that the innermost open node is in.
    fn chain_around(&self) -> u32 {
        let mut depth = self.open.len() - 1;
        while depth > 0 && matches!(self.open[depth].part, Some(Part::Object | Part::Callee)) {
            depth -= 1;
        }
        depth as u32
    }

    fn enter_named(
        &mut self,
        cursor: &TreeCursor<'_>,
        role: Role,
        meaning: Option<&Meaning>,
        open: &mut Open<'g>,
        depth: u32,
    ) {
        let node = &cursor.node();
        let (start, end) = (open.start, open.end);
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        let definitions = &mut self.harvest.definitions;
        definitions.enter_node(role, start, end, depth);
        match role {
            Role::Comment => {
                self.harvest.lines.comment(start, end);
                return;
            }
            Role::Define(_) | Role::Impl | Role::Initializer => {
                let seen = Seen::new(cursor, self.text.bytes(), parent, open.part, definitions.in_function());
                if let Some(found) = definitions.define(&seen, role, meaning, depth) {
                    self.enter_definition(found, start, depth);
                    if role == Role::Initializer
                        && open.meaning.is_none()
                        && let Some(function) = self.functions.last_mut()
                    {
                        // It is its own body.
                        function.flow = Some(Flow::new(start..end));
                    }
                }
            }
            Role::Closure => return self.enter_closure(cursor, meaning, open, depth),
            Role::Declare => definitions.declare(*node, depth),
            Role::Assign => {
                if let Some(target) = meaning.and_then(|meaning| meaning.child(*node, Part::Target)) {
                    definitions.assign(node, target);
                }
            }
            Role::Import => {
                (self.language.hooks.imports)(*node, self.text.bytes(), &mut self.harvest.imports);
                (self.language.hooks.exports)(*node, self.text.bytes(), &mut self.harvest.exports);
            }
            Role::Export => (self.language.hooks.exports)(*node, self.text.bytes(), &mut self.harvest.exports),
            Role::Package => {
                if let Some(name) = (self.language.hooks.name_of)(*node) {
                    definitions.name_module(name.start_byte() as u32..name.end_byte() as u32);
                }
            }
            Role::Label => self.label(start..end, parent, depth),
            Role::Name | Role::TypeName => self.name(role, open, depth),
            _ => {}
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
        let around = Around { at: start, depth, parent, part: open.part, wraps_if, first_arm };
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

    /// An anonymous function is an expression where it stands, and a function of its own.
    fn enter_closure(&mut self, cursor: &TreeCursor<'_>, meaning: Option<&Meaning>, open: &Open<'g>, depth: u32) {
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        let definitions = &mut self.harvest.definitions;
        let seen = Seen::new(cursor, self.text.bytes(), parent, open.part, definitions.in_function());
        let found = definitions.define(&seen, Role::Closure, meaning, depth);
        let around = Around {
            at: open.start,
            depth,
            parent,
            part: open.part,
            wraps_if: false,
            first_arm: false,
        };
        if self.functions.last().is_some_and(|function| depth > function.depth) {
            self.each_reached(|complexity, reach| complexity.enter(Role::Closure, around, reach));
            if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
                if !flow.is_muted() {
                    flow.enter_value(open.start, open.end, depth);
                }
                flow.mute(depth);
            }
        }
        if let Some(found) = found {
            self.push_function(found, depth, true);
        }
    }

    /// A definition inside a function is a name there; its own control flow is its own.
    fn enter_definition(&mut self, found: Found, start: u32, depth: u32) {
        if self.language.hooks.counting.cognitive.functions_count_outside && found.kind.is_function() {
            self.each_reached(|complexity, _| complexity.nest(depth));
        }
        if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
            if !flow.is_muted() {
                flow.leaf(start, found.name_end, self.language.hooks.definitions_run);
            }
            flow.mute(depth);
        }
        if found.kind.is_function() {
            self.push_function(found, depth, false);
        }
    }

    fn push_function(&mut self, found: Found, depth: u32, is_closure: bool) {
        let counting = self.language.hooks.counting;
        let outer = self.functions.last().map(|function| function.facts as u32);
        self.harvest.names.enter_function(outer);
        let symbol = &self.harvest.definitions.symbols[found.symbol];
        // A bare name does not reach a method everywhere, and where it does, it may be an overload's.
        let name = (counting.cognitive.recursion && symbol.kind == SymbolKind::Function)
            .then_some(symbol.name_byte_start..symbol.name_byte_end);
        self.functions.push(Function { depth, facts: self.harvest.functions.len(), flow: None, is_closure, name });
        self.harvest.functions.push(FunctionFacts {
            symbol: found.symbol,
            complexity: Complexity::new(counting),
            parameters: 0,
            flow: None,
            has_faults: false,
        });
    }

    fn is_catch_all(&self, node: &Node<'_>, meaning: Option<&Meaning>) -> bool {
        let pattern = meaning.and_then(|meaning| meaning.child(*node, Part::Pattern)).or_else(|| node.named_child(0));
        let text = pattern.map(|pattern| &self.text.bytes()[pattern.byte_range()]).unwrap_or_default();
        self.language.hooks.catch_all.iter().any(|all| all.as_bytes() == text)
    }

    /// A label that is a node kind of its own, wherever it stands.
    fn label(&mut self, range: ByteRange, parent: Role, depth: u32) {
        let may_bear = matches!(parent, Role::Break | Role::Continue | Role::Block)
            || matches!(parent, Role::While | Role::For | Role::Loop);
        self.flow_label(range, parent, depth - 1, may_bear);
    }

    /// A label that its place tells.
    fn part_label(&mut self, range: ByteRange, parent: Role, depth: u32) {
        let may_bear = matches!(parent, Role::Break | Role::Continue | Role::Goto | Role::Labelled);
        self.flow_label(range, parent, depth - 1, may_bear);
    }

    fn flow_label(&mut self, range: ByteRange, parent: Role, at: u32, may_bear: bool) {
        if self.functions.is_empty() {
            return;
        }
        if matches!(parent, Role::Break | Role::Continue) {
            self.each_reached(|complexity, reach| complexity.labelled_jump(range.start, reach));
        }
        if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut())
            && may_bear
            && !flow.is_muted()
        {
            flow.label(range, at, parent == Role::Labelled, self.text.bytes());
        }
    }

    /// An identifier: a definition's name, a binding, or a use of something.
    fn name(&mut self, role: Role, open: &Open<'g>, depth: u32) {
        let parent = self.open.last();
        let parent_role = parent.map_or(Role::Plain, |parent| parent.role);
        match open.part {
            Some(Part::Name) if matches!(parent_role, Role::Define(_)) => return,
            Some(Part::Key | Part::Label) => return,
            _ if open.is_import => return,
            _ => {}
        }
        let range = open.start..open.end;
        let bytes = self.text.raw(range.clone());
        let is_member = match open.part {
            Some(Part::Member) => matches!(parent_role, Role::Member | Role::Path),
            // A call may have its object beside the name.
            Some(Part::Callee) => parent_role == Role::Call && parent.is_some_and(|parent| parent.object.is_some()),
            _ => false,
        };
        let in_function = self.functions.last().map(|function| function.facts as u32);
        let binds = (open.is_pattern || open.part == Some(Part::Parameters))
            && !is_member
            && role == Role::Name
            && open.part != Some(Part::Object)
            && !matches!(open.part, Some(Part::Callee | Part::Type))
            && (self.language.hooks.capitals_bind || !bytes.first().is_some_and(u8::is_ascii_uppercase));
        // Climb from the member to the whole access, to see what is done with it.
        let mut at = depth as usize;
        let mut part = open.part;
        // Of a list of targets each is one.
        if part == Some(Part::Operand)
            && parent.is_some_and(|list| list.part == Some(Part::Target) && list.role == Role::Plain)
        {
            part = Some(Part::Target);
        }
        while part == Some(Part::Member) && at > 0 && matches!(self.open[at - 1].role, Role::Member | Role::Path) {
            at -= 1;
            part = self.open[at].part;
        }
        if binds || (part == Some(Part::Target) && !is_member && self.language.hooks.assigning_binds) {
            if let Some(function) = in_function {
                self.harvest.names.bind(function, bytes);
                return;
            }
            if binds {
                return;
            }
        }
        if part == Some(Part::Callee)
            && !is_member
            && let Some(facts) = self.calls_itself(bytes)
        {
            self.harvest.functions[facts].complexity.recursion(range.start);
        }
        let kind = match part {
            Some(Part::Callee) => ReferenceKind::Call,
            Some(Part::Target) => ReferenceKind::Write,
            _ if role == Role::TypeName || open.is_type => ReferenceKind::Type,
            _ => ReferenceKind::Read,
        };
        let qualifier = match (is_member, parent.and_then(|parent| parent.object.clone())) {
            (false, _) => Qualifier::None,
            (true, Some(object)) => Qualifier::Object(object),
            (true, None) => Qualifier::Unknown,
        };
        let enclosing = self.harvest.definitions.innermost();
        self.harvest.names.uses.push(Use { range, kind, qualifier, enclosing, function: in_function });
    }

    /// The function around, anonymous ones apart, if this is its name.
    fn calls_itself(&self, callee: &[u8]) -> Option<usize> {
        let through = self.language.hooks.counting.cognitive.closures_count_outside;
        let function = self.functions.iter().rev().find(|function| !(through && function.is_closure))?;
        let name = function.name.clone()?;
        (self.text.raw(name) == callee).then_some(function.facts)
    }

    fn leaf(&mut self, open: &Open<'g>, is_named: bool, start: u32, end: u32) {
        if open.role == Role::Comment || start == end {
            return;
        }
        self.harvest.lines.code(start, end);
        if open.is_directive {
            return;
        }
        let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) else { return };
        if flow.is_muted() && !matches!(open.role, Role::Name) {
            return;
        }
        let first = self.text.bytes().get(start as usize).copied().unwrap_or_default();
        if matches!(first, b'{' | b'}' | b',') && !is_named {
            return;
        }
        // A keyword that opens its construct is code; one further in (`else`) only joins what is around it.
        let opens = self.open.last().is_none_or(|parent| parent.start == start);
        let solid = is_named || (first.is_ascii_alphabetic() && opens);
        flow.leaf(start, end, solid && !flow.is_muted());
    }

    fn fault(&mut self, node: &Node<'_>, range: ByteRange) {
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

    fn leave(&mut self) {
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
            && open.role == Role::Initializer
            && let Some(mut flow) = function.flow.take()
        {
            flow.leave(depth, open.end, self.text.bytes());
            self.harvest.functions[function.facts].flow = Some(flow.finish());
        }
        let parent_role = self.open.last().map_or(Role::Plain, |parent| parent.role);
        if self.functions.is_empty() {
            return;
        }
        let owner = self.owner_of_parts() as u32;
        self.each_reached(|complexity, _| complexity.leave(depth));
        let Some(function) = self.functions.last_mut() else { return };
        let facts = &mut self.harvest.functions[function.facts];
        let Some(flow) = &mut function.flow else { return };
        flow.leave(depth, open.end, self.text.bytes());
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
        if callee && !flow.is_muted() {
            let hooks = &self.language.hooks;
            // The object may be the call's own.
            let object = self.open.last().and_then(|parent| parent.object.as_ref()).map(|object| object.start);
            let text = &self.text.bytes()[object.unwrap_or(open.start) as usize..open.end as usize];
            let named = |names: &[&str]| names.iter().any(|name| name.as_bytes() == text);
            if parent_role == Role::Call && named(hooks.never_returns) {
                flow.never_returns(depth - 1, Diverges::Ends);
            } else if matches!(parent_role, Role::Call | Role::Macro) && named(hooks.raising_macros) {
                flow.never_returns(depth - 1, Diverges::Raises);
            }
        }
    }
}

/// As many as there are names, where one stands for several (Go's `a, b int`).
fn count_parameters(table: &Table, node: &Node<'_>) -> u32 {
    if table.role(node.kind_id()) == Role::Name {
        return 1;
    }
    let mut cursor = node.walk();
    let parameters = node.named_children(&mut cursor).filter(|child| !child.is_extra());
    let real = parameters.filter(|child| !matches!(table.role(child.kind_id()), Role::Attribute | Role::Separator));
    real.map(|parameter| count_names(table, &parameter).max(1)).sum()
}

fn count_names(table: &Table, node: &Node<'_>) -> u32 {
    let Some(meaning) = table.meaning(node.kind_id()).filter(|meaning| meaning.has_parts()) else { return 0 };
    let mut cursor = node.walk();
    let (mut count, mut nth) = (0, 0);
    let mut more = cursor.goto_first_child();
    while more {
        let child = cursor.node();
        if child.is_named() && !child.is_extra() {
            let part = meaning.part(cursor.field_id().map(|id| id.get()), child.kind_id(), nth);
            count += u32::from(part == Some(Part::Pattern));
            nth += 1;
        }
        more = cursor.goto_next_sibling();
    }
    count
}

/// An `else` that holds nothing but a further `if`.
fn wraps_if(table: &Table, node: &Node<'_>) -> bool {
    node.named_children(&mut node.walk()).any(|child| table.role(child.kind_id()) == Role::If)
}

fn is_choice(role: Role) -> bool {
    matches!(role, Role::Match | Role::Switch | Role::Select | Role::Ladder)
}

fn plain_visit(role: Role, start: u32, end: u32, depth: u32) -> Visit {
    Visit { role, start, end, depth, flag: false, has_finally: false, has_handlers: false, resources: None }
}
