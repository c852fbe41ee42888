import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { workspace } from 'vscode';

/** The server's program, or why there is none, in words for people. */
export type Found = { path: string; version: string } | { problem: string };

const PROGRAM = process.platform === 'win32' ? 'rutter.exe' : 'rutter';
const PATIENCE = 10_000;

/** Looks for the program where the setting says; without it, in the extension, then on the PATH. What is found first has to fit. */
export async function findBinary(extensionDir: string, extensionVersion: string): Promise<Found> {
  const setting = workspace.getConfiguration('rutter').get<string>('server.path', '').trim();
  if (setting !== '') {
    const path = expand(setting);
    if (!isAbsolute(path)) return { problem: `The setting rutter.server.path is not an absolute path: ${setting}` };
    return (await isFile(path)) ? check(path, extensionVersion) : { problem: `There is no file ${path}, which the setting rutter.server.path names.` };
  }
  const bundled = join(extensionDir, 'server', PROGRAM);
  const dirs = (process.env['PATH'] ?? '').split(delimiter).filter((dir) => isAbsolute(dir));
  for (const path of [bundled, ...dirs.map((dir) => join(dir, PROGRAM))]) {
    if (await isFile(path)) return check(path, extensionVersion);
  }
  return { problem: 'The program rutter is neither in the extension nor on your PATH.' };
}

function expand(path: string): string {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  const from = folder === undefined ? path : path.replaceAll('${workspaceFolder}', folder);
  return from.replace(/^~(?=$|[\\/])/, homedir());
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false; // what cannot be looked at is not there for us
  }
}

async function check(path: string, extensionVersion: string): Promise<Found> {
  try {
    await access(path, constants.X_OK);
  } catch {
    return { problem: `${path} may not be executed.` };
  }
  let said: string;
  try {
    said = await output(path, ['--version']);
  } catch (error) {
    return { problem: `${path} does not say its version: ${(error as Error).message}` };
  }
  const version = /^rutter (\d+\.\d+\.\d+\S*)/.exec(said.trim())?.[1];
  if (version === undefined) return { problem: `${path} is not rutter: it calls itself ${JSON.stringify(said.trim().slice(0, 80))}.` };
  const series = (of: string) => of.split('.').slice(0, 2).join('.');
  if (series(version) !== series(extensionVersion)) {
    return { problem: `${path} is rutter ${version}. The extension ${extensionVersion} needs rutter ${series(extensionVersion)}.` };
  }
  return { path, version };
}

function output(path: string, parameters: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, parameters, { timeout: PATIENCE, windowsHide: true }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
