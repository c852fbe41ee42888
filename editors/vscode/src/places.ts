/** Between the protocol's places and the editor's. The client settles UTF-16, so columns are the same in both. */
import * as vscode from 'vscode';
import type * as lsp from 'vscode-languageclient/node';

import type { DocumentPosition } from './protocol';

export const toPosition = (of: lsp.Position): vscode.Position => new vscode.Position(of.line, of.character);

export const toRange = (of: lsp.Range): vscode.Range => new vscode.Range(toPosition(of.start), toPosition(of.end));

export const fromPosition = (of: vscode.Position): lsp.Position => ({ line: of.line, character: of.character });

export const ask = (uri: vscode.Uri, position: vscode.Position): DocumentPosition => ({
  textDocument: { uri: uri.toString() },
  position: fromPosition(position),
});

/** Shows a piece of code, in the column where the document is already open if there is one. */
export async function reveal(uri: vscode.Uri, range: vscode.Range, options: { select?: boolean; preserveFocus?: boolean } = {}): Promise<vscode.TextEditor> {
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri.toString());
  const editor = await vscode.window.showTextDocument(uri, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.One,
    preserveFocus: options.preserveFocus ?? false,
  });
  editor.selection = options.select ? new vscode.Selection(range.start, range.end) : new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}
