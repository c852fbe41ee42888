import * as vscode from 'vscode';

import type { Server } from '../client';
import { say } from '../errors';
import { languageOf, SCHEMES } from '../languages';
import { ask, fromPosition, reveal, toPosition, toRange } from '../places';
import type { ControlFlow } from '../protocol';
import { type Target, targetOf } from '../target';
import { blockAt } from './blockAt';
import { htmlOf } from './html';
import { Layout } from './layout';
import type { FromView, Kept, Letters, ToView } from './messages';
import { shifted } from './shifted';

const TYPE = 'rutter.controlFlow';
const AFTER_EDIT = 250;
const AFTER_MOVE = 80;

/** What the view last said that it has drawn. */
export interface Drawn {
  blocks: number;
  edges: number;
  highlighted: number | null;
  scale: number;
}

/** The graph of the function at the cursor, beside the code: it follows the cursor and the text, and leads back to the code. */
export class ControlFlowView implements vscode.Disposable, vscode.WebviewPanelSerializer<Kept | undefined> {
  private readonly layout: Layout;
  private readonly disposables: vscode.Disposable[];
  private readonly drew = new vscode.EventEmitter<Drawn>();
  private readonly exported = new vscode.EventEmitter<string>();
  /** The view has drawn something. */
  readonly onDidDraw = this.drew.event;

  private panel: vscode.WebviewPanel | undefined;
  private letters: Letters | undefined;
  private target: Target | undefined;
  private shown: { flow: ControlFlow; uri: string } | undefined;
  private pinned = false;
  private asked = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Where a click on a block has put the cursor, so that it stays the one that is marked. */
  private jumped: { block: number; at: vscode.Position; uri: string } | undefined;

  constructor(private readonly extension: vscode.Uri, private readonly server: Server, private readonly log: vscode.LogOutputChannel) {
    this.layout = new Layout(vscode.Uri.joinPath(extension, 'dist', 'layout.js').fsPath);
    this.disposables = [
      this.drew, this.exported,
      vscode.window.registerWebviewPanelSerializer(TYPE, this),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.cursorMoved(textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => editor !== undefined && this.cursorMoved(editor)),
      vscode.workspace.onDidChangeTextDocument((event) => this.textChanged(event)),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    this.layout.dispose();
    for (const each of this.disposables) each.dispose();
  }

  get current(): ControlFlow | undefined {
    return this.shown?.flow;
  }

  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  /** Shows the graph of the function at the cursor, or at a place that a code lens names. */
  async show(uri?: unknown, position?: unknown): Promise<void> {
    const target = targetOf(uri, position);
    if (target === undefined) return say('Put the cursor into a function first.');
    this.target = target;
    this.jumped = undefined;
    if (this.panel === undefined) {
      const options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist')], retainContextWhenHidden: true };
      this.take(vscode.window.createWebviewPanel(TYPE, 'Control flow', { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, options));
    } else {
      this.panel.reveal(undefined, true);
      await this.refresh();
    }
  }

  /** The window was loaded anew. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: Kept | undefined): Promise<void> {
    this.panel?.dispose();
    if (kept !== undefined) {
      this.target = { uri: vscode.Uri.parse(kept.uri), position: new vscode.Position(kept.line, kept.character) };
      this.pinned = kept.pinned;
    }
    this.take(panel);
    return Promise.resolve();
  }

  /** Stays with the function that is shown, or follows the cursor again. */
  async pin(pinned: boolean): Promise<void> {
    this.pinned = pinned;
    const name = this.shown?.flow.function.selectionRange.start;
    if (pinned && name !== undefined && this.target !== undefined) this.target = { uri: this.target.uri, position: toPosition(name) };
    this.send({ type: 'pinned', pinned, kept: this.kept() });
    const editor = vscode.window.activeTextEditor;
    if (!pinned && editor !== undefined) this.cursorMoved(editor);
    else await this.refresh();
  }

  /** The graph as a text, in the clipboard. */
  async copy(format: 'dot' | 'mermaid' | 'svg'): Promise<void> {
    const target = this.target;
    if (this.panel === undefined || target === undefined) return say('No control flow is shown.');
    if (format === 'svg') {
      const text = new Promise<string>((resolve) => { const once = this.exported.event((svg) => { once.dispose(); resolve(svg); }); });
      this.send({ type: 'export' });
      return this.copied(format, await text);
    }
    const flow = await this.server.request<ControlFlow>('rutter/controlFlow', { ...ask(target.uri, target.position), formats: [format] });
    const text = flow?.[format];
    if (text === undefined) return say('The server has no such text of this function.');
    await this.copied(format, text);
  }

  /** Selects a block's code. */
  async jump(id: number, preserveFocus = false): Promise<void> {
    const block = this.shown?.flow.blocks.find((each) => each.id === id);
    if (block === undefined || this.shown === undefined) return;
    const uri = vscode.Uri.parse(this.shown.uri);
    const range = toRange(block.range);
    // The cursor is at the beginning, which lies in the block: its end does not.
    this.jumped = { block: id, at: range.start, uri: this.shown.uri };
    const editor = await reveal(uri, range, { preserveFocus });
    editor.selection = new vscode.Selection(range.end, range.start);
    this.mark(id);
  }

  serverChanged(): void {
    if (this.panel === undefined) return;
    if (this.server.phase !== 'running') this.send({ type: 'message', text: 'Rutter’s server does not run.' });
    // Once it runs, and once it knows the workspace, there is something to show.
    if (this.server.phase !== 'running') this.shown = undefined;
    else if (this.shown === undefined) this.soon(AFTER_MOVE);
  }

  private take(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.letters = undefined;
    this.shown = undefined;
    const icon = (theme: string) => vscode.Uri.joinPath(this.extension, 'media', `tab-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.onDidReceiveMessage((message: FromView) => {
      this.receive(message).catch((error: unknown) => {
        this.log.error(error as Error);
        this.send({ type: 'message', text: (error as Error).message });
      });
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.shown = undefined;
      this.pinned = false;
      clearTimeout(this.timer);
    });
    panel.webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist')] };
    panel.webview.html = htmlOf(panel.webview, this.extension);
  }

  private async receive(message: FromView): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.letters = message.letters;
        this.shown = undefined;
        if (this.target !== undefined) this.send({ type: 'pinned', pinned: this.pinned, kept: this.kept() });
        return this.refresh();
      case 'drawn': return this.drew.fire(message);
      case 'jump': return this.jump(message.block, message.preserveFocus);
      case 'pin': return this.pin(message.pinned);
      case 'copy': return this.copy(message.format);
      case 'svg': return this.exported.fire(message.text);
    }
  }

  private send(message: ToView): void {
    void this.panel?.webview.postMessage(message);
  }

  private async copied(format: string, text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`The control flow is in the clipboard, as ${{ dot: 'DOT', mermaid: 'Mermaid', svg: 'SVG' }[format] ?? format}`, 4000);
  }

  private cursorMoved(editor: vscode.TextEditor): void {
    const { document, selection } = editor;
    if (this.panel === undefined || editor !== vscode.window.activeTextEditor) return;
    if (!SCHEMES.includes(document.uri.scheme) || languageOf(document.languageId) === undefined) return;
    const uri = document.uri.toString();
    if (this.jumped !== undefined && (this.jumped.uri !== uri || !this.jumped.at.isEqual(selection.active))) this.jumped = undefined;
    if (this.pinned) {
      if (uri === this.target?.uri.toString()) this.markAt(selection.active);
      return;
    }
    this.target = { uri: document.uri, position: selection.active };
    // What is shown is most likely the right function: the mark need not wait for the server.
    if (this.shown?.uri === uri && toRange(this.shown.flow.function.range).contains(selection.active)) this.markAt(selection.active);
    this.soon(AFTER_MOVE);
  }

  private textChanged({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const target = this.target;
    if (this.panel === undefined || target === undefined || contentChanges.length === 0 || document.uri.toString() !== target.uri.toString()) return;
    if (this.pinned) this.target = { uri: target.uri, position: shifted(target.position, contentChanges) };
    this.jumped = undefined;
    this.soon(AFTER_EDIT);
  }

  /** Asks when nothing more comes for a moment. */
  private soon(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.refresh().catch((error: unknown) => {
        this.log.error(error as Error);
        this.send({ type: 'message', text: (error as Error).message });
      });
    }, wait);
  }

  private async refresh(): Promise<void> {
    const { target, letters } = this;
    if (this.panel === undefined || letters === undefined) return;
    if (target === undefined) return this.send({ type: 'message', text: 'Put the cursor into a function.' });
    const turn = ++this.asked;
    const flow = await this.server.request<ControlFlow>('rutter/controlFlow', ask(target.uri, target.position));
    if (turn !== this.asked || this.panel === undefined) return;
    const uri = target.uri.toString();
    if (flow === undefined) return this.send({ type: 'message', text: 'Rutter’s server does not run.' });
    if (flow === null) {
      // Between two functions the last one stays: it is more use than an empty view.
      if (this.shown === undefined) this.send({ type: 'message', text: 'There is no function here, or no index yet.' });
      return;
    }
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
    if (flow.version !== null && document !== undefined && flow.version !== document.version) return this.soon(AFTER_MOVE);
    const before = this.shown;
    if (before?.uri === uri && JSON.stringify(before.flow) === JSON.stringify(flow)) return this.markAt(this.cursor(uri) ?? target.position);
    const graph = await this.layout.place(flow, letters);
    if (graph === undefined || turn !== this.asked) return;
    this.shown = { flow, uri };
    this.panel.title = `Control flow: ${flow.function.name}`;
    const same = before?.uri === uri && before.flow.function.fqn === flow.function.fqn;
    const at = this.cursor(uri) ?? target.position;
    this.send({ type: 'graph', graph, same, block: this.blockAt(at), kept: this.kept() });
  }

  private cursor(uri: string): vscode.Position | undefined {
    return vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri)?.selection.active;
  }

  private blockAt(at: vscode.Position): number | null {
    if (this.shown === undefined) return null;
    if (this.jumped !== undefined) return this.jumped.block;
    const { flow } = this.shown;
    if (!toRange(flow.function.range).contains(at)) return null;
    return blockAt(flow.blocks, fromPosition(this.textFrom(at)))?.id ?? null;
  }

  /** A cursor in front of a line's text means the line. */
  private textFrom(at: vscode.Position): vscode.Position {
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === this.shown?.uri);
    if (document === undefined || at.line >= document.lineCount) return at;
    const { firstNonWhitespaceCharacterIndex: first, isEmptyOrWhitespace } = document.lineAt(at.line);
    return isEmptyOrWhitespace || at.character >= first ? at : at.with({ character: first });
  }

  private markAt(at: vscode.Position): void {
    if (this.shown !== undefined) this.mark(this.blockAt(at));
  }

  private mark(block: number | null): void {
    this.send({ type: 'cursor', block, kept: this.kept() });
  }

  private kept(): Kept {
    const { uri, position } = this.target ?? { uri: vscode.Uri.parse(''), position: new vscode.Position(0, 0) };
    return { uri: uri.toString(), line: position.line, character: position.character, pinned: this.pinned };
  }
}
