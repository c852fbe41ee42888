mod lsp_edits;
mod lsp_session;
mod lsp_stdio;
mod lsp_transport;
mod support;
