//! Symbols of what the binder found that other files can reach, and the walk made none of.

use super::{
    definitions::{Definitions, Draft},
    walk::FunctionFacts,
};
use crate::{
    bind::{Binder, Made},
    record::{NONE, Visibility},
};

/// Between a symbol and a member of a type in it that has no name.
const NAMELESS: &str = "{}";

/// Adds them in the order of their places. Where symbols stand in the list then, all hear that count on it.
pub(super) fn add(definitions: &mut Definitions<'_>, binder: &mut Binder<'_>, functions: &mut [FunctionFacts]) {
    let made = binder.open_members(&definitions.symbols);
    if made.is_empty() {
        return;
    }
    let separator = definitions.language.separator;
    let before = definitions.symbols.len();
    for Made { name, range, kind, holder, in_shape } in made {
        let around = definitions.symbols.get(holder as usize);
        let mut fqn = around.map_or_else(|| definitions.module().to_string(), |around| around.fqn.clone());
        for part in [in_shape.then_some(NAMELESS), Some(name.as_str())].into_iter().flatten() {
            if !fqn.is_empty() {
                fqn.push_str(separator);
            }
            fqn.push_str(part);
        }
        let container = around.map(|around| around.symbol_id);
        let draft = Draft {
            name: &name,
            name_range: range.clone(),
            kind,
            range,
            signature: None,
            doc: None,
            visibility: Visibility::Public,
            owner: None,
        };
        let symbol = definitions.push_as(draft, fqn, container);
        definitions.symbols[symbol].unlisted = true;
    }
    // Each goes behind all that starts before it.
    let symbols = std::mem::take(&mut definitions.symbols);
    let mut added: Vec<usize> = (before..symbols.len()).collect();
    added.sort_by_key(|&at| symbols[at].byte_start);
    let mut order = Vec::with_capacity(symbols.len());
    let mut added = added.into_iter().peekable();
    for at in 0..before {
        while let Some(next) = added.next_if(|&next| symbols[next].byte_start < symbols[at].byte_start) {
            order.push(next);
        }
        order.push(at);
    }
    order.extend(added);
    let mut places = vec![NONE; symbols.len()];
    for (place, &at) in order.iter().enumerate() {
        places[at] = place as u32;
    }
    let mut symbols: Vec<Option<_>> = symbols.into_iter().map(Some).collect();
    definitions.symbols = order.iter().filter_map(|&at| symbols[at].take()).collect();
    for function in functions {
        function.symbol = places[function.symbol] as usize;
    }
    binder.move_symbols(&places);
}
