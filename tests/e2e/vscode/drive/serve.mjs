// A code-server on a free port, with directories of its own that go with it.
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const SETTINGS = {
  'workbench.startupEditor': 'none', 'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false, 'extensions.autoUpdate': false, 'extensions.ignoreRecommendations': true,
  'workbench.tips.enabled': false, 'workbench.enableExperiments': false, 'workbench.reduceMotion': 'on', 'chat.commandCenter.enabled': false,
  'git.enabled': false, 'editor.codeLens': true, 'editor.hover.delay': 100, 'files.autoSave': 'off', 'editor.minimap.enabled': false,
};

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** `open`: a folder, or a `.code-workspace` file, within `workspace`, of which the server gets a copy. */
export async function serve({ codeServer, extensions, workspace, open = '', settings = {}, env = {}, trusted = true }) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'rutter-vscode-'));
  const dir = (name) => {
    const made = path.join(root, name);
    mkdirSync(made, { recursive: true });
    return made;
  };
  const [user, installed, config, home] = [dir('user'), dir('extensions'), dir('config'), dir('home')];
  const copy = path.join(root, 'workspace');
  cpSync(workspace, copy, { recursive: true });
  mkdirSync(path.join(user, 'User'));
  writeFileSync(path.join(user, 'User/settings.json'), JSON.stringify({ ...SETTINGS, 'security.workspace.trust.enabled': !trusted, 'security.workspace.trust.startupPrompt': 'never', ...settings }));
  writeFileSync(path.join(config, 'config.yaml'), 'auth: none\n');

  const entry = path.join(codeServer, 'out/node/entry.js');
  const common = [entry, '--config', path.join(config, 'config.yaml'), '--user-data-dir', user, '--extensions-dir', installed];
  const environment = {
    PATH: process.env.PATH, LANG: 'C.UTF-8', EXTENSIONS_GALLERY: '{}', HOME: home,
    XDG_CONFIG_HOME: config, XDG_DATA_HOME: dir('data'), XDG_CACHE_HOME: dir('cache'), ...env,
  };
  await promisify(execFile)(process.execPath, [...common, ...extensions.flatMap((each) => ['--install-extension', each]), '--force'], { env: environment });

  const port = await freePort();
  let log = '';
  const child = spawn(process.execPath, [...common, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check',
    ...(trusted ? ['--disable-workspace-trust'] : []), '--disable-getting-started-override', '--ignore-last-opened'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.stdout.on('data', (data) => { log += data; });
  child.stderr.on('data', (data) => { log += data; });

  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // it has ended by itself
    }
  };
  const stop = async () => {
    signal('SIGTERM');
    const ended = new Promise((resolve) => (child.exitCode !== null ? resolve() : child.once('exit', resolve)));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5000))]);
    // The extension host and the language server go with it; a moment lets the server put its index down.
    await new Promise((resolve) => setTimeout(resolve, 500));
    signal('SIGKILL');
    rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  };

  const url = `http://127.0.0.1:${port}/`;
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}healthz`).then((answer) => answer.ok, () => false);
    if (up) break;
    if (tries > 300 || child.exitCode !== null) {
      await stop();
      throw new Error(`code-server did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const opened = path.join(copy, open);
  const parameter = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
  return { url: `${url}?${parameter}=${encodeURIComponent(opened)}`, authority: `127.0.0.1:${port}`, workspace: copy, log: () => log, stop };
}
