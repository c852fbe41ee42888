//! What the client can do and wants, and what we therefore offer.
//!
//! The parameters of `initialize` are read by hand: the types of `lsp_types` refuse all of them for one enum value that
//! they do not know, and newer clients send such values.

use std::{collections::HashSet, path::PathBuf};

use serde_json::Value;
use tower_lsp::lsp_types::{
    CallHierarchyServerCapability, CodeLensOptions, DeclarationCapability, FileOperationFilter, FileOperationPattern,
    FileOperationRegistrationOptions, FoldingRangeProviderCapability, HoverProviderCapability,
    ImplementationProviderCapability, InitializeResult, OneOf, SaveOptions, SelectionRangeProviderCapability,
    ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions,
    TextDocumentSyncSaveOptions, TypeDefinitionProviderCapability, Url, WorkspaceFileOperationsServerCapabilities,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use super::convert::{Location, Units};

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
    /// The workspace's folders, as the client names them.
    pub folders: Vec<PathBuf>,
    /// It can be asked for its settings.
    pub configuration: bool,
    pub registers_configuration: bool,
    pub registers_watched_files: bool,
    /// It can be asked to ask for code lenses again.
    pub refreshes_lenses: bool,
    /// What code lenses may lead to.
    pub commands: HashSet<String>,
    /// It wants to be told how the indexes are doing.
    pub status: bool,
    /// The features that it lets us register, by their methods.
    registers: HashSet<&'static str>,
    /// What full mode has more than companion mode is in the answer to `initialize`, as far as it is not registered.
    pub offered: bool,
}

/// Where a feature is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For the documents of some languages.
    Documents,
    Workspace,
}

/// What is offered in full mode only.
#[derive(Debug)]
pub struct Feature {
    pub method: &'static str,
    pub scope: Scope,
    /// The client's capability.
    of_client: &'static str,
    /// For a client that lets us register nothing.
    offer: fn(&mut ServerCapabilities),
}

macro_rules! feature {
    ($method:literal, $of_client:literal, $field:ident, $value:expr) => {
        Feature {
            method: $method,
            scope: Scope::Documents,
            of_client: concat!("/capabilities/textDocument/", $of_client),
            offer: |offered| offered.$field = Some($value),
        }
    };
}

pub static FEATURES: [Feature; 12] = [
    feature!("textDocument/documentSymbol", "documentSymbol", document_symbol_provider, OneOf::Left(true)),
    feature!(
        "textDocument/foldingRange",
        "foldingRange",
        folding_range_provider,
        FoldingRangeProviderCapability::Simple(true)
    ),
    feature!(
        "textDocument/selectionRange",
        "selectionRange",
        selection_range_provider,
        SelectionRangeProviderCapability::Simple(true)
    ),
    feature!("textDocument/definition", "definition", definition_provider, OneOf::Left(true)),
    feature!("textDocument/declaration", "declaration", declaration_provider, DeclarationCapability::Simple(true)),
    feature!(
        "textDocument/typeDefinition",
        "typeDefinition",
        type_definition_provider,
        TypeDefinitionProviderCapability::Simple(true)
    ),
    feature!(
        "textDocument/implementation",
        "implementation",
        implementation_provider,
        ImplementationProviderCapability::Simple(true)
    ),
    feature!(
        "textDocument/prepareCallHierarchy",
        "callHierarchy",
        call_hierarchy_provider,
        CallHierarchyServerCapability::Simple(true)
    ),
    // The types of the protocol at hand have no field to offer it by.
    Feature {
        method: "textDocument/prepareTypeHierarchy",
        scope: Scope::Documents,
        of_client: "/capabilities/textDocument/typeHierarchy",
        offer: |_| {},
    },
    feature!("textDocument/references", "references", references_provider, OneOf::Left(true)),
    feature!("textDocument/documentHighlight", "documentHighlight", document_highlight_provider, OneOf::Left(true)),
    Feature {
        method: "workspace/symbol",
        scope: Scope::Workspace,
        of_client: "/capabilities/workspace/symbol",
        offer: |offered| offered.workspace_symbol_provider = Some(OneOf::Left(true)),
    },
];

impl ClientFacts {
    pub fn read(params: &Value) -> Self {
        let at = |path: &str| params.pointer(path);
        let is_true = |path: &str| at(path).and_then(Value::as_bool) == Some(true);
        let list = |path: &str| at(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let registers = |of_client: &str| is_true(&format!("{of_client}/dynamicRegistration"));
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
            folders: folders(params),
            configuration: is_true("/capabilities/workspace/configuration"),
            registers_configuration: registers("/capabilities/workspace/didChangeConfiguration"),
            refreshes_lenses: is_true("/capabilities/workspace/codeLens/refreshSupport"),
            commands: list("/capabilities/experimental/commands/commands")
                .iter()
                .filter_map(|command| command.as_str().map(str::to_owned))
                .collect(),
            status: is_true("/capabilities/experimental/rutter/status"),
            registers_watched_files: registers("/capabilities/workspace/didChangeWatchedFiles"),
            registers: FEATURES
                .iter()
                .filter(|feature| registers(feature.of_client))
                .map(|feature| feature.method)
                .collect(),
            offered: false,
        }
    }

    pub fn registers(&self, feature: &Feature) -> bool {
        self.registers.contains(feature.method)
    }
}

/// The workspace's folders, else the root by its URI, else by its path, as far as they are directories' paths.
fn folders(params: &Value) -> Vec<PathBuf> {
    let by_uri = |uri: &Value| {
        let uri = Url::parse(uri.as_str()?).ok()?;
        Location::of(&uri).file().map(PathBuf::from)
    };
    let named = params.get("workspaceFolders").and_then(Value::as_array);
    let named: Vec<PathBuf> =
        named.into_iter().flatten().filter_map(|folder| folder.get("uri").and_then(by_uri)).collect();
    if !named.is_empty() {
        return named;
    }
    let root = params.get("rootUri").and_then(by_uri).or_else(|| {
        let path = PathBuf::from(params.get("rootPath")?.as_str()?);
        path.is_absolute().then_some(path)
    });
    root.into_iter().collect()
}

/// The answer to `initialize`. In companion mode the rest is absent: an empty answer would draw an empty outline beside
/// the main server's. What the client lets us register is absent, too, and follows for the languages in full mode.
pub fn offer(facts: &ClientFacts) -> InitializeResult {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
        ..TextDocumentSyncOptions::default()
    };
    let mut capabilities = ServerCapabilities {
        position_encoding: Some(facts.units.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(true) }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: Some(WorkspaceFileOperationsServerCapabilities {
                did_create: Some(any_file()),
                did_rename: Some(any_file()),
                did_delete: Some(any_file()),
                ..WorkspaceFileOperationsServerCapabilities::default()
            }),
        }),
        ..ServerCapabilities::default()
    };
    for feature in FEATURES.iter().filter(|feature| facts.offered && !facts.registers(feature)) {
        (feature.offer)(&mut capabilities);
    }
    let server = ServerInfo { name: "rutter".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    InitializeResult { capabilities, server_info: Some(server) }
}

/// Files and directories: ignore files and project files count as well as sources.
fn any_file() -> FileOperationRegistrationOptions {
    let pattern = FileOperationPattern { glob: "**/*".to_owned(), ..FileOperationPattern::default() };
    FileOperationRegistrationOptions { filters: vec![FileOperationFilter { scheme: Some("file".to_owned()), pattern }] }
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
        assert_eq!(facts.folders, [PathBuf::from("/a b")]);
    }

    #[test]
    fn folders_come_before_the_root_and_a_root_before_a_path() {
        let folders = |params: Value| ClientFacts::read(&params).folders;
        let two = json!([{"uri": "file:///a"}, {"uri": "untitled:x"}, {"uri": "file:///b"}]);
        assert_eq!(folders(json!({"workspaceFolders": two, "rootUri": "file:///c"})), ["/a", "/b"].map(PathBuf::from));
        assert_eq!(folders(json!({"workspaceFolders": [], "rootUri": "file:///c"})), [PathBuf::from("/c")]);
        assert_eq!(folders(json!({"workspaceFolders": null, "rootPath": "/d"})), [PathBuf::from("/d")]);
        assert!(folders(json!({"rootPath": "d"})).is_empty());
    }

    #[test]
    fn a_companion_offers_hover_and_nothing_that_shows_twice() {
        let offered = offer(&ClientFacts::default()).capabilities;
        assert!(offered.hover_provider.is_some() && offered.document_symbol_provider.is_none());
        assert!(offered.workspace_symbol_provider.is_none() && offered.folding_range_provider.is_none());
    }

    #[test]
    fn what_can_be_registered_is_not_offered_as_well() {
        let facts = ClientFacts::read(
            &json!({"capabilities": {"textDocument": {"definition": {"dynamicRegistration": true}}}}),
        );
        let offered = offer(&ClientFacts { offered: true, ..facts }).capabilities;
        assert!(offered.definition_provider.is_none() && offered.references_provider.is_some());
    }
}
