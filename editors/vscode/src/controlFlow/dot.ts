import type { ControlFlow, Edge } from '../protocol';
import type { Letters } from './messages';
import { headingOf, linesOf } from './words';

const POINTS = 72; // to the inch
export const PADDING = 8;
/** From so many blocks on, the best places are looked for less long, */
const MANY = 100;
/** and edges are drawn straighter. */
const VERY_MANY = 300;

export function sizeOf(flow: ControlFlow, letters: Letters): Map<number, { width: number; height: number }> {
  return new Map(flow.blocks.map((block) => {
    const lines = linesOf(block);
    const columns = Math.max(headingOf(block).length, ...lines.map((line) => line.length));
    return [block.id, { width: columns * letters.width + 2 * PADDING + 6, height: (lines.length + 1) * letters.height + 2 * PADDING }];
  }));
}

/** The graph without its texts, as the layout engine wants it. */
export function dotOf(flow: ControlFlow, letters: Letters, quick = false): string {
  const sizes = sizeOf(flow, letters);
  const lines = [
    'digraph {',
    `graph [rankdir=TB, nodesep=0.35, ranksep=0.42, pad=0, margin=0, ${effort(flow.blocks.length, quick)}];`,
    'node [shape=box, fixedsize=true, label=""];',
    'edge [label="", arrowhead=normal, arrowsize=0.7];',
  ];
  for (const block of flow.blocks) {
    const { width, height } = sizes.get(block.id) ?? { width: POINTS, height: POINTS };
    lines.push(`${block.id} [width=${(width / POINTS).toFixed(4)}, height=${(height / POINTS).toFixed(4)}];`);
  }
  flow.edges.forEach((edge, index) => lines.push(`${edge.from} -> ${edge.to} [id="${index}", weight=${weight(edge)}];`));
  const last = flow.blocks.find((block) => block.kind === 'exit');
  if (last !== undefined) lines.push(`{ rank=sink; ${last.id}; }`);
  const first = flow.blocks.find((block) => block.kind === 'entry');
  if (first !== undefined) lines.push(`{ rank=source; ${first.id}; }`);
  return [...lines, '}'].join('\n');
}

/** What is usual runs straight; what is rare may bend. */
function weight(edge: Edge): number {
  switch (edge.kind) {
    case 'next': return 6;
    case 'true': case 'case': case 'fallthrough': case 'resume': return 4;
    case 'exception': case 'back': case 'return': return 1;
    default: return 2;
  }
}

function effort(blocks: number, quick: boolean): string {
  if (quick) return 'splines=line, nslimit=0.3, nslimit1=0.3, mclimit=0.02';
  if (blocks <= MANY) return 'splines=true';
  return `splines=${blocks > VERY_MANY ? 'polyline' : 'true'}, nslimit=2, nslimit1=2, mclimit=0.3`;
}
