// Runs mocha within the real extension host: the editor's own way of testing extensions, which needs a browser that connects.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { browse } from './browser.mjs';
import { serve } from './serve.mjs';

const PATIENCE = 180_000;
const here = path.dirname(new URL(import.meta.url).pathname);

/** The results of some suites: `[{title, ok, error, ms}]`. */
export async function runInHost({ codeServer, tools, extensions, workspace, open, settings, suites, resultsDir, env = {}, trusted = true }) {
  const results = path.join(resultsDir, `${suites.join('-')}-${Date.now()}.json`);
  const server = await serve({ codeServer, extensions, workspace, open, settings, trusted, env: {
    ...env, RUTTER_TEST_SUITES: suites.join(), RUTTER_TEST_RESULTS: results, RUTTER_TEST_TOOLS: tools,
  } });
  let browser;
  try {
    browser = await browse(tools, server.url);
    const { page } = browser;
    let finish;
    const finished = new Promise((resolve) => { finish = resolve; });
    await page.exposeFunction('codeAutomationLog', (type, words) => {
      if (process.env.VERBOSE) console.log(`  [${type}]`, ...words);
    });
    await page.exposeFunction('codeAutomationExit', (code) => finish(code));
    const remote = (file) => `vscode-remote://${server.authority}${file}`;
    const host = path.join(here, '../host');
    const payload = [['extensionTestsPath', remote(path.join(host, 'index.js'))], ['extensionDevelopmentPath', remote(host)]];
    await page.goto(`${server.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(() => resolve('late'), PATIENCE); });
    const code = await Promise.race([finished, late]);
    clearTimeout(timer);
    const seen = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : [];
    if (code === 'late' || seen.length === 0) {
      await page.screenshot({ path: path.join(resultsDir, 'no-result.png') });
      seen.push({ title: `${suites.join()} comes to an end`, ok: false, error: `extension host: ${code}\n${server.log()}`, ms: 0 });
    }
    return seen;
  } finally {
    await browser?.close();
    await server.stop();
  }
}
