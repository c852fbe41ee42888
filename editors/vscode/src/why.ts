import * as vscode from 'vscode';

import type { Server } from './client';
import { say } from './errors';
import { ask, reveal, toRange } from './places';
import type { Why, WhyLine } from './protocol';
import { targetOf } from './target';

const CONTEXT = 'rutter.whyShown';

/** From which weight on a line is shown in each of the colours. */
const STEPS = [0, 3, 5];

/** The lines that make a function as complex as it is, shown in the code until they are no longer true or wanted. */
export class WhyView implements vscode.Disposable {
  private readonly words = STEPS.map((_, step) =>
    vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor(`rutter.weight${step + 1}Background`),
      border: '1px solid',
      borderColor: new vscode.ThemeColor('rutter.weightBorder'),
      borderRadius: '2px',
      overviewRulerColor: new vscode.ThemeColor(`rutter.weight${step + 1}Background`),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
  );
  private readonly remarks = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    after: { color: new vscode.ThemeColor('rutter.weightForeground'), margin: '0 0 0 2em', fontStyle: 'italic' },
  });
  private readonly summary = vscode.window.createStatusBarItem('rutter.why', vscode.StatusBarAlignment.Left, 1);
  private readonly disposables: vscode.Disposable[];
  private shown: { uri: string; why: Why } | undefined;

  constructor(private readonly server: Server) {
    this.summary.name = 'Rutter: what makes it complex';
    this.summary.command = 'rutter.whyLines';
    this.disposables = [
      ...this.words, this.remarks, this.summary,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document.uri.toString() === this.shown?.uri) this.hide();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
    ];
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  /** What is shown, and of which function. */
  get current(): Why | undefined {
    return this.shown?.why;
  }

  /** Shows a function's lines; called again for the same one, hides them. */
  async show(uri?: unknown, position?: unknown): Promise<void> {
    const target = targetOf(uri, position);
    if (target === undefined) return say('Put the cursor into a function first.');
    const why = await this.server.request<Why>('rutter/why', ask(target.uri, target.position));
    if (why === undefined) return say('The server does not run.');
    if (why === null) return say('There is no function here, or no index yet.');
    const document = await vscode.workspace.openTextDocument(target.uri);
    if (why.version !== null && why.version !== document.version) return say('The text has just changed: ask again.');
    const again = this.shown?.uri === target.uri.toString() && this.shown.why.function.fqn === why.function.fqn
      && this.shown.why.function.range.start.line === why.function.range.start.line;
    this.hide();
    if (again) return;
    if (why.lines.length === 0) return say(`Nothing makes ${why.function.name} complex: it has no branches.`);
    this.shown = { uri: target.uri.toString(), why };
    const visible = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
    if (!visible) await reveal(target.uri, toRange(why.function.selectionRange));
    this.draw();
    this.summary.text = `$(flame) ${summaryOf(why)}`;
    this.summary.tooltip = 'Go to one of the lines. Escape hides them.';
    this.summary.accessibilityInformation = { label: `${summaryOf(why)}. Go to one of the lines.`, role: 'button' };
    this.summary.show();
    await vscode.commands.executeCommand('setContext', CONTEXT, true);
  }

  hide(): void {
    if (this.shown === undefined) return;
    this.shown = undefined;
    this.draw();
    this.summary.hide();
    void vscode.commands.executeCommand('setContext', CONTEXT, false);
  }

  /** The lines as a list, for whom colours say nothing, and to go from one to the next. */
  async pick(): Promise<void> {
    const shown = this.shown;
    if (shown === undefined) return say('Nothing is shown. Show what makes a function complex first.');
    const uri = vscode.Uri.parse(shown.uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const items = shown.why.lines.map((line) => ({
      label: document.lineAt(line.line).text.trim(),
      description: `line ${line.line + 1}`,
      detail: remark(line),
      line,
    }));
    const chosen = await vscode.window.showQuickPick(items, { title: summaryOf(shown.why), matchOnDetail: true, placeHolder: 'Go to a line' });
    if (chosen !== undefined) await reveal(uri, firstWord(chosen.line, document));
  }

  private draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const lines = editor.document.uri.toString() === this.shown?.uri ? this.shown.why.lines : [];
      for (const [step, decoration] of this.words.entries()) {
        const some = lines.filter((line) => stepOf(line) === step);
        editor.setDecorations(decoration, some.flatMap((line) => line.ranges.map((range) => ({ range: toRange(range), hoverMessage: remark(line) }))));
      }
      editor.setDecorations(this.remarks, lines.map((line) => {
        const end = editor.document.lineAt(line.line).range.end;
        return { range: new vscode.Range(end, end), renderOptions: { after: { contentText: remark(line) } } };
      }));
    }
  }
}

function stepOf(line: WhyLine): number {
  const weight = Math.max(line.cognitive, line.cyclomatic);
  return STEPS.findLastIndex((from) => weight >= from);
}

/** Such as `+3 cognitive · +1 cyclomatic · if (nested 2 deep)`. */
export function remark(line: WhyLine): string {
  const parts = [];
  if (line.cognitive > 0) parts.push(`+${line.cognitive} cognitive`);
  if (line.cyclomatic > 0) parts.push(`+${line.cyclomatic} cyclomatic`);
  parts.push(line.nesting > 0 ? `${line.causes} (nested ${line.nesting} deep)` : line.causes);
  return parts.join(' · ');
}

function summaryOf(why: Why): string {
  const { name, cognitive, cyclomatic } = why.function;
  const count = why.lines.length;
  return `${name}: cognitive ${cognitive ?? 0}, cyclomatic ${cyclomatic ?? 0}, from ${count} line${count === 1 ? '' : 's'}`;
}

function firstWord(line: WhyLine, document: vscode.TextDocument): vscode.Range {
  const range = line.ranges[0];
  return range === undefined ? document.lineAt(line.line).range : toRange(range);
}
