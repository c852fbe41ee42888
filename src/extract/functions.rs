//! The functions that the walk is in: each has a graph and numbers of its own, and some of what is in it counts for the
//! functions around it too.

use tree_sitter::Node;

use super::{
    definitions::Found,
    flow::Flow,
    metrics::{Around, Complexity, Reach, is_loop},
    walk::{Function, FunctionFacts, Open, Walk, plain_visit, wraps_if},
};
use crate::{
    languages::roles::{Here, Meaning, Part, Role, Seen, Shape, Table},
    record::SymbolKind,
    text::ByteRange,
};

impl<'g> Walk<'_, 'g> {
    /// The depth of the node whose parts the children of the innermost open node are.
    pub(super) fn owner_of_parts(&self) -> usize {
        let mut depth = self.open.len() - 1;
        while depth > 0 && self.open[depth].role == Role::Clause {
            depth -= 1;
        }
        depth
    }

    pub(super) fn enter_part(&mut self, part: Part, node: &Node<'_>, role: Role, start: u32, end: u32) {
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
            if part == Part::Initializers {
                function.flow.get_or_insert_with(|| Flow::new(start..end));
                facts.complexity.disregard(self.open.len() as u32);
                return;
            }
            if part == Part::Parameters {
                facts.parameters = count_parameters(self.table, node, self.text.bytes());
                let hooks = &self.language.hooks;
                if hooks.parameters_run || hooks.empty_bodies_are_no_nodes {
                    function.flow = Some(Flow::with_parameters(start..end));
                }
                return;
            }
        }
        let wraps_if = role == Role::Else && wraps_if(self.table, node);
        let depth_of_part = self.open.len() as u32;
        let at = Around { wraps_if, ..Around::plain(start, depth_of_part, parent, Some(part)) };
        self.each_reached(|complexity, reach| complexity.part(part, parent, role, at, reach));
        if part.shapes_flow()
            && let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut())
        {
            flow.enter_part(depth, part, start);
        }
    }

    /// The function that the walk is in, and those around it for which what is in it counts too.
    pub(super) fn each_reached(&mut self, mut count: impl FnMut(&mut Complexity, Reach)) {
        let counting = &self.language.hooks.counting;
        // What is drawn for no function (the body of a type in it) is no decision in its graph, though it may count.
        let flow = self.functions.last().and_then(|function| function.flow.as_ref());
        let is_muted = flow.is_some_and(Flow::is_muted);
        let mut reach = Reach { graph: flow.is_some() && !is_muted, ..Reach::OWN };
        reach.cyclomatic = !is_muted || counting.types_count_outside;
        for function in self.functions.iter().rev() {
            let part = self.open.get(function.depth as usize + 1).and_then(|open| open.part);
            if function.flow.is_none() && part == Some(Part::Parameters) && !function.is_closure {
                // Values for missing arguments: where they are evaluated, if not here, they are not for it to count.
                return;
            }
            count(&mut self.harvest.functions[function.facts].complexity, reach);
            let outside = Reach::outside(counting, function.is_closure);
            reach.graph = false;
            reach.cyclomatic &= outside.cyclomatic;
            reach.cognitive &= outside.cognitive;
            if !reach.cyclomatic && !reach.cognitive {
                return;
            }
        }
    }

    pub(super) fn enter_token(&mut self, role: Role, start: u32, end: u32, depth: u32) {
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        if self.functions.is_empty() {
            return;
        }
        match role {
            Role::And | Role::Or | Role::Coalesce if matches!(parent, Role::And | Role::Or | Role::Coalesce) => {
                self.each_reached(|complexity, reach| complexity.operator(role, start, depth - 1, reach));
            }
            Role::Optional if parent != Role::Optional => self.optional(start, depth),
            Role::True | Role::False => {
                if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
                    flow.enter(plain_visit(role, start, end, depth), false);
                }
            }
            _ => {}
        }
    }

    /// A chain of members ends here if there is nothing to go on with.
    pub(super) fn optional(&mut self, start: u32, depth: u32) {
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        let around = Around::plain(start, depth, parent, None);
        self.each_reached(|complexity, reach| complexity.enter(Role::Optional, around, reach));
        let chain = self.open.last().map_or(0, |open| open.chain);
        if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
            flow.optional(start, chain);
        }
    }

    /// What is around a short-circuit operation as far as runs of operators go, and whether it has none that count.
    pub(super) fn operation_around(
        &self,
        node: &Node<'_>,
        meaning: Option<&Meaning>,
        role: Role,
        mut part: Option<Part>,
    ) -> (Role, bool) {
        let cognitive = &self.language.hooks.counting.cognitive;
        let through = cognitive.runs_through_parentheses;
        let outer = self.open.iter().rev().find(|open| {
            // What stands before a member without parentheses is the object of that by a slip of the grammar's only
            // (`a && b!.c`): the operation is around the member.
            let is_chain = |part| matches!(part, Some(Part::Object | Part::Callee));
            let is_passed = through && (open.role == Role::Paren || is_chain(part));
            part = open.part.filter(|_| !(open.role == Role::Paren && is_chain(open.part)));
            !is_passed
        });
        // An assignment that is made under a condition is no operand of an operation.
        let assigns = |meaning: Option<&Meaning>| meaning.is_some_and(Meaning::binds);
        let parent = outer.map_or(Role::Plain, |open| if assigns(open.meaning) { Role::Plain } else { open.role });
        let silent = cognitive.only_ands_run
            && (assigns(meaning) || (parent == Role::Markup && self.has_one_operator(node, role)));
        (parent, silent)
    }

    /// A loop, a switch, a jump or a choice is all of a branch, without braces.
    pub(super) fn is_bare_branch(&self, role: Role, mut part: Option<Part>) -> bool {
        if !(is_loop(role) || matches!(role, Role::Switch | Role::Goto | Role::Ternary)) {
            return false;
        }
        for around in self.open.iter().rev() {
            match around.role {
                Role::If if part == Some(Part::Then) => return true,
                Role::Else => return true,
                Role::Statement if role == Role::Ternary => part = around.part,
                _ => return false,
            }
        }
        false
    }

    /// All operators within are the same, and no operand is a choice.
    fn has_one_operator(&self, node: &Node<'_>, role: Role) -> bool {
        let mut nodes = vec![*node];
        while let Some(node) = nodes.pop() {
            let operands = node.named_children(&mut node.walk()).collect::<Vec<_>>();
            for operand in operands {
                let meaning = self.table.meaning(operand.kind_id());
                match meaning.map_or(Role::Plain, |meaning| meaning.role) {
                    Role::Ternary => return false,
                    Role::Paren => nodes.push(operand),
                    Role::Logical => match self.short_circuit(&operand, meaning) {
                        Role::Plain => {}
                        found if found == role => nodes.push(operand),
                        _ => return false,
                    },
                    _ => {}
                }
            }
        }
        true
    }

    /// A macro stands here: control may come to it in a way that nobody sees.
    pub(super) fn assume(&mut self, at: u32) {
        if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
            flow.assume(at);
        }
    }

    /// What control passes by without running it: a value for the code around.
    pub(super) fn enter_unevaluated(&mut self, start: u32, end: u32, depth: u32) {
        if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut())
            && !flow.is_muted()
        {
            flow.enter_value(start, end, depth);
            flow.mute(depth);
        }
    }

    /// An anonymous function is an expression where it stands, and a function of its own.
    pub(super) fn enter_closure(&mut self, here: Here<'_, '_>, meaning: Option<&Meaning>, open: &Open<'g>, depth: u32) {
        let parent = self.open.last().map_or(Role::Plain, |parent| parent.role);
        let definitions = &mut self.harvest.definitions;
        let seen = Seen::new(here, self.text.bytes(), parent, open.part, definitions.in_function());
        let found = definitions.define(&seen, Role::Closure, meaning, depth);
        let around = Around::plain(open.start, depth, parent, open.part);
        if self.functions.last().is_some_and(|function| depth > function.depth) {
            let is_function = meaning.is_some_and(|meaning| meaning.child(here.node, Part::Parameters).is_some());
            if is_function || self.language.hooks.counting.cognitive.deferred_blocks_nest {
                self.each_reached(|complexity, reach| complexity.enter(Role::Closure, around, reach));
            }
            if let Some(flow) = self.functions.last_mut().and_then(|function| function.flow.as_mut()) {
                if !flow.is_muted() {
                    flow.enter_value(open.start, open.end, depth);
                }
                flow.mute(depth);
            }
        }
        if let Some(found) = found {
            self.release(found);
            self.push_function(found, depth, true);
        }
    }

    /// The variable that a function is the value of is the function's symbol, and no local beside it.
    fn release(&mut self, found: Found) {
        let symbol = &self.harvest.definitions.symbols[found.symbol];
        if matches!(symbol.held_by, Some(SymbolKind::Variable | SymbolKind::Constant))
            && let Some(function) = self.functions.last()
        {
            let name = self.text.raw(symbol.name_byte_start..symbol.name_byte_end);
            self.harvest.names.release(function.facts as u32, name);
        }
    }

    /// A definition inside a function is a name there; its own control flow is its own.
    pub(super) fn enter_definition(&mut self, found: Found, around: &[Node<'_>], start: u32, depth: u32) {
        let cognitive = &self.language.hooks.counting.cognitive;
        if cognitive.functions_count_outside
            && found.kind.is_function()
            && !(cognitive.wrappers_are_flat && self.is_all_that_is_returned(around))
        {
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

    /// The body around this definition holds it and a `return`, and nothing else.
    fn is_all_that_is_returned(&self, around: &[Node<'_>]) -> bool {
        let role_of = |node: &Node<'_>| self.table.role(node.kind_id());
        let Some(body) = around.iter().rfind(|node| role_of(node) != Role::Wrapper) else { return false };
        if role_of(body) != Role::Block || !self.is_body(body.start_byte() as u32) {
            return false;
        }
        let mut children = body.walk();
        let mut roles = body.named_children(&mut children).filter_map(|child| {
            let role = self.table.role(child.kind_id());
            (role != Role::Comment).then_some(role)
        });
        matches!(roles.next(), Some(Role::Define(_) | Role::Wrapper))
            && roles.next() == Some(Role::Return)
            && roles.next().is_none()
    }

    /// The innermost function's body begins here.
    fn is_body(&self, start: u32) -> bool {
        let Some(function) = self.functions.last() else { return false };
        self.open
            .get(function.depth as usize + 1)
            .is_some_and(|body| body.part == Some(Part::Body) && body.start == start)
    }

    fn push_function(&mut self, found: Found, depth: u32, is_closure: bool) {
        let counting = self.language.hooks.counting;
        let outer = self.functions.last().map(|function| function.facts as u32);
        let counts_outside = match outer {
            None => Reach { cyclomatic: false, cognitive: false, graph: false },
            Some(_) => Reach::outside(&counting, is_closure),
        };
        self.harvest.names.enter_function(outer);
        let symbol = &self.harvest.definitions.symbols[found.symbol];
        // The bare name of a method is somebody else.
        let may_recur = !matches!(symbol.kind, SymbolKind::Closure | SymbolKind::Method);
        let name = (counting.cognitive.recursion && may_recur).then_some(symbol.name_byte_start..symbol.name_byte_end);
        self.functions.push(Function { depth, facts: self.harvest.functions.len(), flow: None, is_closure, name });
        self.harvest.functions.push(FunctionFacts {
            symbol: found.symbol,
            complexity: Complexity::new(counting),
            parameters: 0,
            flow: None,
            has_faults: false,
            counts_outside,
        });
    }

    /// A label that is a node kind of its own, wherever it stands.
    pub(super) fn label(&mut self, range: ByteRange, parent: Role, depth: u32) {
        let may_bear = matches!(parent, Role::Break | Role::Continue | Role::Block)
            || matches!(parent, Role::While | Role::For | Role::Loop);
        self.flow_label(range, parent, depth - 1, may_bear);
    }

    /// A label that its place tells.
    pub(super) fn part_label(&mut self, range: ByteRange, parent: Role, depth: u32) {
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
            let block = self.open.iter().rev().find(|open| open.role == Role::Block);
            let scope = block.map_or(0..u32::MAX, |block| block.start..block.end);
            let scope = (parent == Role::Labelled).then_some(scope);
            // There nobody writes a label for nothing: a macro jumps there, or an address that is computed, or it is a case.
            let is_for_something = self.language.hooks.shape == Shape::Preprocessed;
            flow.label(range, at, scope, is_for_something, self.text.bytes());
        }
    }
}

/// As many as there are names, where one stands for several (Go's `a, b int`).
fn count_parameters(table: &Table, node: &Node<'_>, bytes: &[u8]) -> u32 {
    if table.role(node.kind_id()) == Role::Name {
        return 1;
    }
    let mut cursor = node.walk();
    let mut count = 0;
    let mut more = cursor.goto_first_child();
    while more {
        let child = cursor.node();
        let refine = table.meaning(child.kind_id()).and_then(|meaning| meaning.refine);
        let role = match refine {
            Some(refine) => refine(&Seen::new(
                Here { cursor: &cursor, node: cursor.node(), around: &[*node] },
                bytes,
                Role::Plain,
                None,
                true,
            )),
            None => table.role(child.kind_id()),
        };
        if child.is_named() && !child.is_extra() && !matches!(role, Role::Attribute | Role::Separator) {
            count += count_names(table, &child).max(1);
        }
        more = cursor.goto_next_sibling();
    }
    count
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
