'use strict';
// A few tests, one for each thing that a server says: run with a right server and with a broken one.
const assert = require('node:assert/strict');
const vscode = require('vscode');
const { find, flat, hover, open, parts, put, run, symbols, until } = require('../support');

const PATIENCE = Number(process.env.RUTTER_TEST_PATIENCE ?? 10_000);

suite('handful', () => {
  let all;
  let document;
  let editor;
  let at;
  suiteSetup(async () => {
    ({ document, editor } = await open('rich/_ratio.py'));
    at = find(document, 'def ratio_resolve', 'ratio_resolve');
    all = await parts();
  });

  test('a hover has facts', () => until('facts', async () => (await hover(document, at)).some((text) => /cyclomatic/.test(text)), PATIENCE));

  test('the outline has the function', () =>
    until('the function', async () => flat(await symbols(document)).some(({ name }) => name === 'ratio_resolve'), PATIENCE));

  test('the definition is found', async () => {
    const found = await run('vscode.executeDefinitionProvider', document.uri, at);
    assert.equal(found.length, 1);
  });

  test('the lenses say something', () => until('a text', async () => {
    const lenses = await run('vscode.executeCodeLensProvider', document.uri, 50);
    return lenses.some(({ command }) => /cognitive/.test(command?.title ?? ''));
  }, PATIENCE));

  test('the index becomes ready', () => until('ready', () => all.server.status?.roots.some((root) => root.state === 'ready'), PATIENCE));

  test('what makes a function complex is shown', async () => {
    put(editor, at);
    await run('rutter.showWhy');
    assert.equal(all.why.current?.function.name, 'ratio_resolve');
    await run('rutter.hideWhy');
  });

  test('control flow is drawn', async () => {
    put(editor, at);
    await run('rutter.showControlFlow');
    await until('blocks', () => (all.controlFlow.current?.blocks.length ?? 0) > 5, PATIENCE);
  });

  test('there are hotspots', async () => {
    const [functions] = await all.hotspots.getChildren();
    assert.ok((await all.hotspots.getChildren(functions)).length > 0);
    assert.ok(vscode.window.activeTextEditor);
  });
});
