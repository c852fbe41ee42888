// Draws the marketplace's icon, which has to be a PNG, from our own SVG.
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

await initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
const svg = readFileSync(new URL('icon.svg', import.meta.url), 'utf8');
writeFileSync(new URL('../images/icon.png', import.meta.url), new Resvg(svg, { fitTo: { mode: 'width', value: 128 } }).render().asPng());
