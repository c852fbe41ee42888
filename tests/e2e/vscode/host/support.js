'use strict';
const vscode = require('vscode');

const PATIENCE = 20_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `probe` gives something true, and gives it. */
async function until(what, probe, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const seen = await probe();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited ${patience} ms for this: ${what}`);
    await sleep(40);
  }
}

const folder = (index = 0) => vscode.workspace.workspaceFolders[index].uri;
const file = (name, index = 0) => vscode.Uri.joinPath(folder(index), name);

async function open(name, index = 0) {
  const document = await vscode.workspace.openTextDocument(file(name, index));
  const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
  return { document, editor };
}

/** The place of a word on the first line that has `text`. */
function find(document, text, word = text) {
  const at = document.getText().indexOf(text);
  if (at < 0) throw new Error(`${document.fileName} has no ${text}`);
  return document.positionAt(at + text.indexOf(word));
}

function put(editor, position) {
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position));
}

async function parts() {
  const extension = vscode.extensions.getExtension('rutter.rutter');
  if (!extension) throw new Error('the extension is not installed');
  const all = await extension.activate();
  await until('the server runs', () => all.server.phase === 'running');
  return all;
}

/** All roots are indexed. */
const ready = (server) => until('the index is ready', () => server.status?.roots.length > 0 && server.status.roots.every((root) => root.state === 'ready'));

const hoverTexts = (hovers) => hovers.map((hover) => hover.contents.map((content) => content.value ?? content).join('\n'));
const run = (command, ...parameters) => vscode.commands.executeCommand(command, ...parameters);
const hover = async (document, position) => hoverTexts(await run('vscode.executeHoverProvider', document.uri, position));
const symbols = async (document) => (await run('vscode.executeDocumentSymbolProvider', document.uri)) ?? [];
const flat = (list) => list.flatMap((symbol) => [symbol, ...flat(symbol.children ?? [])]);

async function configure(key, value, target = vscode.ConfigurationTarget.Workspace) {
  await vscode.workspace.getConfiguration('rutter').update(key, value, target);
}

module.exports = { configure, file, find, flat, folder, hover, open, parts, put, ready, run, sleep, symbols, until };
