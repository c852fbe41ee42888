import * as vscode from 'vscode';

import type { Server } from './client';
import { reveal, toRange } from './places';
import type { HotFile, HotFunction, Hotspots } from './protocol';
import { overall } from './status';

type Node = { group: 'functions' | 'files' } | { function: HotFunction } | { file: HotFile };

const LIMIT = 50;
/** Opens beside a control-flow view that has the focus, and not in its place. */
const OPEN = 'rutter.openHotspot';

/** What is hard to understand and often touched: functions and files, the worst first. Asked for when a group is opened. */
export class HotspotTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Node>;
  private answer: Promise<Hotspots | null | undefined> | undefined;
  private wasReady = false;

  private readonly opening = vscode.commands.registerCommand(OPEN, (uri: vscode.Uri, range: vscode.Range) => reveal(uri, range));

  constructor(private readonly server: Server) {
    this.view = vscode.window.createTreeView('rutter.hotspots', { treeDataProvider: this, showCollapseAll: true });
  }

  dispose(): void {
    this.view.dispose();
    this.opening.dispose();
    this.changed.dispose();
  }

  refresh(): void {
    this.answer = undefined;
    this.changed.fire(undefined);
  }

  /** The server's state has changed: an index that has become ready has other hotspots. */
  update(): void {
    const ready = overall(this.server) === 'ready';
    if (ready !== this.wasReady) this.refresh();
    this.wasReady = ready;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      const shown = (vscode.workspace.workspaceFolders?.length ?? 0) > 0 && overall(this.server) === 'ready';
      return shown ? [{ group: 'functions' }, { group: 'files' }] : [];
    }
    if (!('group' in node)) return [];
    this.answer ??= this.server.request<Hotspots>('rutter/hotspots', { limit: LIMIT });
    const hotspots = await this.answer.catch((error: unknown) => {
      this.answer = undefined;
      throw error;
    });
    if (!hotspots) return [];
    const history = hotspots.history;
    this.view.description = history === null ? 'by complexity, without a history' : `${history.commits} commits`;
    return node.group === 'functions' ? hotspots.functions.map((each) => ({ function: each })) : hotspots.files.map((each) => ({ file: each }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if ('group' in node) {
      const item = new vscode.TreeItem(node.group === 'functions' ? 'Functions' : 'Files', node.group === 'functions' ? EXPANDED : COLLAPSED);
      item.id = node.group;
      item.iconPath = new vscode.ThemeIcon(node.group === 'functions' ? 'symbol-function' : 'files');
      return item;
    }
    return 'function' in node ? functionItem(node.function) : fileItem(node.file);
  }
}

const EXPANDED = vscode.TreeItemCollapsibleState.Expanded;
const COLLAPSED = vscode.TreeItemCollapsibleState.Collapsed;

function functionItem(hot: HotFunction): vscode.TreeItem {
  const uri = vscode.Uri.parse(hot.uri);
  const item = new vscode.TreeItem(hot.name);
  item.description = `${hot.score} · ${vscode.workspace.asRelativePath(uri)}`;
  item.iconPath = new vscode.ThemeIcon(hot.kind === 'method' ? 'symbol-method' : 'symbol-function');
  item.tooltip = table(hot.fqn, [
    ['score', hot.score], ['cognitive', hot.cognitive], ['cyclomatic', hot.cyclomatic], ['commits', hot.commits], ['callers', hot.callers],
  ]);
  item.command = opening(uri, toRange(hot.selectionRange));
  item.accessibilityInformation = { label: `${hot.name}, score ${hot.score}, cognitive ${hot.cognitive ?? 0}, ${hot.commits} commits` };
  return item;
}

function fileItem(hot: HotFile): vscode.TreeItem {
  const uri = vscode.Uri.parse(hot.uri);
  const item = new vscode.TreeItem(uri);
  const dir = hot.path.includes('/') ? hot.path.slice(0, hot.path.lastIndexOf('/')) : '';
  item.description = dir === '' ? `${hot.score}` : `${hot.score} · ${dir}`;
  item.iconPath = vscode.ThemeIcon.File;
  item.tooltip = table(hot.path, [
    ['score', hot.score], ['cognitive', hot.cognitive], ['cyclomatic', hot.cyclomatic], ['functions', hot.functions], ['commits', hot.commits],
  ]);
  item.command = opening(uri);
  item.accessibilityInformation = { label: `${hot.path}, score ${hot.score}, ${hot.functions} functions, ${hot.commits} commits` };
  return item;
}

function opening(uri: vscode.Uri, selection?: vscode.Range): vscode.Command {
  return { command: OPEN, title: 'Open', arguments: [uri, selection ?? new vscode.Range(0, 0, 0, 0)] };
}

function table(title: string, rows: [string, number | null][]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendCodeblock(title, 'text');
  text.appendMarkdown(['| | |', '|---|---:|', ...rows.map(([name, value]) => `| ${name} | ${value ?? 'none'} |`)].join('\n'));
  return text;
}
