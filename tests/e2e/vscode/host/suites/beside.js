'use strict';
// Another extension serves Python, comes with Go without serving it, and one with the name of Lua's main extension is there: in
// a window with two folders.
const assert = require('node:assert/strict');
const vscode = require('vscode');
const { configure, find, flat, hover, open, parts, ready, run, sleep, symbols, until } = require('../support');

suite('beside another server', () => {
  let all;
  let document;
  let at;
  suiteSetup(async function () {
    this.timeout(60_000);
    ({ document } = await open('rich/_ratio.py'));
    all = await parts();
    await until('the other one is active', () => vscode.extensions.getExtension('rutter-tests.primary')?.isActive);
    await ready(all.server);
    at = find(document, 'def ratio_resolve', 'ratio_resolve');
  });

  const theirs = (symbol) => symbol.detail === 'theirs';

  test('one server has the indexes of both folders', async () => {
    assert.deepEqual(all.server.status.roots.map(({ name }) => name).sort(), ['one', 'two']);
    const found = await run('vscode.executeWorkspaceSymbolProvider', 'in_the_second_folder');
    assert.equal(found.length, 1);
  });

  test('it is known who serves what', async () => {
    const by = Object.fromEntries(all.modes.describe().map(({ language, by: who }) => [language, who]));
    assert.equal(by.python, 'rutter-tests.primary');
    assert.equal(by.lua, 'sumneko.lua');
    assert.equal(by.typescript, 'vscode.typescript-language-features');
    assert.equal(by.rust, undefined);
  });

  test('the outline is theirs alone', async () => {
    const found = flat(await symbols(document));
    assert.ok(found.length > 3 && found.every(theirs), JSON.stringify(found.filter((symbol) => !theirs(symbol))));
    // Once it is settled that they serve the language, it stays so.
    await until('it is settled', () => all.modes.describe().some(({ language, by }) => language === 'python' && by === 'rutter-tests.primary'));
    assert.ok(all.modes.others().includes('python'));
  });

  test('there is one definition', async () => {
    const found = await run('vscode.executeDefinitionProvider', document.uri, at);
    assert.equal(found.length, 1);
  });

  test('references are theirs, of this document alone', async () => {
    const found = await run('vscode.executeReferenceProvider', document.uri, at);
    assert.ok(found.length > 0 && found.every(({ uri }) => uri.toString() === document.uri.toString()), JSON.stringify(found));
  });

  test('a rename is theirs', async () => {
    const edit = await run('vscode.executeDocumentRenameProvider', document.uri, at, 'other_name');
    const entries = edit.entries();
    assert.equal(entries.length, 1);
    const occurrences = document.getText().match(/\bratio_resolve\b/g).length;
    assert.equal(entries[0][1].length, occurrences);
  });

  test('workspace symbols of Python are theirs, those of Rust are ours, none is there twice', async () => {
    const python = (await run('vscode.executeWorkspaceSymbolProvider', 'ratio_resolve')).filter(({ name }) => name === 'ratio_resolve');
    assert.equal(python.length, 1);
    assert.equal(python[0].containerName, 'theirs');
    const rust = await run('vscode.executeWorkspaceSymbolProvider', 'LineIndex');
    assert.equal(rust.filter(({ name, location }) => name === 'LineIndex' && location.uri.path.endsWith('/lines.rs')).length, 1);
  });

  test('hovers are stacked: theirs, and our facts without what they say', async () => {
    const texts = await hover(document, at);
    assert.equal(texts.length, 2);
    assert.equal(texts.filter((text) => text.startsWith('THEIRS')).length, 1);
    const ours = texts.find((text) => !text.startsWith('THEIRS'));
    assert.match(ours, /cyclomatic/);
    assert.doesNotMatch(ours, /def ratio_resolve/);
  });

  test('lenses of both are there', async () => {
    const lenses = await until('our text', async () => {
      const found = await run('vscode.executeCodeLensProvider', document.uri, 100);
      return found.some(({ command }) => command?.command === 'rutter.showWhy') && found;
    });
    assert.ok(lenses.some(({ command }) => command.title === 'THEIR LENS'));
  });

  test('what is ours works beside them', async () => {
    const { editor } = await open('rich/_ratio.py');
    editor.selection = new vscode.Selection(at, at);
    await run('rutter.showWhy');
    assert.equal(all.why.current.function.name, 'ratio_resolve');
    await run('rutter.hideWhy');
  });

  test('Rust is served in full: nobody else does', async () => {
    const { document: rust } = await open('rutter/src/text/lines.rs');
    await until('our outline', async () => flat(await symbols(rust)).some(({ name }) => name === 'LineIndex'));
  });

  test('whoever comes with a language and answers nothing does not serve it', async () => {
    assert.ok(all.modes.others().includes('go'), 'until that is clear, it may');
    const { document: go } = await open('plain.go', 1);
    await until('Go is ours', () => !all.modes.others().includes('go'), 30_000);
    await until('our outline', async () => flat(await symbols(go)).some(({ name }) => name === 'Double'));
  });

  test('a main extension that goes away leaves the language to us', async () => {
    const { document: lua } = await open('names.lua', 1);
    assert.equal((await symbols(lua)).length, 0);
    await run('workbench.extensions.uninstallExtension', 'sumneko.lua');
    await until('it is gone', () => vscode.extensions.getExtension('sumneko.lua') === undefined);
    await until('our outline', async () => flat(await symbols(lua)).some(({ name }) => name === 'greet'));
  });

  test('the setting of a language overrules what was found out', async () => {
    await open('rich/_ratio.py');
    await configure('modes', { python: 'full' });
    await until('two outlines, as was asked for', async () => flat(await symbols(document)).some((symbol) => !theirs(symbol)));
    await configure('modes', undefined);
    await until('theirs alone', async () => flat(await symbols(document)).every(theirs));
    const found = flat(await symbols(document));
    assert.ok(found.length > 3);
  });

  test('our hover delays the popup by 20 ms at most', async () => {
    await open('rich/_ratio.py');
    const places = ['ratio_resolve', 'ratio_reduce', 'ratio_distribute'].map((name) => find(document, `def ${name}`, name));
    const median = async (groups) => {
      const times = [];
      for (let n = 0; n < 33; n++) {
        const start = performance.now();
        const texts = await hover(document, places[n % places.length]);
        times.push(performance.now() - start);
        assert.equal(texts.length, groups);
        await sleep(5);
      }
      return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    };
    await median(2); // once, to warm up
    const together = await median(2);
    await run('rutter.stop');
    const alone = await median(1);
    await run('rutter.restart');
    await until('it runs', () => all.server.phase === 'running');
    console.log(`hover: ${together.toFixed(1)} ms with us, ${alone.toFixed(1)} ms without`);
    assert.ok(together - alone <= 20, `${together.toFixed(1)} ms with us, ${alone.toFixed(1)} ms without`);
  });
});
