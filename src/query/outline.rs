//! A file's symbols as a tree.

use std::{borrow::Cow, collections::HashMap};

use serde::Serialize;

use super::View;
use crate::{
    kv::StoreError,
    record::{Symbol, SymbolId, SymbolKind},
};

/// A symbol and what it contains, in source order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    #[serde(flatten)]
    pub symbol: Symbol,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

/// Deeper nodes stand beside each other at this depth. Trees are dropped and written by recursion, here and in the
/// editors, and code made to nest 100,000 times must not end in an overflow of the stack. A node is two levels of JSON, and
/// readers of JSON stop at 128.
const MAX_DEPTH: usize = 48;

/// The outline of a file; `None` when the file is not known to the index. A file that was skipped has an empty one.
pub fn outline(view: &View, path: &str) -> Result<Option<Vec<Node>>, StoreError> {
    let Some(file) = view.file(path)? else { return Ok(None) };
    let symbols = view.file_symbols(&file)?;
    let mut list = Vec::with_capacity(symbols.len());
    for at in 0..symbols.len() {
        list.extend(symbols.get(at)?.map(Cow::into_owned));
    }
    Ok(Some(tree(list)))
}

/// A list in source order to a tree in source order. What names a container that does not stand before it is at the top.
/// Anonymous functions are left out; what is in them is in what they are in.
pub fn tree(mut symbols: Vec<Symbol>) -> Vec<Node> {
    let mut anonymous: HashMap<SymbolId, Option<SymbolId>> = HashMap::new();
    symbols.retain_mut(|symbol| {
        if let Some(around) = symbol.container.and_then(|id| anonymous.get(&id)) {
            symbol.container = *around;
        }
        let has_place = symbol.kind != SymbolKind::Closure && !symbol.unlisted;
        if !has_place {
            anonymous.insert(symbol.symbol_id, symbol.container);
        }
        has_place
    });
    let mut places: HashMap<SymbolId, usize> = HashMap::with_capacity(symbols.len());
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(symbols.len());
    let mut depths: Vec<usize> = Vec::with_capacity(symbols.len());
    for (at, symbol) in symbols.iter().enumerate() {
        let mut parent = symbol.container.and_then(|id| places.get(&id).copied());
        let mut depth = parent.map_or(0, |parent| depths[parent] + 1);
        if let Some(deep) = parent.filter(|_| depth > MAX_DEPTH) {
            parent = parents[deep];
            depth = MAX_DEPTH;
        }
        places.insert(symbol.symbol_id, at);
        parents.push(parent);
        depths.push(depth);
    }
    // From the last to the first every node is whole when it is moved into its parent.
    let mut nodes: Vec<Node> = symbols.into_iter().map(|symbol| Node { symbol, children: Vec::new() }).collect();
    let mut roots = Vec::new();
    while let Some(mut node) = nodes.pop() {
        node.children.reverse();
        match parents[nodes.len()] {
            Some(parent) => nodes[parent].children.push(node),
            None => roots.push(node),
        }
    }
    roots.reverse();
    roots
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::testing::{inside, symbol};
    use crate::record::SymbolKind::{Class, Field, Function, Impl, Method};

    fn draw(nodes: &[Node], depth: usize, out: &mut String) {
        for node in nodes {
            *out += &format!("{}{}\n", "  ".repeat(depth), node.symbol.name);
            draw(&node.children, depth + 1, out);
        }
    }

    fn drawn(symbols: Vec<Symbol>) -> String {
        let mut out = String::new();
        draw(&tree(symbols), 0, &mut out);
        out
    }

    #[test]
    fn members_stand_in_their_containers_in_source_order() {
        let class = symbol("a.py", "A", Class, (1, 20));
        let init = inside(symbol("a.py", "A::init", Method, (2, 9)), &class);
        let field = inside(symbol("a.py", "A::x", Field, (3, 3)), &class);
        let nested = inside(symbol("a.py", "A::init::nested", Function, (4, 6)), &init);
        let block = symbol("a.py", "impl A", Impl, (30, 40));
        let method = inside(symbol("a.py", "A::go", Method, (31, 33)), &block);
        insta::assert_snapshot!(drawn(vec![class, init, field, nested, block, method]), @r"
        A
          init
            nested
          x
        impl A
          go
        ");
    }

    #[test]
    fn an_unknown_container_is_none() {
        let class = symbol("a.py", "A", Class, (1, 20));
        assert_eq!(drawn(vec![inside(symbol("a.py", "f", Function, (2, 9)), &class)]), "f\n");
    }

    #[test]
    fn no_depth_overflows_the_stack() {
        let mut symbols = vec![symbol("a.rs", "f", Function, (1, 1))];
        for at in 1..20_000 {
            let next = inside(symbol("a.rs", &format!("f{at}"), Function, (1, 1)), &symbols[at - 1]);
            symbols.push(next);
        }
        let mut nodes = tree(symbols);
        let json = serde_json::json!({"jsonrpc": "2.0", "result": nodes}).to_string();
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "too deep for a common reader");
        let mut depth = 0;
        while let Some(node) = nodes.into_iter().next() {
            depth += 1;
            nodes = node.children;
        }
        assert_eq!(depth, MAX_DEPTH + 1);
    }
}
