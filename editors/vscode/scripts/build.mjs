// Bundles what runs: the extension, the layout's thread, and the script of the control-flow view.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';

process.chdir(new URL('..', import.meta.url).pathname);
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const common = { bundle: true, minify: true, logLevel: 'warning', legalComments: 'none', outdir: 'dist' };
const node = { ...common, platform: 'node', target: 'node20', format: 'cjs', mainFields: ['module', 'main'] };
await Promise.all([
  build({ ...node, entryPoints: { extension: 'src/extension.ts' }, external: ['vscode'] }),
  build({ ...node, entryPoints: { layout: 'src/controlFlow/layoutThread.ts' } }),
  build({ ...common, entryPoints: { view: 'src/controlFlow/view/main.ts' }, platform: 'browser', target: 'es2022', format: 'iife' }),
]);
copyFileSync('src/controlFlow/view/view.css', 'dist/view.css');
