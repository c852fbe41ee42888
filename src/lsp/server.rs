//! The routes: one line a method.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::{
    LanguageServer,
    jsonrpc::Result,
    lsp_types::{
        CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall,
        CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, CodeLens, CodeLensParams, CreateFilesParams,
        DeleteFilesParams, DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
        DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
        DidSaveTextDocumentParams, DocumentHighlight, DocumentHighlightParams, DocumentSymbolParams, FoldingRange,
        FoldingRangeParams, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverParams, InitializeParams,
        InitializeResult, InitializedParams, Location, ReferenceParams, RenameFilesParams, SelectionRange,
        SelectionRangeParams, SymbolInformation, TextDocumentPositionParams, TypeHierarchyItem,
        TypeHierarchyPrepareParams, TypeHierarchySubtypesParams, TypeHierarchySupertypesParams,
        WorkDoneProgressCancelParams, WorkspaceSymbolParams,
    },
};

use super::{
    capabilities::{self, ClientFacts},
    configuration, files, folders, lenses, others, registration, requests,
    state::{Session, State},
    status,
    sync::{self, guarded},
    transport::Aside,
    work::request,
};

#[derive(Debug)]
pub struct Server {
    pub state: Arc<State>,
    pub aside: Aside,
}

impl Server {
    pub fn new(state: Arc<State>) -> Self {
        Server { state, aside: Aside::default() }
    }

    /// `window/workDoneProgress/cancel`
    pub async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        if let Some(root) = self.state.roots.all().iter().find(|root| root.run.token() == params.token) {
            root.run.cancel();
        }
    }

    /// `textDocument/documentSymbol`: the outline is large, and is JSON already.
    pub async fn outline(&self, params: DocumentSymbolParams) -> Result<Value> {
        let outline = request("textDocument/documentSymbol", requests::document_symbol(&self.state, params)).await?;
        Ok(self.aside.leave(outline))
    }

    pub async fn control_flow(&self, params: requests::control_flow::Params) -> Result<Option<Value>> {
        request("rutter/controlFlow", requests::control_flow::control_flow(&self.state, params)).await
    }

    pub async fn why(&self, params: TextDocumentPositionParams) -> Result<Option<Value>> {
        request("rutter/why", requests::why(&self.state, params)).await
    }

    pub async fn callers(&self, params: TextDocumentPositionParams) -> Result<Option<Value>> {
        request("rutter/callers", requests::callers(&self.state, params)).await
    }

    pub async fn metrics(&self, params: requests::metrics::Params) -> Result<Option<Value>> {
        request("rutter/metrics", requests::metrics::metrics(&self.state, params)).await
    }

    pub async fn hotspots(&self, params: requests::hotspots::Params) -> Result<Option<Value>> {
        request("rutter/hotspots", requests::hotspots::hotspots(&self.state, params)).await
    }

    pub async fn status(&self) -> Result<Value> {
        let state = self.state.clone();
        request("rutter/status", async move { status::status(&state).await }).await
    }

    /// `rutter/others`
    pub async fn others(&self, params: Value) {
        guarded("rutter/others", || others::changed(&self.state, &params));
    }

    /// What the client said of itself, and its workspaces.
    fn begin(&self, params: &Value) -> InitializeResult {
        let state = &self.state;
        let mut options = params.get("initializationOptions").cloned().unwrap_or_default();
        if let Some(languages) = options.as_object_mut().and_then(|options| options.remove(others::OPTION)) {
            state.others.take(&languages);
        }
        state.told.options(options);
        let mut facts = ClientFacts::read(params);
        facts.offered = configuration::any_full(state, &facts);
        let offer = capabilities::offer(&facts);
        state.begin(Session { facts });
        folders::begin(state);
        offer
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
            folders::start(&self.state);
            let state = || Arc::downgrade(&self.state);
            tokio::spawn(registration::run(state(), self.state.registrar.subscribe()));
            tokio::spawn(lenses::run(state(), self.state.lenses.subscribe()));
            tokio::spawn(status::run(state(), self.state.status.subscribe()));
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.state.roots.all().iter().for_each(|root| root.run.cancel());
        Ok(())
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        guarded("workspace/didChangeConfiguration", || configuration::changed(&self.state, &params.settings));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        guarded("workspace/didChangeWorkspaceFolders", || folders::changed(&self.state, params));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        guarded("workspace/didChangeWatchedFiles", || files::changed(&self.state, params));
    }

    async fn did_create_files(&self, params: CreateFilesParams) {
        guarded("workspace/didCreateFiles", || files::created(&self.state, params));
    }

    async fn did_rename_files(&self, params: RenameFilesParams) {
        guarded("workspace/didRenameFiles", || files::renamed(&self.state, params));
    }

    async fn did_delete_files(&self, params: DeleteFilesParams) {
        guarded("workspace/didDeleteFiles", || files::deleted(&self.state, params));
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

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        request("textDocument/codeLens", requests::code_lens::code_lens(&self.state, params)).await
    }

    async fn code_lens_resolve(&self, lens: CodeLens) -> Result<CodeLens> {
        request("codeLens/resolve", requests::code_lens::resolve(&self.state, lens)).await
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
