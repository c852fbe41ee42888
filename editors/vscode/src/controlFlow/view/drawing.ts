import type { EdgeKind } from '../../protocol';
import type { PlacedBlock, PlacedEdge, PlacedGraph } from '../messages';
import { shape } from './elements';

const PADDING = 8;
/** These are told apart by their form alone. */
const UNNAMED: ReadonlySet<EdgeKind> = new Set(['next', 'back', 'exception']);

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The graph in the page. */
export class Drawing {
  /** The block under the cursor. */
  marked: number | null = null;
  private graph: PlacedGraph | undefined;
  private readonly blocks = new Map<number, SVGGElement>();

  constructor(private readonly world: SVGGElement) {}

  get size(): { width: number; height: number } {
    return { width: this.graph?.width ?? 0, height: this.graph?.height ?? 0 };
  }

  get placed(): PlacedGraph | undefined {
    return this.graph;
  }

  draw(graph: PlacedGraph): void {
    this.graph = graph;
    this.blocks.clear();
    const dead = new Set(graph.blocks.filter((block) => block.kind === 'unreachable').map((block) => block.id));
    const edges = graph.edges.map((edge) => drawEdge(edge, dead.has(edge.from)));
    const blocks = graph.blocks.map((block) => {
      const drawn = drawBlock(block);
      this.blocks.set(block.id, drawn);
      return drawn;
    });
    this.world.replaceChildren(shape('g', { class: 'edges', 'aria-hidden': 'true' }, ...edges), shape('g', { class: 'blocks' }, ...blocks));
    this.nameEdges();
  }

  mark(block: number | null): void {
    if (this.marked !== null) this.blocks.get(this.marked)?.classList.remove('marked');
    for (const current of this.world.querySelectorAll('[aria-current]')) current.removeAttribute('aria-current');
    this.marked = block;
    const drawn = block === null ? undefined : this.blocks.get(block);
    drawn?.classList.add('marked');
    drawn?.setAttribute('aria-current', 'location');
    for (const edge of this.world.querySelectorAll('.edge')) edge.classList.toggle('leaving', block !== null && edge.getAttribute('data-from') === String(block));
  }

  count(): { blocks: number; edges: number } {
    return { blocks: this.world.querySelectorAll('.block').length, edges: this.world.querySelectorAll('.edge').length };
  }

  elementOf(block: number): SVGGElement | undefined {
    return this.blocks.get(block);
  }

  /** The block that was clicked. */
  blockOf(target: EventTarget | null): number | undefined {
    const drawn = target instanceof Element ? target.closest('.block') : null;
    return drawn === null ? undefined : Number(drawn.getAttribute('data-block'));
  }

  boxOf(block: number | null): Box | undefined {
    return this.graph?.blocks.find((each) => each.id === block);
  }

  entry(): Box | undefined {
    return this.graph?.blocks.find((block) => block.kind === 'entry') ?? this.graph?.blocks[0];
  }

  /** A place that is to stay where it is when the graph changes. */
  anchor(block: number | null | undefined): { x: number; y: number } | undefined {
    const box = this.boxOf(block ?? null) ?? this.entry();
    return box === undefined ? undefined : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Names stand beside the edge, where it begins. */
  private nameEdges(): void {
    for (const edge of this.world.querySelectorAll<SVGGElement>('.edge')) {
      const [name, path] = [edge.querySelector('text'), edge.querySelector('path')];
      if (name === null || path === null) continue;
      const point = path.getPointAtLength(Math.min(14, path.getTotalLength() / 2));
      const after = path.getPointAtLength(Math.min(24, path.getTotalLength()));
      // Straight ways down have it on the left, and those up on the right: the two often run side by side.
      const left = after.x < point.x - 1 || (after.x < point.x + 1 && after.y > point.y);
      name.setAttribute('x', String(point.x + (left ? -5 : 5)));
      name.setAttribute('y', String(point.y + 4));
      name.setAttribute('text-anchor', left ? 'end' : 'start');
    }
  }
}

function drawBlock(block: PlacedBlock): SVGGElement {
  const { width, height } = block;
  const parts: Node[] = [outline(block)];
  if (block.kind === 'loop_header') parts.push(shape('path', { class: 'accent', d: `M4,3 V${height - 3} M7.5,3 V${height - 3}` }));
  else if (block.kind === 'handler' || block.kind === 'finally') parts.push(shape('path', { class: 'accent', d: `M4,3 V${height - 3}` }));
  const step = (height - 2 * PADDING) / (block.lines.length + 1);
  const text = (line: string, index: number, kind: string) => {
    const drawn = shape('text', { class: kind, x: PADDING + 6, y: (PADDING + step * (index + 0.75)).toFixed(1), 'xml:space': 'preserve' });
    drawn.textContent = line;
    return drawn;
  };
  parts.push(text(block.heading, 0, 'heading'), ...block.lines.map((line, index) => text(line, index + 1, 'code')));
  if (block.leaves) parts.push(shape('path', { class: 'leaves', d: `M${width - 14},${height - 5} h9 m-3.5,-3.5 l3.5,3.5 l-3.5,3.5` }));
  const title = shape('title', {});
  title.textContent = block.label;
  return shape('g', {
    class: `block kind-${block.kind.replace('_', '-')}${block.decides ? ' decides' : ''}`, transform: `translate(${block.x.toFixed(1)},${block.y.toFixed(1)})`,
    'data-block': block.id, role: 'button', tabindex: -1, 'aria-label': block.label,
  }, title, ...parts);
}

/** The form says what kind a block is, for whoever does not tell colours. */
function outline({ kind, decides, width, height }: PlacedBlock): SVGElement {
  if (kind === 'condition' || kind === 'case' || (kind === 'body' && decides)) {
    const cut = Math.min(10, height / 3);
    return shape('path', { class: 'outline', d: `M${cut},0 H${width - cut} L${width},${cut} V${height - cut} L${width - cut},${height} H${cut} L0,${height - cut} V${cut} Z` });
  }
  const round = kind === 'entry' || kind === 'exit' ? Math.min(14, height / 2) : 3;
  return shape('rect', { class: 'outline', width, height, rx: round });
}

function drawEdge(edge: PlacedEdge, dead: boolean): SVGGElement {
  const [tipX, tipY] = edge.tip;
  const [neckX, neckY] = edge.neck;
  const length = Math.hypot(tipX - neckX, tipY - neckY) || 1;
  const [alongX, alongY] = [(tipX - neckX) / length, (tipY - neckY) / length];
  const corner = (side: number) => `${(tipX - alongX * 7 - alongY * side).toFixed(1)},${(tipY - alongY * 7 + alongX * side).toFixed(1)}`;
  const parts: Node[] = [
    shape('path', { class: 'line', d: `${edge.path} L${tipX.toFixed(1)},${tipY.toFixed(1)}` }),
    shape('polygon', { class: 'head', points: `${tipX.toFixed(1)},${tipY.toFixed(1)} ${corner(3.5)} ${corner(-3.5)}` }),
  ];
  if (!UNNAMED.has(edge.kind)) {
    const name = shape('text', { class: 'name' });
    name.textContent = edge.kind;
    parts.push(name);
  }
  return shape('g', { class: `edge kind-${edge.kind}${dead ? ' dead' : ''}`, 'data-from': edge.from, 'data-to': edge.to }, ...parts);
}
