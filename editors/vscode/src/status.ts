import * as vscode from 'vscode';

import type { Server } from './client';
import type { Modes } from './modes';
import type { RootStatus } from './protocol';

/** What the window shows of the server as a whole; the views' conditions are made of it. */
export type Overall = 'missing' | 'stopped' | 'starting' | 'indexing' | 'failed' | 'ready';

export function overall(server: Server): Overall {
  if (server.phase !== 'running') return server.phase;
  if (server.status === undefined) return 'starting';
  const { roots } = server.status;
  if (roots.some((root) => root.state === 'opening' || root.state === 'indexing')) return 'indexing';
  if (roots.some((root) => root.state === 'failed')) return 'failed';
  return 'ready';
}

/** The item in the status bar: whether the server runs, and how far its indexes are. */
export class StatusItem implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('rutter.status', vscode.StatusBarAlignment.Right, 50);

  constructor(private readonly server: Server, private readonly modes: Modes) {
    this.item.name = 'Rutter';
    this.item.command = 'rutter.menu';
    this.update();
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }

  update(): void {
    const state = overall(this.server);
    void vscode.commands.executeCommand('setContext', 'rutter.state', state);
    void vscode.commands.executeCommand('setContext', 'rutter.running', this.server.phase === 'running');
    const [icon, words] = this.look(state);
    this.item.text = `$(${icon}) rutter${words === '' ? '' : ` ${words}`}`;
    this.item.backgroundColor = state === 'missing' || state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.tooltip = this.tooltip(state);
    this.item.accessibilityInformation = { label: `Rutter: ${SAID[state]}${words === '' ? '' : `, ${words}`}`, role: 'button' };
  }

  private look(state: Overall): [icon: string, words: string] {
    if (state === 'indexing') {
      const done = (this.server.status?.roots ?? []).map((root) => root.percentage).filter((percentage) => percentage !== null);
      return ['sync~spin', done.length === 0 ? '' : `${Math.floor(Math.min(...done))} %`];
    }
    return [{ missing: 'warning', stopped: 'circle-slash', starting: 'loading~spin', failed: 'warning', ready: 'compass' }[state], ''];
  }

  private tooltip(state: Overall): vscode.MarkdownString {
    const text = new vscode.MarkdownString(undefined, true);
    text.appendMarkdown(`**Rutter** ${this.server.status?.version ?? ''}: ${SAID[state]}\n\n`);
    if (this.server.problem !== undefined) text.appendText(`${this.server.problem}\n\n`);
    for (const root of this.server.status?.roots ?? []) describe(text, root);
    const beside = this.modes.describe().filter(({ by }) => by !== undefined);
    if (beside.length > 0) {
      text.appendMarkdown('\n\nBeside others: ');
      text.appendText(beside.map(({ language, by }) => `${language} (${by})`).join(', '));
    }
    return text;
  }
}

export const SAID: Record<Overall, string> = {
  missing: 'the server was not found, or does not fit',
  stopped: 'the server does not run',
  starting: 'the server is starting',
  indexing: 'the workspace is being indexed',
  failed: 'a workspace could not be indexed',
  ready: 'ready',
};

function describe(text: vscode.MarkdownString, root: RootStatus): void {
  text.appendMarkdown('\n\n---\n\n$(folder) ');
  text.appendText(root.name);
  const state = root.state === 'indexing' && root.percentage !== null ? `indexing, ${Math.floor(root.percentage)} %` : root.state;
  text.appendMarkdown(`: ${state}\n\n`);
  if (root.message) text.appendText(`${root.message}\n\n`);
  if (root.files !== null) {
    text.appendMarkdown(`${countsOf(root)}\n\n`);
  }
  if (root.indexDir === null) return;
  text.appendMarkdown('Index: ');
  text.appendText(root.indexDir);
}

/** Of the last run; one that read only what had changed does not count symbols. */
function countsOf(root: RootStatus): string {
  const counts: [number | null, string][] = [[root.files, 'files'], [root.symbols, 'symbols'], [root.skipped, 'skipped']];
  return counts.flatMap(([count, what]) => (count === null ? [] : [`${count.toLocaleString('en')} ${what}`])).join(', ');
}

/** What the status item leads to. */
export async function showMenu(server: Server, modes: Modes): Promise<void> {
  const running = server.phase === 'running';
  const beside = modes.describe().filter(({ by }) => by !== undefined).map(({ language, by }) => `${language}: ${by}`).join('; ');
  const roots = (server.status?.roots ?? []).map((root): vscode.QuickPickItem & { command: string } => ({
    label: `$(folder) ${root.name}`,
    description: root.state === 'indexing' && root.percentage !== null ? `${root.state}, ${Math.floor(root.percentage)} %` : root.state,
    detail: root.files === null ? (root.message ?? '') : `${countsOf(root)}; index in ${root.indexDir ?? 'memory'}`,
    command: 'rutter.showLog',
  }));
  const items: (vscode.QuickPickItem & { command: string })[] = [
    ...roots,
    { label: '', kind: vscode.QuickPickItemKind.Separator, command: '' },
    { label: '$(refresh) Restart the server', command: 'rutter.restart' },
    ...(running ? [{ label: '$(debug-stop) Stop the server', command: 'rutter.stop' }] : []),
    { label: '$(output) Show the log', command: 'rutter.showLog' },
    { label: '$(flame) Show hotspots', command: 'rutter.hotspots.focus' },
    { label: '$(gear) Open settings', description: beside === '' ? 'serves all languages itself' : `beside others (${beside})`, command: 'settings' },
    { label: '$(book) Get started', command: 'rutter.openWalkthrough' },
  ];
  const title = `Rutter ${server.status?.version ?? ''}: ${SAID[overall(server)]}`;
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: server.problem ?? server.path ?? '' });
  if (chosen?.command === 'settings') await vscode.commands.executeCommand('workbench.action.openSettings', 'rutter');
  else if (chosen !== undefined && chosen.command !== '') await vscode.commands.executeCommand(chosen.command);
}
