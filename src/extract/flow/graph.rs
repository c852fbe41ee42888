//! A control-flow graph while it is drawn, and its final form.

use petgraph::{
    Direction,
    graph::{DiGraph, NodeIndex},
    visit::{Dfs, EdgeFiltered, EdgeRef},
};

use crate::{
    record::{BlockKind, CfgBlock, Edge, EdgeKind, Span, SymbolId, Terminator},
    text::SourceText,
};

pub(super) type BlockId = u32;

/// An edge that does not yet know where it leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dangling {
    pub from: BlockId,
    pub kind: EdgeKind,
}

#[derive(Debug)]
struct Draft {
    kind: BlockKind,
    terminator: Option<Terminator>,
    start: u32,
    end: u32,
}

/// Blocks and edges in the order in which they were drawn. Block 0 is the entry, block 1 the exit.
#[derive(Debug)]
pub(crate) struct Graph {
    blocks: DiGraph<Draft, EdgeKind, u32>,
    decisions: Vec<Decision>,
    /// Blocks that control may come to in ways that are not seen.
    assumed: Vec<BlockId>,
}

/// A place where control has one more way on, as it was drawn.
#[derive(Clone, Copy, Debug)]
struct Decision {
    at: u32,
    /// The block that decides; none where there is nothing to decide (a literal condition).
    block: Option<BlockId>,
}

/// A graph as it is stored, and what became of its decisions.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub blocks: Vec<CfgBlock>,
    /// How many decisions were drawn.
    pub decisions: u32,
    /// The places of those that no path from the entry without exceptions meets.
    pub idle: Vec<u32>,
}

pub(super) const ENTRY: BlockId = 0;
pub(super) const EXIT: BlockId = 1;

fn at(block: BlockId) -> NodeIndex<u32> {
    NodeIndex::new(block as usize)
}

impl Graph {
    pub fn new(start: u32, end: u32) -> Self {
        let mut graph = Graph { blocks: DiGraph::default(), decisions: Vec::new(), assumed: Vec::new() };
        graph.block(BlockKind::Entry, start);
        graph.block(BlockKind::Exit, end);
        graph.end(EXIT, Terminator::End);
        graph
    }

    /// Control has one more way on from here.
    pub(super) fn decide(&mut self, at: u32, block: Option<BlockId>) {
        self.decisions.push(Decision { at, block });
    }

    /// The last operand of an operation decides nothing after all.
    pub(super) fn undecide(&mut self, block: Option<BlockId>) {
        if let Some(last) = self.decisions.iter().rposition(|decision| decision.block == block) {
            self.decisions.remove(last);
        }
    }

    /// The block has been given an end of its own.
    pub(super) fn branches(&self, block: BlockId) -> bool {
        self.blocks[at(block)].terminator.is_some()
    }

    /// The code of the function starts and ends here.
    pub(super) fn place(&mut self, start: u32, end: u32) {
        if !self.has_code(ENTRY) {
            let entry = &mut self.blocks[at(ENTRY)];
            (entry.start, entry.end) = (start, start);
        }
        let exit = &mut self.blocks[at(EXIT)];
        (exit.start, exit.end) = (end, end);
    }

    /// Control may come here although no edge says how.
    pub(super) fn assume(&mut self, block: BlockId) {
        self.assumed.push(block);
    }

    /// Whether an edge leads here.
    pub(super) fn is_entered(&self, block: BlockId) -> bool {
        self.blocks.neighbors_directed(at(block), Direction::Incoming).next().is_some()
    }

    pub fn len(&self) -> u32 {
        self.blocks.node_count() as u32
    }

    /// A new block without code, at a place.
    pub fn block(&mut self, kind: BlockKind, place: u32) -> BlockId {
        self.blocks.add_node(Draft { kind, terminator: None, start: place, end: place }).index() as u32
    }

    /// The block holds this code too.
    pub fn extend(&mut self, block: BlockId, start: u32, end: u32) {
        let draft = &mut self.blocks[at(block)];
        if draft.start == draft.end {
            (draft.start, draft.end) = (start, end);
        } else {
            draft.start = draft.start.min(start);
            draft.end = draft.end.max(end);
        }
    }

    pub fn end(&mut self, block: BlockId, terminator: Terminator) {
        self.blocks[at(block)].terminator = Some(terminator);
    }

    /// The block decides nothing after all.
    pub(super) fn go_on(&mut self, block: BlockId) {
        self.blocks[at(block)].terminator = None;
    }

    pub(super) fn connect(&mut self, edges: impl IntoIterator<Item = Dangling>, to: BlockId) {
        for Dangling { from, kind } in edges {
            self.blocks.add_edge(at(from), at(to), kind);
        }
    }

    fn has_code(&self, block: BlockId) -> bool {
        let draft = &self.blocks[at(block)];
        draft.start < draft.end
    }

    /// The graph as it is stored: reserved blocks that came to nothing are gone, the entry is first and the exit last,
    /// between them the blocks in source order; what no path from the entry reaches says so, unless the text has `faults`
    /// and nobody can tell.
    pub fn finish(self, function: SymbolId, text: &SourceText, faults: bool) -> Drawn {
        let count = self.blocks.node_count();
        let mut reached = vec![false; count];
        let mut search = Dfs::new(&self.blocks, at(ENTRY));
        while let Some(block) = search.next(&self.blocks) {
            reached[block.index()] = true;
        }
        for &block in &self.assumed {
            search.move_to(at(block));
            while let Some(block) = search.next(&self.blocks) {
                reached[block.index()] = true;
            }
        }
        let without_exceptions = EdgeFiltered::from_fn(&self.blocks, |edge| *edge.weight() != EdgeKind::Exception);
        let mut expected = vec![false; count];
        let mut search = Dfs::new(&without_exceptions, at(ENTRY));
        while let Some(block) = search.next(&without_exceptions) {
            expected[block.index()] = true;
        }
        let is_idle = |decision: &&Decision| !decision.block.is_some_and(|block| expected[block as usize]);
        let idle = self.decisions.iter().filter(is_idle).map(|decision| decision.at).collect();
        // A block whose only way is out has no edges: its terminator says so.
        let leaves: Vec<Option<EdgeKind>> = (0..count as u32).map(|block| self.only_way_out(block)).collect();
        let needs_exit = self.blocks.neighbors_directed(at(EXIT), Direction::Incoming).any(|from| {
            leaves[from.index()].is_none() && (reached[from.index()] || self.has_code(from.index() as u32))
        });
        let mut order: Vec<BlockId> =
            (EXIT + 1..count as u32).filter(|&b| reached[b as usize] || self.has_code(b)).collect();
        order.sort_by_key(|&block| (self.blocks[at(block)].start, block));
        order.insert(0, ENTRY);
        if needs_exit {
            order.push(EXIT);
        }
        let mut place = vec![None; count];
        for (index, &block) in order.iter().enumerate() {
            place[block as usize] = Some(index as u32);
        }
        let blocks = order
            .iter()
            .map(|&block| {
                let index = block as usize;
                self.stored(block, function, text, reached[index] || faults, leaves[index], &place)
            })
            .collect();
        Drawn { blocks, decisions: self.decisions.len() as u32, idle }
    }

    /// The kind of the edge on which a block leaves the function, if it has no other way on.
    fn only_way_out(&self, block: BlockId) -> Option<EdgeKind> {
        let mut edges = self.blocks.edges(at(block));
        match (edges.next(), edges.next()) {
            (Some(edge), None) if edge.target() == at(EXIT) => Some(*edge.weight()),
            _ => None,
        }
    }

    fn stored(
        &self,
        block: BlockId,
        function_id: SymbolId,
        text: &SourceText,
        reached: bool,
        leaves: Option<EdgeKind>,
        place: &[Option<u32>],
    ) -> CfgBlock {
        let draft = &self.blocks[at(block)];
        let mut edges = self.blocks.neighbors(at(block)).detach();
        let mut successors = Vec::new();
        while let Some((edge, target)) = edges.next(&self.blocks) {
            let Some(block) = place[target.index()].filter(|_| leaves.is_none()) else { continue };
            let edge = Edge { block, kind: self.blocks[edge] };
            // Of several jumps through one `finally` one edge is drawn; arms of a match are as many as they are.
            if edge.kind == EdgeKind::Case || !successors.contains(&edge) {
                successors.push(edge);
            }
        }
        // The library lists the edge drawn last first.
        successors.reverse();
        let ways_on = successors.iter().filter(|edge| edge.kind != EdgeKind::Exception).count();
        // A choice of nothing is none.
        let chooses = |terminator: &Terminator| matches!(terminator, Terminator::Switch | Terminator::Branch);
        let drawn = draft.terminator.filter(|terminator| !chooses(terminator) || ways_on > 0);
        let terminator = drawn.unwrap_or(match ways_on {
            0 if leaves == Some(EdgeKind::Exception) => Terminator::Throw,
            0 if leaves.is_some() => Terminator::End,
            0 => Terminator::Never,
            1 => Terminator::Goto,
            _ => Terminator::Switch,
        });
        let span = Span::of(text, draft.start..draft.end);
        CfgBlock {
            id: place[block as usize].unwrap_or_default(),
            function_id,
            kind: match draft.kind {
                // Where the text has faults nobody can tell.
                BlockKind::Unreachable if reached => BlockKind::Body,
                kind if reached || block == EXIT => kind,
                _ => BlockKind::Unreachable,
            },
            terminator,
            byte_start: span.byte_start,
            byte_end: span.byte_end,
            start_line: span.start_line,
            start_col: span.start_col,
            end_line: span.end_line,
            end_col: span.end_col,
            successors,
        }
    }
}
