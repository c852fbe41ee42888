//! A control-flow graph as text for a terminal, as DOT for Graphviz, and as a Mermaid flowchart.

use std::fmt::Write;

use super::{
    FunctionGraph,
    graph::{block_name, edge_name, is_back, leaves},
};
use crate::{
    record::{BlockKind, CfgBlock, EdgeKind, Terminator},
    text::SourceText,
};

/// Code in a label is cut behind so many characters.
const CODE_CHARS: usize = 60;

impl FunctionGraph {
    /// A paragraph a block: its lines and code, how control leaves it, and to where.
    pub fn to_text(&self, source: Option<&SourceText>) -> String {
        let symbol = &self.function.symbol;
        let mut out = format!("{}  {}:{}-{}\n", symbol.fqn, symbol.path, symbol.start_line, symbol.end_line);
        if self.blocks.is_empty() {
            out += "no body\n";
            return out;
        }
        let blocks = self.blocks.iter().filter(|block| block.kind != BlockKind::Exit).count();
        let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        let _ = write!(out, "{}, {}", counted(blocks, "block"), counted(self.edge_count(), "edge"));
        if let Some(number) = self.function.metrics.as_ref().and_then(|metrics| metrics.cyclomatic_complexity) {
            let _ = write!(out, ", cyclomatic {number}");
        }
        out.push('\n');
        for note in &self.function.notes {
            let _ = writeln!(out, "{note}");
        }
        for block in &self.blocks {
            let _ = write!(out, "\nB{}  {}", block.id, block_name(block.kind));
            if !is_bare(block) {
                let _ = write!(out, "  {}", lines(block));
            }
            out.push('\n');
            if let Some(code) = code(block, source) {
                let _ = writeln!(out, "    {code}");
            }
            let targets: Vec<String> = block.successors.iter().map(|edge| target(edge.block, edge.kind)).collect();
            match (leaving(block), targets.is_empty()) {
                (None, true) => {}
                (None, false) => _ = writeln!(out, "    -> {}", targets.join(", ")),
                (Some(how), true) => _ = writeln!(out, "    {how}"),
                (Some(how), false) => _ = writeln!(out, "    {how} -> {}", targets.join(", ")),
            }
        }
        out
    }

    /// Where control leaves the function, the box has a double border.
    pub fn to_dot(&self, source: Option<&SourceText>) -> String {
        let mut out = format!("digraph \"{}\" {{\n", dot(&self.function.symbol.fqn));
        out += "  node [shape=box, fontname=\"monospace\"];\n";
        for block in &self.blocks {
            let label: Vec<String> = label(block, source).iter().map(|line| dot(line) + "\\l").collect();
            let _ = write!(out, "  B{} [label=\"{}\"", block.id, label.join(""));
            out += match block.kind {
                BlockKind::Unreachable => ", style=filled, fillcolor=gray85, fontcolor=gray40, color=gray60",
                BlockKind::Entry | BlockKind::Exit => ", style=rounded",
                _ => "",
            };
            out += if leaves(block) { ", peripheries=2];\n" } else { "];\n" };
        }
        for (block, edge) in self.edges() {
            let _ = write!(out, "  B{} -> B{}", block.id, edge.block);
            let mut attributes = Vec::new();
            if edge.kind != EdgeKind::Next {
                attributes.push(format!("label=\"{}\"", edge_name(edge.kind)));
            }
            if edge.kind == EdgeKind::Exception {
                attributes.push("style=dashed".to_owned());
            } else if is_back(edge.kind) {
                attributes.push("style=bold, constraint=false".to_owned());
            }
            if !attributes.is_empty() {
                let _ = write!(out, " [{}]", attributes.join(", "));
            }
            out += ";\n";
        }
        out + "}\n"
    }

    /// Where control leaves the function, the box has round sides.
    pub fn to_mermaid(&self, source: Option<&SourceText>) -> String {
        let mut out = "flowchart TD\n".to_owned();
        for block in &self.blocks {
            let label: Vec<String> = label(block, source).iter().map(|line| mermaid(line)).collect();
            let (open, close) = if leaves(block) { ("([", "])") } else { ("[", "]") };
            let _ = writeln!(out, "  B{}{open}\"{}\"{close}", block.id, label.join("<br/>"));
        }
        for (block, edge) in self.edges() {
            let arrow = match edge.kind {
                EdgeKind::Exception => "-.->",
                kind if is_back(kind) => "==>",
                _ => "-->",
            };
            let _ = match edge.kind {
                EdgeKind::Next => writeln!(out, "  B{} {arrow} B{}", block.id, edge.block),
                kind => writeln!(out, "  B{} {arrow}|{}| B{}", block.id, edge_name(kind), edge.block),
            };
        }
        let unreachable = self.blocks.iter().filter(|block| block.kind == BlockKind::Unreachable);
        let unreachable: Vec<String> = unreachable.map(|block| format!("B{}", block.id)).collect();
        if !unreachable.is_empty() {
            out += "  classDef unreachable fill:#ddd,stroke:#999,color:#666\n";
            let _ = writeln!(out, "  class {} unreachable", unreachable.join(","));
        }
        out
    }

    fn edges(&self) -> impl Iterator<Item = (&CfgBlock, &crate::record::Edge)> {
        self.blocks.iter().flat_map(|block| block.successors.iter().map(move |edge| (block, edge)))
    }
}

/// The lines of a label: what the block is, and its first line of code.
fn label(block: &CfgBlock, source: Option<&SourceText>) -> Vec<String> {
    let mut label = vec![format!("B{} {}", block.id, block_name(block.kind))];
    if !is_bare(block) {
        label[0] += &format!(" {}", lines(block));
    }
    // Where an edge leads on, it says how.
    label[0] += match (block.terminator, block.successors.is_empty()) {
        (Terminator::Return, true) => ", returns",
        (Terminator::Throw, true) => ", throws",
        (Terminator::Never, true) => ", never returns",
        (Terminator::End, true) if block.kind != BlockKind::Exit => ", ends",
        _ => "",
    };
    label.extend(code(block, source));
    label
}

/// Holds no code.
pub(super) fn is_bare(block: &CfgBlock) -> bool {
    block.byte_start == block.byte_end
}

pub(super) fn lines(block: &CfgBlock) -> String {
    if block.start_line == block.end_line {
        format!("L{}", block.start_line)
    } else {
        format!("L{}-{}", block.start_line, block.end_line)
    }
}

/// The first line of a block's code, white space drawn together.
fn code(block: &CfgBlock, source: Option<&SourceText>) -> Option<String> {
    let source = source.filter(|_| !is_bare(block))?;
    let end = source.line_range(source.place(block.byte_start).line).end.min(block.byte_end);
    let text = source.slice(block.byte_start..end);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line: String = words.join(" ");
    if let Some((at, _)) = line.char_indices().nth(CODE_CHARS) {
        line.truncate(at);
        line.push('…');
    }
    line.retain(|c| !c.is_control());
    (!line.is_empty()).then_some(line)
}

fn target(block: u32, kind: EdgeKind) -> String {
    match kind {
        EdgeKind::Next => format!("B{block}"),
        kind => format!("B{block} ({})", edge_name(kind)),
    }
}

/// How control leaves a block, in words; nothing for just going on.
pub(super) fn leaving(block: &CfgBlock) -> Option<&'static str> {
    match block.terminator {
        Terminator::Goto => None,
        Terminator::End if block.kind == BlockKind::Exit || !block.successors.is_empty() => None,
        Terminator::End => Some("end"),
        Terminator::Branch => Some("branch"),
        Terminator::Switch => Some("switch"),
        Terminator::Return => Some("return"),
        Terminator::Break => Some("break"),
        Terminator::Continue => Some("continue"),
        Terminator::Jump => Some("jump"),
        Terminator::Fallthrough => Some("fall through"),
        Terminator::Suspend => Some("suspend"),
        Terminator::Resume => Some("resume"),
        Terminator::Throw => Some("throw"),
        Terminator::Try => Some("try"),
        Terminator::Never => Some("never returns"),
    }
}

/// Text inside of a quoted DOT string.
fn dot(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// Text inside of a quoted Mermaid label: everything that Mermaid, its markdown or HTML could take for its own goes by its
/// number.
fn mermaid(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '+' | '=' | '/' | '(' | ')' | '…') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        query::{
            Shape, SymbolFacts,
            testing::{block, looping, metrics, symbol, text_of},
        },
        record::SymbolKind,
    };

    fn sample() -> (FunctionGraph, SourceText) {
        let function = symbol("src/a.rs", "demo::a::go", SymbolKind::Function, (1, 6));
        let blocks = looping();
        let facts = SymbolFacts {
            metrics: Some(metrics(&function, 2, 1)),
            shape: Some(Shape::of(&blocks)),
            notes: Vec::new(),
            symbol: function,
            heaviest: vec![],
            lighter: 0,
        };
        let text = text_of(&[
            "fn go() {",
            "    while a[\"x\"] < 1 {",
            "        step(`b`, '\\n')?;",
            "    return 3;",
            "    panic!();",
            "}",
        ]);
        (FunctionGraph { function: facts, blocks }, text)
    }

    #[test]
    fn text_has_a_paragraph_a_block() {
        let (graph, text) = sample();
        insta::assert_snapshot!(graph.to_text(Some(&text)), @r#"
        demo::a::go  src/a.rs:1-6
        5 blocks, 5 edges, cyclomatic 2

        B0  entry  L1
            fn go() {
            -> B1

        B1  loop header  L2
            while a["x"] < 1 {
            branch -> B2 (true), B3 (false)

        B2  body  L3
            step(`b`, '\n')?;
            try -> B1 (back), B5 (exception)

        B3  body  L4
            return 3;
            return

        B4  unreachable  L5
            panic!();
            throw

        B5  exit
        "#);
    }

    #[test]
    fn dot_escapes_and_marks() {
        let (graph, text) = sample();
        insta::assert_snapshot!(graph.to_dot(Some(&text)), @r#"
        digraph "demo::a::go" {
          node [shape=box, fontname="monospace"];
          B0 [label="B0 entry L1\lfn go() {\l", style=rounded];
          B1 [label="B1 loop header L2\lwhile a[\"x\"] < 1 {\l"];
          B2 [label="B2 body L3\lstep(`b`, '\\n')?;\l"];
          B3 [label="B3 body L4, returns\lreturn 3;\l", peripheries=2];
          B4 [label="B4 unreachable L5, throws\lpanic!();\l", style=filled, fillcolor=gray85, fontcolor=gray40, color=gray60, peripheries=2];
          B5 [label="B5 exit\l", style=rounded, peripheries=2];
          B0 -> B1;
          B1 -> B2 [label="true"];
          B1 -> B3 [label="false"];
          B2 -> B1 [label="back", style=bold, constraint=false];
          B2 -> B5 [label="exception", style=dashed];
        }
        "#);
    }

    #[test]
    fn mermaid_leaves_no_character_to_be_mistaken() {
        let (graph, text) = sample();
        insta::assert_snapshot!(graph.to_mermaid(Some(&text)), @r#"
        flowchart TD
          B0["B0 entry L1<br/>fn go() #123;"]
          B1["B1 loop header L2<br/>while a#91;#34;x#34;#93; #60; 1 #123;"]
          B2["B2 body L3<br/>step(#96;b#96;, #39;#92;n#39;)#63;#59;"]
          B3(["B3 body L4, returns<br/>return 3#59;"])
          B4(["B4 unreachable L5, throws<br/>panic#33;()#59;"])
          B5(["B5 exit"])
          B0 --> B1
          B1 -->|true| B2
          B1 -->|false| B3
          B2 ==>|back| B1
          B2 -.->|exception| B5
          classDef unreachable fill:#ddd,stroke:#999,color:#666
          class B4 unreachable
        "#);
    }

    #[test]
    fn without_a_body_there_is_no_graph_to_draw() {
        let (mut graph, _) = sample();
        graph.blocks.clear();
        assert!(graph.to_text(None).ends_with("no body\n"));
        assert_eq!(graph.to_mermaid(None), "flowchart TD\n");
    }

    #[test]
    fn long_code_is_cut_between_characters() {
        let text = SourceText::from_buffer("é".repeat(200));
        let block = CfgBlock { byte_end: 400, ..block(0, BlockKind::Body, Terminator::Goto, (1, 1), &[]) };
        assert_eq!(code(&block, Some(&text)), Some("é".repeat(60) + "…"));
    }
}
