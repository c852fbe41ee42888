// All sessions, one after another, and what came of them.
//   run.mjs CACHE VSIX PRIMARY LUA PROJECT [SESSION...]
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { proveBroken } from './drive/broken.mjs';
import { lookAt } from './drive/dom.mjs';
import { runInHost } from './drive/host.mjs';

const [cache, vsix, primary, lua, project, ...wanted] = process.argv.slice(2);
const resultsDir = path.join(cache, 'results');
mkdirSync(resultsDir, { recursive: true });
const setup = { codeServer: path.join(cache, 'code-server'), tools: path.join(cache, 'tools'), resultsDir, workspace: project };

const SESSIONS = {
  alone: () => runInHost({ ...setup, extensions: [vsix], suites: ['handful', 'alone'], open: 'one' }),
  beside: () => runInHost({ ...setup, extensions: [vsix, primary, lua], suites: ['beside'], open: 'two.code-workspace' }),
  broken: () => proveBroken({ ...setup, extensions: [vsix], suites: ['handful'], open: 'one' }),
  untrusted: () => runInHost({ ...setup, extensions: [vsix], suites: ['untrusted'], open: 'three', trusted: false }),
  window: () => lookAt({ ...setup, extensions: [vsix], open: 'one' }),
};
/** Two at a time: each waits for its browser and its servers more than it works. */
const LANES = [['alone', 'broken', 'untrusted'], ['beside', 'window']];

let [passed, failed] = [0, 0];
async function run(name) {
  const start = Date.now();
  const results = await SESSIONS[name]().catch((error) => [{ title: `${name} comes to an end`, ok: false, error: String(error.stack ?? error), ms: 0 }]);
  console.log(`\n-- ${name}, ${((Date.now() - start) / 1000).toFixed(1)} s`);
  for (const { title, ok, error, ms } of results) {
    console.log(`${ok ? 'ok  ' : 'FAIL'}  ${title} (${Math.round(ms)} ms)${ok ? '' : `\n      ${String(error).replaceAll('\n', '\n      ')}`}`);
    if (ok) passed++;
    else failed++;
  }
}

const unknown = wanted.filter((name) => !(name in SESSIONS));
if (unknown.length > 0) throw new Error(`there is no session ${unknown.join()}`);
await Promise.all(LANES.map(async (lane) => {
  for (const name of lane) if (wanted.length === 0 || wanted.includes(name)) await run(name);
}));
console.log(`vscode: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
