import type { EdgeKind } from '../../protocol';
import type { PlacedGraph } from '../messages';
import { shape } from './elements';

const WORDS: [kinds: EdgeKind[], text: string][] = [
  [['next', 'fallthrough', 'resume', 'jump', 'default'], 'next'],
  [['true'], 'true'],
  [['false'], 'false'],
  [['case'], 'case'],
  [['back', 'continue'], 'back'],
  [['break', 'return'], 'leaves'],
  [['exception'], 'exception'],
];

/** What the lines of this graph mean. */
export function fillLegend(legend: HTMLElement, graph: PlacedGraph): void {
  const kinds = new Set(graph.edges.map((edge) => edge.kind));
  const entries = WORDS.flatMap(([all, text]) => {
    const kind = all.find((each) => kinds.has(each));
    return kind === undefined ? [] : [entry(`edge kind-${kind}`, text)];
  });
  if (graph.blocks.some((block) => block.kind === 'unreachable')) entries.push(entry('edge dead', 'unreachable'));
  legend.replaceChildren(...entries);
}

function entry(kind: string, text: string): HTMLElement {
  const made = document.createElement('span');
  const line = shape('g', { class: kind }, shape('path', { class: 'line', d: 'M1,5 H22' }), shape('polygon', { class: 'head', points: '28,5 21,1.5 21,8.5' }));
  made.append(shape('svg', { width: 30, height: 10, 'aria-hidden': 'true' }, line), text);
  return made;
}
