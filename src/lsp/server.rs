//! The routes: one line a method.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::{
    LanguageServer,
    jsonrpc::Result,
    lsp_types::{
        CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall,
        CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, DidChangeTextDocumentParams,
        DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentHighlight,
        DocumentHighlightParams, DocumentSymbolParams, DocumentSymbolResponse, FoldingRange, FoldingRangeParams,
        GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams, InitializeParams, InitializeResult,
        InitializedParams, Location, MessageType, ReferenceParams, SelectionRange, SelectionRangeParams,
        SymbolInformation, TypeHierarchyItem, TypeHierarchyPrepareParams, TypeHierarchySubtypesParams,
        TypeHierarchySupertypesParams, WorkDoneProgressCancelParams, WorkspaceSymbolParams,
    },
};

use super::{
    capabilities::{self, ClientFacts},
    place::{Place, usable_root},
    requests,
    state::{Session, State},
    sync,
    work::{Fault, request},
    workspace::{self, Run},
};

#[derive(Debug)]
pub struct Server {
    pub state: Arc<State>,
    pub run: Arc<Run>,
}

impl Server {
    pub fn new(state: Arc<State>) -> Self {
        Server { state, run: Arc::default() }
    }

    /// `window/workDoneProgress/cancel`
    pub async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        if params.token == Run::token() {
            self.run.cancel();
        }
    }

    /// What the client said of itself, and the workspace. Its index opens while the client reads our answer.
    fn begin(&self, params: &Value) -> InitializeResult {
        let facts = ClientFacts::read(params);
        let state = &self.state;
        let root = state.options.root.as_ref().or(facts.folder.as_ref()).and_then(|root| {
            let refused = |fault| state.say(MessageType::WARNING, format!("rutter: {fault}"));
            usable_root(root).map_err(refused).ok()
        });
        // The command line may name it by a relative path.
        let named = if state.options.root.is_some() { root.clone() } else { facts.folder.clone() };
        let offer = capabilities::offer(&facts);
        state.begin(Session { facts, place: Place::of(root, named) });
        tokio::spawn(open_index(state.clone()));
        offer
    }
}

async fn open_index(state: Arc<State>) {
    let opener = state.clone();
    let opened = tokio::task::spawn_blocking(move || opener.session().place.open(&opener.options)).await;
    if let Err(fault) = opened.map_err(Fault::from).flatten() {
        state.session().place.settle();
        let message = format!("rutter: {fault}. Until then answers come from the open files alone.");
        state.say(MessageType::WARNING, message);
    }
    // That and why an index was set aside.
    if let Some(notice) = state.session().place.index_now().and_then(|index| index.store.notice()) {
        state.say(MessageType::WARNING, format!("rutter: {notice}"));
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        // See `transport`: what the client has sent is all in here.
        Ok(self.begin(&params.initialization_options.unwrap_or_default()))
    }

    async fn initialized(&self, _: InitializedParams) {
        if !self.state.ready.send_replace(true) {
            workspace::start(&self.state, &self.run);
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.run.cancel();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        sync::open(&self.state, params);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        sync::change(&self.state, params);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        sync::save(&self.state, params);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        sync::close(&self.state, params);
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        request("textDocument/hover", requests::hover(&self.state, params)).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        request("textDocument/documentSymbol", requests::document_symbol(&self.state, params)).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<Vec<SymbolInformation>>> {
        request("workspace/symbol", requests::workspace_symbol(&self.state, params)).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        request("textDocument/foldingRange", requests::folding_range(&self.state, params)).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        request("textDocument/selectionRange", requests::selection_range(&self.state, params)).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        request("textDocument/definition", requests::definition(&self.state, params)).await
    }

    async fn goto_declaration(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        request("textDocument/declaration", requests::definition(&self.state, params)).await
    }

    async fn goto_type_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        request("textDocument/typeDefinition", requests::type_definition(&self.state, params)).await
    }

    async fn goto_implementation(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        request("textDocument/implementation", requests::implementation(&self.state, params)).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        request("textDocument/prepareCallHierarchy", requests::call_hierarchy::prepare(&self.state, params)).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        request("callHierarchy/incomingCalls", requests::call_hierarchy::incoming(&self.state, params)).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        request("callHierarchy/outgoingCalls", requests::call_hierarchy::outgoing(&self.state, params)).await
    }

    async fn prepare_type_hierarchy(
        &self,
        params: TypeHierarchyPrepareParams,
    ) -> Result<Option<Vec<TypeHierarchyItem>>> {
        request("textDocument/prepareTypeHierarchy", requests::type_hierarchy::prepare(&self.state, params)).await
    }

    async fn supertypes(&self, params: TypeHierarchySupertypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
        request("typeHierarchy/supertypes", requests::type_hierarchy::supertypes(&self.state, params)).await
    }

    async fn subtypes(&self, params: TypeHierarchySubtypesParams) -> Result<Option<Vec<TypeHierarchyItem>>> {
        request("typeHierarchy/subtypes", requests::type_hierarchy::subtypes(&self.state, params)).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        request("textDocument/references", requests::references(&self.state, params)).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        request("textDocument/documentHighlight", requests::document_highlight(&self.state, params)).await
    }
}
