import { Worker } from 'node:worker_threads';

import type { ControlFlow, EdgeKind } from '../protocol';
import { dotOf, sizeOf } from './dot';
import type { Letters, PlacedEdge, PlacedGraph } from './messages';
import { headingOf, labelOf, linesOf } from './words';

/** After so long a graph is drawn with straight lines, which takes a fraction of the time. */
const PATIENCE = 8000;

interface Job {
  id: number;
  resolve: (json: string | undefined) => void;
  reject: (error: Error) => void;
}

/** Places the blocks and edges of a graph, in a thread of its own. A graph that is asked for later takes the earlier one's place. */
export class Layout {
  private thread: Worker | undefined;
  private job: Job | undefined;
  private count = 0;

  constructor(private readonly script: string) {}

  dispose(): void {
    this.end();
  }

  /** `undefined` where another graph has taken its place. */
  async place(flow: ControlFlow, letters: Letters): Promise<PlacedGraph | undefined> {
    const whole = this.run(dotOf(flow, letters));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => { timer = setTimeout(() => resolve('late'), PATIENCE); });
    const first = await Promise.race([whole, late]).finally(() => clearTimeout(timer));
    const json = first === 'late' ? await this.run(dotOf(flow, letters, true)) : first;
    return json === undefined ? undefined : placed(flow, letters, json);
  }

  private run(dot: string): Promise<string | undefined> {
    // Whatever is under way is for nobody any more, and cannot be asked to stop.
    if (this.job !== undefined) this.end();
    const thread = (this.thread ??= this.begin());
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      this.job = { id, resolve, reject };
      thread.postMessage({ id, dot });
    });
  }

  private begin(): Worker {
    const thread = new Worker(this.script);
    thread.on('message', (answer: { id: number; json?: string; error?: string }) => {
      const job = this.job;
      if (job?.id !== answer.id) return;
      this.job = undefined;
      if (answer.json !== undefined) job.resolve(answer.json);
      else job.reject(new Error(`The graph could not be laid out: ${answer.error}`));
    });
    thread.on('error', (error) => {
      this.job?.reject(error);
      this.job = undefined;
      this.thread = undefined;
    });
    thread.unref();
    return thread;
  }

  private end(): void {
    this.job?.resolve(undefined);
    this.job = undefined;
    void this.thread?.terminate();
    this.thread = undefined;
  }
}

interface Drawing {
  bb: string;
  /** Blocks, and groups of them, which have no place. */
  objects?: { name: string; pos?: string }[];
  edges?: { id: string; pos: string }[];
}

const DECIDING: ReadonlySet<EdgeKind> = new Set(['true', 'false', 'case', 'default']);

type Point = [number, number];

function placed(flow: ControlFlow, letters: Letters, json: string): PlacedGraph {
  const drawing = JSON.parse(json) as Drawing;
  const [, , width = 0, height = 0] = drawing.bb.split(',').map(Number);
  const sizes = sizeOf(flow, letters);
  const deciding = new Set(flow.edges.filter(({ kind }) => DECIDING.has(kind)).map(({ from }) => from));
  const centres = new Map((drawing.objects ?? []).flatMap(({ name, pos }) => (pos === undefined ? [] : [[Number(name), pair(pos, height)] as const])));
  const { cyclomatic, cognitive, fqn } = flow.function;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  return {
    title: fqn,
    subtitle: [count(flow.blocks.length, 'block'), count(flow.edges.length, 'edge'), `cyclomatic ${cyclomatic ?? '–'}`, `cognitive ${cognitive ?? '–'}`].join(' · '),
    width,
    height,
    blocks: flow.blocks.map((block) => {
      const size = sizes.get(block.id) ?? { width: 0, height: 0 };
      const [x, y] = centres.get(block.id) ?? [0, 0];
      return {
        id: block.id, kind: block.kind, leaves: block.leaves, decides: deciding.has(block.id), heading: headingOf(block), lines: linesOf(block), label: labelOf(block, flow),
        x: x - size.width / 2, y: y - size.height / 2, ...size,
      };
    }),
    edges: (drawing.edges ?? []).flatMap((edge) => placedEdge(flow, Number(edge.id), edge.pos, height)),
  };
}

/** An edge's curve is `e,TIP POINT POINT ...`, from the tail on: cubic, the first point and then three for each piece. */
function placedEdge(flow: ControlFlow, index: number, pos: string, height: number): PlacedEdge[] {
  const edge = flow.edges[index];
  if (edge === undefined) return [];
  const parts = pos.split(' ').filter((part) => part !== '');
  const tips = parts.filter((part) => part.startsWith('e,')).map((part) => pair(part.slice(2), height));
  const points = parts.filter((part) => !/^[es],/.test(part)).map((part) => pair(part, height));
  const [start, ...rest] = points;
  if (start === undefined) return [];
  const neck = points[points.length - 1] ?? start;
  const path = `M${text(start)}` + (rest.length > 0 ? ` C${rest.map(text).join(' ')}` : '');
  return [{ from: edge.from, to: edge.to, kind: edge.kind, path, tip: tips[0] ?? neck, neck }];
}

const text = ([x, y]: Point) => `${x.toFixed(1)},${y.toFixed(1)}`;

/** Graphviz counts from below. */
function pair(of: string, height: number): Point {
  const [x = 0, y = 0] = of.split(',').map(Number);
  return [x, height - y];
}
