/** What is known of other extensions: which of them serve a language in full, and which only look as if they might. */
import { workspace } from 'vscode';

export interface Neighbour {
  languages: readonly string[];
  /** Whether its settings leave it on; without this it always is. */
  serves?: () => boolean;
}

const setting = (section: string, key: string): unknown => workspace.getConfiguration(section).get(key);
const python = { languages: ['python'], serves: () => setting('python', 'languageServer') !== 'None' };

export const MAIN: ReadonlyMap<string, Neighbour> = new Map<string, Neighbour>([
  ['vscode.typescript-language-features', { languages: ['javascript', 'typescript', 'typescriptreact'] }],
  ['denoland.vscode-deno', { languages: ['javascript', 'typescript', 'typescriptreact'], serves: () => setting('deno', 'enable') === true }],
  ['rust-lang.rust-analyzer', { languages: ['rust'] }],
  ['ms-python.python', python],
  ['ms-python.vscode-pylance', python],
  ['ms-pyright.pyright', { languages: ['python'], serves: () => setting('pyright', 'disableLanguageServices') !== true }],
  ['detachhead.basedpyright', { languages: ['python'], serves: () => setting('basedpyright', 'disableLanguageServices') !== true }],
  ['anysphere.cursorpyright', { languages: ['python'] }],
  ['astral-sh.ty', { languages: ['python'] }],
  ['meta.pyrefly', { languages: ['python'] }],
  ['llvm-vs-code-extensions.vscode-clangd', { languages: ['c', 'cpp'], serves: () => setting('clangd', 'enable') !== false }],
  ['ms-vscode.cpptools', { languages: ['c', 'cpp'], serves: () => String(setting('C_Cpp', 'intelliSenseEngine')).toLowerCase() !== 'disabled' }],
  ['anysphere.cpptools', { languages: ['c', 'cpp'] }],
  ['ccls-project.ccls', { languages: ['c', 'cpp'] }],
  ['golang.go', { languages: ['go'], serves: () => setting('go', 'useLanguageServer') !== false }],
  ['redhat.java', { languages: ['java'] }],
  ['oracle.oracle-java', { languages: ['java'] }],
  ['asf.apache-netbeans-java', { languages: ['java'] }],
  ['georgewfraser.vscode-javac', { languages: ['java'] }],
  ['sumneko.lua', { languages: ['lua'] }],
  ['tangzx.emmylua', { languages: ['lua'] }],
]);

/** Linters, formatters, debuggers and the like: they come with a language and serve none. */
export const AIDES: ReadonlySet<string> = new Set([
  'charliermarsh.ruff', 'ms-python.black-formatter', 'ms-python.autopep8', 'ms-python.isort', 'ms-python.flake8', 'ms-python.pylint',
  'ms-python.mypy-type-checker', 'ms-python.debugpy', 'ms-python.vscode-python-envs', 'matangover.mypy', 'eeyore.yapf', 'njpwerner.autodocstring',
  'kevinrose.vsc-python-indent', 'dbaeumer.vscode-eslint', 'esbenp.prettier-vscode', 'biomejs.biome', 'rvest.vs-code-prettier-eslint',
  'standard.vscode-standard', 'oxc.oxc-vscode', 'xaver.clang-format', 'notskm.clang-tidy', 'jbenden.c-cpp-flylint', 'cschlosser.doxdocgen',
  'ms-vscode.cmake-tools', 'ms-vscode.cpptools-extension-pack', 'vadimcn.vscode-lldb', 'webfreak.debug', 'ms-vscode.cpptools-themes',
  'fill-labs.dependi', 'serayuzgur.crates', 'tamasfe.even-better-toml', 'vscjava.vscode-java-debug', 'vscjava.vscode-java-test',
  'vscjava.vscode-maven', 'vscjava.vscode-gradle', 'vscjava.vscode-java-dependency', 'shengchen.vscode-checkstyle', 'sonarsource.sonarlint-vscode',
  'johnnymorganz.stylua', 'kampfkarren.selene-vscode', 'dwenegar.vscode-luacheck', 'actboy168.lua-debug', 'tomblind.local-lua-debugger-vscode',
  'streetsidesoftware.code-spell-checker', 'usernamehw.errorlens', 'editorconfig.editorconfig', 'github.copilot', 'github.copilot-chat',
  'visualstudioexptteam.vscodeintellicode', 'formulahendry.code-runner', 'orta.vscode-jest', 'firsttris.vscode-jest-runner', 'vitest.explorer',
  'wix.vscode-import-cost', 'christian-kohler.path-intellisense', 'kisstkondoros.vscode-codemetrics', 'tamasszabo.function-graph-overview',
]);

export const CONDITIONS: readonly string[] = ['python', 'pyright', 'basedpyright', 'clangd', 'C_Cpp', 'go', 'deno'];
