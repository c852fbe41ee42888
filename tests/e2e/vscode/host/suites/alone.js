'use strict';
// Nobody else serves Python or Rust here: rutter gives everything, and everything that is its own.
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { readFileSync, readdirSync, readlinkSync, writeFileSync, chmodSync, mkdtempSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const vscode = require('vscode');
const { configure, file, find, flat, folder, hover, open, parts, put, ready, run, sleep, symbols, until } = require('../support');

suite('alone', () => {
  let all;
  suiteSetup(async function () {
    this.timeout(60_000);
    await open('rich/_ratio.py');
    all = await parts();
    await ready(all.server);
  });

  test('every command of the manifest is there', async () => {
    const { packageJSON } = vscode.extensions.getExtension('rutter.rutter');
    const known = new Set(await vscode.commands.getCommands(true));
    const missing = packageJSON.contributes.commands.map(({ command }) => command).filter((command) => !known.has(command));
    assert.deepEqual(missing, []);
  });

  test('an untrusted workspace may not name programs or places', () => {
    const { packageJSON } = vscode.extensions.getExtension('rutter.rutter');
    const { untrustedWorkspaces, virtualWorkspaces } = packageJSON.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    for (const key of ['rutter.server.path', 'rutter.cache_dir', 'rutter.index_dir']) assert.ok(untrustedWorkspaces.restrictedConfigurations.includes(key), key);
    assert.equal(virtualWorkspaces.supported, false);
  });

  test('the server is the one in the package', () => {
    assert.equal(all.server.path, path.join(vscode.extensions.getExtension('rutter.rutter').extensionPath, 'server', 'rutter'));
  });

  test('the status bar says that the index is ready, and what is in it', () => {
    const { item } = all.status;
    assert.match(item.text, /rutter$/);
    assert.match(item.tooltip.value, /ready/);
    const root = all.server.status.roots[0];
    // A file that was read because it was opened counts as unchanged, and then symbols are not counted.
    assert.ok(root.files > 70 && (root.symbols === null || root.symbols > 1000), JSON.stringify(root));
    assert.ok(item.tooltip.value.includes(`${root.files.toLocaleString('en')} files`), item.tooltip.value);
    assert.match(item.tooltip.value, /Index: /);
    assert.equal(item.command, 'rutter.menu');
  });

  test('a hover has the signature and the facts', async () => {
    const { document } = await open('rich/_ratio.py');
    const texts = await hover(document, find(document, 'def ratio_resolve', 'ratio_resolve'));
    assert.equal(texts.length, 1);
    assert.match(texts[0], /def ratio_resolve/);
    assert.match(texts[0], /cyclomatic/);
  });

  test('there is an outline, nested', async () => {
    const { document } = await open('rich/console.py');
    const found = flat(await symbols(document));
    assert.ok(found.some(({ name }) => name === 'Console') && found.some(({ name }) => name === 'get_style'));
  });

  test('one definition, and references across files', async () => {
    const { document } = await open('rich/layout.py');
    const at = find(document, 'ratio_resolve(', 'ratio_resolve');
    const definitions = await run('vscode.executeDefinitionProvider', document.uri, at);
    assert.equal(definitions.length, 1);
    assert.match((definitions[0].uri ?? definitions[0].targetUri).path, /_ratio\.py$/);
    const references = await run('vscode.executeReferenceProvider', document.uri, at);
    assert.ok(references.some(({ uri }) => uri.path.endsWith('/rich/layout.py')) && references.length > 3, `${references.length}`);
  });

  test('workspace symbols of both languages', async () => {
    const python = await run('vscode.executeWorkspaceSymbolProvider', 'ProgressBar');
    assert.ok(python.some(({ name, location }) => name === 'ProgressBar' && location.uri.path.endsWith('/rich/progress_bar.py')));
    const rust = await run('vscode.executeWorkspaceSymbolProvider', 'LineIndex');
    assert.ok(rust.some(({ name }) => name === 'LineIndex'));
  });

  test('an unsaved definition is in the outline, and goes with an undo', async () => {
    const { document, editor } = await open('rich/_pick.py');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'def freshly_typed(ä):\n    return ä\n\n'));
    await until('the outline has it', async () => flat(await symbols(document)).some(({ name }) => name === 'freshly_typed'));
    await run('workbench.action.files.revert');
    await until('the outline lost it', async () => !flat(await symbols(document)).some(({ name }) => name === 'freshly_typed'));
  });

  test('code lenses carry the three commands', async () => {
    const { document } = await open('rich/_ratio.py');
    const at = find(document, 'def ratio_resolve').line;
    const lenses = await until('lenses with text', async () => {
      const found = await run('vscode.executeCodeLensProvider', document.uri, 100);
      const ours = found.filter(({ range, command }) => range.start.line === at && command);
      return ours.length >= 3 && ours;
    });
    const commands = lenses.map(({ command }) => command.command).sort();
    assert.deepEqual(commands, ['rutter.showCallers', 'rutter.showControlFlow', 'rutter.showWhy']);
    const why = lenses.find(({ command }) => command.command === 'rutter.showWhy').command;
    assert.match(why.title, /cognitive \d+/);
    await run(why.command, ...why.arguments);
    assert.equal(all.why.current.function.name, 'ratio_resolve');
    await run('rutter.hideWhy');
  });

  test('what makes a function complex is shown and goes away: again, by command, on an edit', async () => {
    const { document, editor } = await open('rich/_ratio.py');
    const at = find(document, 'def ratio_resolve', 'ratio_resolve');
    put(editor, at);
    await run('rutter.showWhy');
    const { current } = all.why;
    assert.equal(current.function.name, 'ratio_resolve');
    const sum = (field) => current.lines.reduce((total, line) => total + line[field], 0);
    assert.equal(sum('cognitive'), current.function.cognitive);
    assert.equal(sum('cyclomatic') + 1, current.function.cyclomatic);
    for (const { line, ranges } of current.lines) {
      for (const range of ranges) assert.equal(range.start.line, line);
    }
    await run('rutter.showWhy');
    assert.equal(all.why.current, undefined, 'the second call hides');
    await run('rutter.showWhy');
    await run('rutter.hideWhy');
    assert.equal(all.why.current, undefined, 'the command hides');
    await run('rutter.showWhy');
    assert.ok(all.why.current);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n'));
    assert.equal(all.why.current, undefined, 'an edit hides');
    await run('workbench.action.files.revert');
  });

  test('callers open in a peek window of this editor', async () => {
    const { document, editor } = await open('rich/_ratio.py');
    put(editor, find(document, 'def ratio_resolve', 'ratio_resolve'));
    const answer = await all.server.request('rutter/callers', { textDocument: { uri: document.uri.toString() }, position: find(document, 'def ratio_resolve', 'ratio_resolve') });
    assert.ok(answer.callers.length >= 2, JSON.stringify(answer));
    assert.ok(answer.callers.every(({ uri, ranges, confidence }) => uri.startsWith('file:') && ranges.length > 0 && ['exact', 'likely', 'ambiguous'].includes(confidence)));
    await run('rutter.showCallers');
    await run('closeReferenceSearch');
  });

  test('code that no path reaches is a faded hint', async () => {
    const { document } = await open('dead.py');
    const found = await until('the diagnostic', () => {
      const ours = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'rutter');
      return ours.length > 0 && ours;
    });
    assert.equal(found[0].severity, vscode.DiagnosticSeverity.Hint);
    assert.deepEqual(found[0].tags, [vscode.DiagnosticTag.Unnecessary]);
    assert.equal(document.getText(found[0].range).includes('never'), true);
  });

  test('hotspots: two groups, the worst first, and a click leads there', async () => {
    const tree = all.hotspots;
    const groups = await tree.getChildren();
    assert.deepEqual(groups.map((group) => tree.getTreeItem(group).label), ['Functions', 'Files']);
    for (const group of groups) {
      const nodes = await tree.getChildren(group);
      assert.ok(nodes.length > 5);
      const scores = nodes.map((node) => (node.function ?? node.file).score);
      assert.deepEqual(scores, [...scores].sort((a, b) => b - a));
    }
    const [first] = await tree.getChildren(groups[0]);
    const { command } = tree.getTreeItem(first);
    await run(command.command, ...command.arguments);
    await until('the file is open', () => vscode.window.activeTextEditor?.document.uri.toString() === vscode.Uri.parse(first.function.uri).toString());
    assert.equal(vscode.window.activeTextEditor.selection.start.line, first.function.selectionRange.start.line);
    const files = (await tree.getChildren(groups[1])).map(({ file: hot }) => hot);
    const commits = (ending) => files.find((hot) => hot.path.endsWith(ending)).commits;
    assert.equal(commits('rich/_ratio.py'), commits('rich/console.py') + 1, 'the second commit changed this file alone');
    await run('rutter.refreshHotspots');
    assert.equal((await tree.getChildren()).length, 2);
  });

  suite('control flow', () => {
    const drawn = (what, probe) => new Promise((resolve, reject) => {
      const late = setTimeout(() => { listener.dispose(); reject(new Error(`not drawn: ${what}`)); }, 20_000);
      const listener = all.controlFlow.onDidDraw((seen) => {
        if (!probe(seen)) return;
        clearTimeout(late);
        listener.dispose();
        resolve(seen);
      });
    });
    const shows = (name) => () => all.controlFlow.current?.function.name === name;

    test('the graph of the function at the cursor is drawn beside the code', async () => {
      const { document, editor } = await open('rich/_ratio.py');
      put(editor, find(document, 'def ratio_resolve', 'ratio_resolve'));
      const seen = drawn('ratio_resolve', shows('ratio_resolve'));
      await run('rutter.showControlFlow');
      const { blocks, edges } = await seen;
      const { current } = all.controlFlow;
      assert.equal(blocks, current.blocks.length);
      assert.equal(edges, current.edges.length);
      assert.ok(blocks > 20, `${blocks}`);
      assert.equal(vscode.window.activeTextEditor.document, document, 'the focus stays in the code');
      assert.ok(vscode.window.tabGroups.all.length >= 2, 'beside');
    });

    test('the block under the cursor is marked', async () => {
      const { document, editor } = await open('rich/_ratio.py');
      for (const text of ['total - sum', 'portion * edge.ratio', '_Fraction = Fraction']) {
        const at = find(document, text);
        const smallest = [...all.controlFlow.current.blocks]
          .map((block) => ({ block, range: new vscode.Range(block.range.start.line, block.range.start.character, block.range.end.line, block.range.end.character) }))
          .filter(({ range }) => range.contains(at) && !range.end.isEqual(at))
          .sort((a, b) => (b.range.contains(a.range) ? -1 : 1))[0];
        const seen = drawn(`the mark at ${text}`, ({ highlighted }) => highlighted === smallest.block.id);
        put(editor, at);
        await seen;
      }
    });

    test('a jump selects the code of a block', async () => {
      const block = all.controlFlow.current.blocks.find(({ kind }) => kind === 'loop_header');
      await all.controlFlow.jump(block.id);
      const { selection, document } = vscode.window.activeTextEditor;
      assert.match(document.uri.path, /_ratio\.py$/);
      assert.deepEqual([selection.start.line, selection.start.character, selection.end.line, selection.end.character],
        [block.range.start.line, block.range.start.character, block.range.end.line, block.range.end.character]);
    });

    test('it follows the cursor into another function, and stays where it is pinned', async () => {
      const { document, editor } = await open('rich/_ratio.py');
      const follow = async (name) => {
        const seen = drawn(name, shows(name));
        put(editor, find(document, `def ${name}`, name));
        await seen;
      };
      await follow('ratio_reduce');
      await all.controlFlow.pin(true);
      put(editor, find(document, 'def ratio_distribute', 'ratio_distribute'));
      await sleep(500);
      assert.equal(all.controlFlow.current.function.name, 'ratio_reduce');
      const moved = drawn('the pinned one, further down', () => all.controlFlow.current.function.range.start.line > 80);
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '\n'.repeat(20)));
      await moved;
      assert.equal(all.controlFlow.current.function.name, 'ratio_reduce', 'an edit above moves it');
      await run('workbench.action.files.revert');
      put(editor, find(document, 'def ratio_distribute', 'ratio_distribute'));
      const seen = drawn('ratio_distribute', shows('ratio_distribute'));
      await all.controlFlow.pin(false);
      await seen;
    });

    test('an edit redraws it, as large as it was', async () => {
      const { document, editor } = await open('rich/_ratio.py');
      put(editor, find(document, 'def ratio_distribute', 'ratio_distribute'));
      await until('the function', shows('ratio_distribute'));
      const before = all.controlFlow.current.blocks.length;
      const line = find(document, 'assert total_ratio > 0').line;
      const seen = drawn('the edit', ({ blocks }) => blocks > before);
      await editor.edit((edit) => edit.insert(new vscode.Position(line, 0), '    if total > 1:\n        total = 2\n'));
      const first = await seen;
      const again = drawn('the undo', ({ blocks }) => blocks === before);
      await run('workbench.action.files.revert');
      assert.equal((await again).scale, first.scale);
    });

    test('it is copied as DOT, Mermaid and SVG', async () => {
      const { document, editor } = await open('rich/_ratio.py');
      put(editor, find(document, 'def ratio_reduce', 'ratio_reduce'));
      await until('the function', shows('ratio_reduce'));
      await all.controlFlow.copy('dot');
      assert.match(await vscode.env.clipboard.readText(), /^digraph/);
      await all.controlFlow.copy('mermaid');
      assert.match(await vscode.env.clipboard.readText(), /^(flowchart|graph)/);
      await all.controlFlow.copy('svg');
      const svg = await vscode.env.clipboard.readText();
      assert.match(svg, /^<svg /);
      assert.doesNotMatch(svg, /var\(|class=|https?:\/\/(?!www\.w3\.org)/);
      assert.equal((svg.match(/<title/g) ?? []).length, all.controlFlow.current.blocks.length);
    });

    test('a function of 500 blocks does not hold up the editor', async function () {
      this.timeout(60_000);
      const { document, editor } = await open('long.py');
      let worst = 0;
      let last = performance.now();
      const beat = setInterval(() => {
        const now = performance.now();
        worst = Math.max(worst, now - last - 20);
        last = now;
      }, 20);
      const seen = drawn('the long function', ({ blocks }) => blocks >= 500);
      put(editor, find(document, 'def long', 'long'));
      await seen;
      clearInterval(beat);
      assert.ok(worst < 1000, `the extension host stood still for ${worst} ms`);
    });

    test('it is closed like any tab', async () => {
      const tab = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.startsWith('Control flow'));
      await vscode.window.tabGroups.close(tab);
      await until('it is closed', () => !all.controlFlow.isOpen);
    });
  });

  test('opening a file of 20,000 lines does not hold up typing', async function () {
    this.timeout(120_000);
    const typed = async (name) => {
      const { document, editor } = await open(name);
      assert.ok(document.lineCount >= 20_000, `${document.lineCount} lines`);
      put(editor, new vscode.Position(10_003, 0));
      const times = [];
      const before = process.cpuUsage();
      for (let count = 0; count < 60; count += 1) {
        const start = performance.now();
        await run('type', { text: 'x' });
        times.push(performance.now() - start);
      }
      const { user, system } = process.cpuUsage(before);
      assert.equal(document.lineAt(10_003).text, 'x'.repeat(60));
      await run('workbench.action.revertAndCloseActiveEditor');
      times.sort((a, b) => a - b);
      return { busy: (user + system) / 60e3, median: times[30], most: times[54] };
    };
    // The same text in a language that nobody serves: what the editor takes by itself.
    const without = await typed('huge.rb');
    const ours = await typed('huge.py');
    const seen = `without us ${JSON.stringify(without)}, with us ${JSON.stringify(ours)}`;
    // The time that this process works for a keystroke; the clock's would be that of whatever else the machine does.
    assert.ok(ours.busy <= without.busy + 20, seen);
    console.log(`      typing in 20,000 lines, ms: ${seen}`);
  });

  suite('settings', () => {
    teardown(async () => {
      await configure('modes', undefined);
      await configure('server.path', undefined);
      await until('the server runs', () => all.server.phase === 'running');
    });

    test('what rutter.toml says is not overruled by the editor’s defaults, but by what is set', async () => {
      const { document } = await open('toml.lua');
      await until('rutter.toml makes Lua a companion’s', async () => (await symbols(document)).length === 0);
      await configure('modes', { lua: 'full' });
      await until('the setting makes it full', async () => (await symbols(document)).length > 0);
      await configure('modes', undefined);
      await until('without it rutter.toml counts again', async () => (await symbols(document)).length === 0);
    });

    test('a language’s mode is a setting', async () => {
      const { document } = await open('rich/_ratio.py');
      assert.ok((await symbols(document)).length > 0);
      await configure('modes', { python: 'companion' });
      await until('no outline of ours', async () => (await symbols(document)).length === 0);
      const texts = await hover(document, find(document, 'def ratio_resolve', 'ratio_resolve'));
      assert.match(texts[0], /cyclomatic/);
      assert.doesNotMatch(texts[0], /def ratio_resolve/);
      await configure('modes', undefined);
      await until('the outline is back', async () => (await symbols(document)).length > 0);
    });

    const scratch = mkdtempSync(path.join(os.tmpdir(), 'rutter-path-'));
    suiteTeardown(() => rmSync(scratch, { recursive: true }));
    const missing = async (value, problem) => {
      await configure('server.path', value, vscode.ConfigurationTarget.Global);
      await until('it is missed', () => all.server.phase === 'missing');
      assert.match(all.server.problem, problem);
      assert.match(all.status.item.tooltip.value, /not found/);
      assert.deepEqual(await all.hotspots.getChildren(), [], 'the view makes place for its welcome');
      await configure('server.path', undefined, vscode.ConfigurationTarget.Global);
      await until('it runs again', () => all.server.phase === 'running');
    };
    const script = (name, text, mode = 0o755) => {
      const made = path.join(scratch, name);
      writeFileSync(made, text);
      chmodSync(made, mode);
      return made;
    };
    test('a program that is not there is said', () => missing('/nowhere/rutter', /There is no file \/nowhere\/rutter/));
    test('a program that may not run is said', () => missing(script('closed', '', 0o644), /may not be executed/));
    test('another program is said', () => missing(script('other', '#!/bin/sh\necho something 3\n'), /is not rutter/));
    test('a program that ends at once is started some times, and then no more', async () => {
      await configure('server.path', script('falls', '#!/bin/sh\n[ "$1" = --version ] && echo rutter 0.1.0 && exit\nexit 3\n'), vscode.ConfigurationTarget.Global);
      await until('it is given up', () => all.server.phase === 'stopped' && all.server.problem !== undefined);
      assert.match(all.status.item.tooltip.value, /does not run/);
      await configure('server.path', undefined, vscode.ConfigurationTarget.Global);
      await until('ours runs', () => all.server.phase === 'running');
      assert.equal(all.server.problem, undefined);
    });
    test('a program of another series is said', () => missing(script('old', '#!/bin/sh\necho rutter 0.0.9\n'), /is rutter 0\.0\.9.*needs rutter 0\.1/));
  });

  suite('the server', () => {
    /** The servers that this extension host has started. */
    const running = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return readlinkSync(`/proc/${pid}/exe`) === all.server.path && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid;
      } catch {
        return false; // it has ended meanwhile, or is another user's
      }
    }).map(Number);

    test('one that falls is started again', async () => {
      const [pid] = running();
      assert.ok(pid);
      process.kill(pid, 'SIGKILL');
      await until('another one', () => running().some((other) => other !== pid));
      await until('it runs', () => all.server.phase === 'running');
      const { document } = await open('rich/_ratio.py');
      await until('it answers', async () => (await hover(document, find(document, 'def ratio_resolve', 'ratio_resolve'))).length === 1);
    });

    test('it is restarted, stopped and started by commands, and leaves nothing behind', async () => {
      const [before] = running();
      await run('rutter.restart');
      assert.equal(all.server.phase, 'running');
      await until('one is left, and another', () => running().length === 1 && running()[0] !== before);
      await run('rutter.stop');
      assert.equal(all.server.phase, 'stopped');
      await until('none is left', () => running().length === 0);
      assert.match(all.status.item.tooltip.value, /does not run/);
      await run('rutter.restart');
      await ready(all.server);
      const phases = [];
      const listener = all.server.onDidChange(() => phases.push(all.server.phase));
      await run('rutter.restart');
      listener.dispose();
      assert.ok(phases.includes('stopped') && phases.includes('starting') && phases.includes('running'), phases.join());
    });

    test('the status bar follows while a workspace is indexed', async () => {
      const { indexDir } = all.server.status.roots[0];
      await run('rutter.stop');
      await until('it has ended', () => running().length === 0);
      rmSync(indexDir, { recursive: true });
      const seen = new Set();
      const listener = all.server.onDidChange(() => seen.add(all.status.item.text));
      await run('rutter.restart');
      await ready(all.server);
      listener.dispose();
      assert.ok([...seen].some((text) => /sync~spin/.test(text)), [...seen].join());
      assert.match(all.status.item.text, /compass/);
    });

    test('its index lies outside of the workspace', () => {
      const { indexDir } = all.server.status.roots[0];
      assert.ok(!indexDir.startsWith(folder().fsPath), indexDir);
      assert.equal(execFileSync('git', ['-C', folder().fsPath, 'status', '--porcelain', '--untracked-files=all', '--', ':!.vscode'], { encoding: 'utf8' }), '');
      assert.ok(file('rich/_ratio.py').fsPath.startsWith(folder().fsPath));
    });
  });
});
