import type { Box } from './drawing';

interface Point {
  x: number;
  y: number;
}

const LEAST = 0.05;
const MOST = 4;
const MARGIN = 24;
/** Code that is smaller cannot be read: a large graph begins at its entry instead. */
const READABLE = 0.6;

/** Which part of the graph is seen, and how large. */
export class Viewport {
  scale = 1;
  /** A press of the button moved the graph, and was no click. */
  dragged = false;
  private left = 0;
  private top = 0;
  private size = { width: 0, height: 0 };

  constructor(
    private readonly stage: HTMLElement,
    svg: SVGSVGElement,
    private readonly world: SVGGElement,
    private readonly changed: () => void,
  ) {
    this.panBy(svg);
    stage.addEventListener('wheel', (event) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) this.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0025)), this.within(event));
      else this.move(-(event.shiftKey ? event.deltaY : event.deltaX), event.shiftKey ? 0 : -event.deltaY);
    }, { passive: false });
  }

  toScreen({ x, y }: Point): Point {
    return { x: x * this.scale + this.left, y: y * this.scale + this.top };
  }

  zoom(factor: number, around: Point = { x: this.stage.clientWidth / 2, y: this.stage.clientHeight / 2 }): void {
    const scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    this.left = around.x - ((around.x - this.left) * scale) / this.scale;
    this.top = around.y - ((around.y - this.top) * scale) / this.scale;
    this.scale = scale;
    this.apply();
  }

  move(x: number, y: number): void {
    this.left += x;
    this.top += y;
    this.apply();
  }

  /** All of the graph. */
  fit(): void {
    this.scale = Math.max(LEAST, Math.min(1.25, this.whole()));
    this.left = (this.stage.clientWidth - this.size.width * this.scale) / 2;
    this.top = (this.stage.clientHeight - this.size.height * this.scale) / 2;
    this.apply();
  }

  /** A graph of another function: all of it where that can be read, else from its entry on. */
  begin(size: { width: number; height: number }, entry: Box | undefined, scale?: number): void {
    this.size = size;
    const whole = this.whole();
    if (scale === undefined && whole >= READABLE) return this.fit();
    this.scale = scale ?? Math.max(READABLE, Math.min(1, whole));
    const middle = entry === undefined ? size.width / 2 : entry.x + entry.width / 2;
    this.left = this.stage.clientWidth / 2 - middle * this.scale;
    this.top = MARGIN - (entry?.y ?? 0) * this.scale;
    this.apply();
  }

  /** The same function after an edit: as large as before, and with a place where it was. */
  keep(size: { width: number; height: number }, place: Point, at: Point): void {
    this.size = size;
    this.left = at.x - place.x * this.scale;
    this.top = at.y - place.y * this.scale;
    this.apply();
  }

  /** Moves as little as is needed to see a block. */
  show(box: Box | undefined): void {
    if (box === undefined) return;
    const { x, y } = this.toScreen(box);
    const shift = (from: number, length: number, room: number) => {
      if (length > room - 2 * MARGIN) return from > room - 2 * MARGIN || from + length < 2 * MARGIN ? MARGIN - from : 0;
      return from < MARGIN ? MARGIN - from : Math.min(0, room - MARGIN - from - length);
    };
    const right = shift(x, box.width * this.scale, this.stage.clientWidth);
    const down = shift(y, box.height * this.scale, this.stage.clientHeight);
    if (right !== 0 || down !== 0) this.move(right, down);
  }

  private whole(): number {
    const { width, height } = this.size;
    return Math.min((this.stage.clientWidth - 2 * MARGIN) / Math.max(width, 1), (this.stage.clientHeight - 2 * MARGIN) / Math.max(height, 1));
  }

  private within(event: MouseEvent): Point {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private panBy(svg: SVGSVGElement): void {
    let last: Point | undefined;
    svg.addEventListener('pointerdown', (event) => {
      this.dragged = false;
      if (event.button === 0 || event.button === 1) last = { x: event.clientX, y: event.clientY };
    });
    svg.addEventListener('pointermove', (event) => {
      if (last === undefined) return;
      const [x, y] = [event.clientX - last.x, event.clientY - last.y];
      if (!this.dragged && Math.hypot(x, y) < 4) return;
      if (!this.dragged) svg.setPointerCapture(event.pointerId);
      this.dragged = true;
      last = { x: event.clientX, y: event.clientY };
      this.move(x, y);
    });
    for (const end of ['pointerup', 'pointercancel'] as const) svg.addEventListener(end, () => { last = undefined; });
  }

  private apply(): void {
    this.world.setAttribute('transform', `translate(${this.left.toFixed(2)},${this.top.toFixed(2)}) scale(${this.scale.toFixed(4)})`);
    this.changed();
  }
}
