//! What the client can do and wants, and what we therefore offer.
//!
//! The parameters of `initialize` are read by hand: the types of `lsp_types` refuse all of them for one enum value that
//! they do not know, and newer clients send such values.

use std::{collections::HashMap, path::PathBuf};

use serde_json::Value;
use tower_lsp::lsp_types::{
    CallHierarchyServerCapability, DeclarationCapability, FoldingRangeProviderCapability, HoverProviderCapability,
    ImplementationProviderCapability, InitializeResult, OneOf, SaveOptions, SelectionRangeProviderCapability,
    ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, TypeDefinitionProviderCapability, Url,
};

use super::convert::{Location, Units};
use crate::languages::{self, Language};

/// How much is offered for a language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everything: nobody else serves the language.
    #[default]
    Full,
    /// Only what adds to the main server beside us.
    Companion,
}

impl Mode {
    fn named(name: &Value) -> Option<Self> {
        match name.as_str()? {
            "full" => Some(Mode::Full),
            "companion" => Some(Mode::Companion),
            _ => None,
        }
    }
}

/// What we need to know of the client. Whatever cannot be understood counts as not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientFacts {
    pub units: Units,
    pub hover_markdown: bool,
    pub nested_symbols: bool,
    /// It names the kinds of symbols that it shows in outlines.
    pub outline_kinds: bool,
    /// And those that it shows in a search.
    pub search_kinds: bool,
    pub whole_line_folds: bool,
    pub fold_limit: Option<usize>,
    pub progress: bool,
    /// The workspace's folder. Of several the first: one session has one index, and files of the other folders are answered
    /// as files outside of the root are, each by itself once it is open.
    pub folder: Option<PathBuf>,
    mode: Mode,
    modes: HashMap<String, Mode>,
}

impl ClientFacts {
    pub fn read(params: &Value) -> Self {
        let at = |path: &str| params.pointer(path);
        let is_true = |path: &str| at(path).and_then(Value::as_bool) == Some(true);
        let list = |path: &str| at(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let options = at("/initializationOptions").and_then(Value::as_object);
        let mode_of = |(name, value): (&String, &Value)| Some((name.clone(), Mode::named(value)?));
        let mut modes: HashMap<String, Mode> = options.into_iter().flatten().filter_map(mode_of).collect();
        ClientFacts {
            units: list("/capabilities/general/positionEncodings")
                .iter()
                .find_map(|name| Units::named(name.as_str()?))
                .unwrap_or_default(),
            hover_markdown: list("/capabilities/textDocument/hover/contentFormat")
                .iter()
                .find_map(|format| format.as_str().filter(|name| matches!(*name, "markdown" | "plaintext")))
                == Some("markdown"),
            nested_symbols: is_true("/capabilities/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            outline_kinds: at("/capabilities/textDocument/documentSymbol/symbolKind/valueSet")
                .is_some_and(Value::is_array),
            search_kinds: at("/capabilities/workspace/symbol/symbolKind/valueSet").is_some_and(Value::is_array),
            whole_line_folds: is_true("/capabilities/textDocument/foldingRange/lineFoldingOnly"),
            fold_limit: at("/capabilities/textDocument/foldingRange/rangeLimit")
                .and_then(Value::as_u64)
                .and_then(|limit| usize::try_from(limit).ok()),
            progress: is_true("/capabilities/window/workDoneProgress"),
            folder: folder(params),
            mode: modes.remove("mode").unwrap_or_default(),
            modes,
        }
    }

    pub fn mode(&self, language: &Language) -> Mode {
        let own = std::iter::once(&language.name).chain(language.editor_ids).find_map(|name| self.modes.get(*name));
        own.copied().unwrap_or(self.mode)
    }

    /// Everything is offered for at least one language.
    fn any_full(&self) -> bool {
        languages::all().iter().any(|language| self.mode(language) == Mode::Full)
    }
}

/// The first workspace folder, else the root by its URI, else by its path, whatever of them is a directory's path.
fn folder(params: &Value) -> Option<PathBuf> {
    let folders = params.get("workspaceFolders").and_then(Value::as_array);
    let uris = folders.into_iter().flatten().filter_map(|folder| folder.get("uri"));
    let by_uri = uris.chain(params.get("rootUri")).find_map(|uri| {
        let uri = Url::parse(uri.as_str()?).ok()?;
        Location::of(&uri).file().map(PathBuf::from)
    });
    by_uri.or_else(|| {
        let path = PathBuf::from(params.get("rootPath")?.as_str()?);
        path.is_absolute().then_some(path)
    })
}

/// The answer to `initialize`. In companion mode the rest is absent: an empty answer would draw an empty outline beside
/// the main server's.
pub fn offer(facts: &ClientFacts) -> InitializeResult {
    let full = facts.any_full();
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let capabilities = ServerCapabilities {
        position_encoding: Some(facts.units.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        document_symbol_provider: full.then_some(OneOf::Left(true)),
        workspace_symbol_provider: full.then_some(OneOf::Left(true)),
        folding_range_provider: full.then_some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: full.then_some(SelectionRangeProviderCapability::Simple(true)),
        definition_provider: full.then_some(OneOf::Left(true)),
        declaration_provider: full.then_some(DeclarationCapability::Simple(true)),
        type_definition_provider: full.then_some(TypeDefinitionProviderCapability::Simple(true)),
        implementation_provider: full.then_some(ImplementationProviderCapability::Simple(true)),
        call_hierarchy_provider: full.then_some(CallHierarchyServerCapability::Simple(true)),
        references_provider: full.then_some(OneOf::Left(true)),
        document_highlight_provider: full.then_some(OneOf::Left(true)),
        ..ServerCapabilities::default()
    };
    let server = ServerInfo { name: "rutter".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    InitializeResult { capabilities, server_info: Some(server) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_said_means_the_protocols_defaults() {
        for params in [json!(null), json!([]), json!({"capabilities": 7, "rootUri": {}, "workspaceFolders": "no"})] {
            let facts = ClientFacts::read(&params);
            assert_eq!(facts, ClientFacts::default());
            assert_eq!(facts.units, Units::Utf16);
        }
    }

    #[test]
    fn reads_around_what_it_does_not_know() {
        let facts = ClientFacts::read(&json!({
            "workspaceFolders": [{"uri": "untitled:x"}, {"uri": "file:///a%20b", "name": "a b"}],
            "rootUri": "file:///other",
            "capabilities": {
                "general": {"positionEncodings": ["utf-64", "utf-32", "utf-8"]},
                "textDocument": {
                    "hover": {"contentFormat": ["html", "markdown", "plaintext"]},
                    "foldingRange": {"foldingRangeKind": {"valueSet": ["a-new-one"]}, "lineFoldingOnly": true, "rangeLimit": 9},
                    "documentSymbol": {"symbolKind": {"valueSet": [1, "x"]}, "hierarchicalDocumentSymbolSupport": true},
                },
                "window": {"workDoneProgress": true},
            },
        }));
        assert_eq!(facts.units, Units::Utf32);
        assert!(facts.hover_markdown && facts.nested_symbols && facts.whole_line_folds && facts.progress);
        assert!(facts.outline_kinds && !facts.search_kinds);
        assert_eq!(facts.fold_limit, Some(9));
        assert_eq!(facts.folder, Some(PathBuf::from("/a b")));
    }

    #[test]
    fn a_companion_offers_hover_and_nothing_that_shows_twice() {
        let options = json!({"initializationOptions": {"mode": "companion"}});
        let offered = offer(&ClientFacts::read(&options)).capabilities;
        assert!(offered.hover_provider.is_some() && offered.document_symbol_provider.is_none());
        assert!(offered.workspace_symbol_provider.is_none() && offered.folding_range_provider.is_none());
        let mixed = ClientFacts::read(&json!({"initializationOptions": {"rust": "companion", "python": "odd"}}));
        let mode = |name| languages::by_name(name).map(|language| mixed.mode(language));
        assert_eq!((mode("rust"), mode("python")), (Some(Mode::Companion), Some(Mode::Full)));
        assert!(offer(&mixed).capabilities.document_symbol_provider.is_some());
    }
}
