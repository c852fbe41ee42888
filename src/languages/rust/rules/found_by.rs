//! Words that lead to where members stand that no full name leads to: blocks of a type in other modules than it, methods
//! that only a trait has, macros, which are known in modules that do not hold them.

use crate::record::{Expr, Facts, SymbolKind};

/// Of `impl` blocks, by the last part of their type's name.
pub fn blocks(of: &str) -> String {
    format!("impl {of}")
}

/// Of traits, by a function that they have.
pub fn traits(function: &str) -> String {
    format!("trait {function}")
}

/// Of whatever holds macros of a name.
pub fn macros(name: &str) -> String {
    format!("macro {name}")
}

/// What is found by which word: places in [`Facts::owners`].
pub fn found_by(facts: &Facts) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    for symbol in &facts.symbols {
        let name = || facts.bindings.get(symbol.binding as usize).map_or("", |binding| facts.name(binding.name));
        if symbol.kind == SymbolKind::Macro {
            found.push((macros(name()), symbol.owner));
        }
        let Some(holder) = facts.symbols.get(symbol.container as usize) else { continue };
        match holder.kind {
            SymbolKind::Impl => {
                let owner = facts.owners.get(symbol.owner as usize).map_or("", String::as_str);
                found.push((blocks(owner.rsplit("::").next().unwrap_or(owner)), symbol.owner));
                // A block for a slice is called by what it is a slice of.
                let ty =
                    facts.bindings.get(holder.binding as usize).map_or(Expr::Unknown, |block| facts.expr(block.ty));
                if let Expr::Lib { name, .. } = ty
                    && facts.name(name) == "slice"
                {
                    found.push((blocks("slice"), symbol.owner));
                }
            }
            SymbolKind::Trait if symbol.kind.is_function() => found.push((traits(name()), symbol.owner)),
            _ => {}
        }
    }
    found
}
