'use strict';
// A workspace that nobody trusts, and that names a program and a place of its own.
const assert = require('node:assert/strict');
const path = require('node:path');
const vscode = require('vscode');
const { hover, find, open, parts, ready, run, until } = require('../support');

suite('untrusted', () => {
  let all;
  let document;
  suiteSetup(async () => {
    ({ document } = await open('small.py'));
    all = await parts();
    await ready(all.server);
  });

  test('the workspace’s program and place do not count', () => {
    assert.equal(vscode.workspace.isTrusted, false);
    assert.equal(all.server.path, path.join(vscode.extensions.getExtension('rutter.rutter').extensionPath, 'server', 'rutter'));
    assert.ok(!all.server.status.roots[0].indexDir.startsWith('/nowhere'));
  });

  test('the server answers all the same', async () => {
    const texts = await hover(document, find(document, 'def small', 'small'));
    assert.match(texts[0], /cyclomatic 2/);
  });

  test('what does no harm counts', () => until('a lens from a threshold of one on', async () => {
    const lenses = await run('vscode.executeCodeLensProvider', document.uri, 10);
    return lenses.some(({ command }) => command?.command === 'rutter.showControlFlow');
  }));
});
