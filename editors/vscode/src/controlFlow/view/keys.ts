import type { PlacedBlock, PlacedEdge } from '../messages';
import type { Drawing } from './drawing';
import type { Viewport } from './viewport';

/**
 * The keyboard's way through the graph. One block takes part in the order of Tab; arrows go from it along the edges, down with
 * the flow and up against it, and sideways between the ways that one block has.
 */
export class Keys {
  /** The block that has the focus, or had it last. */
  focused: number | null = null;
  /** The blocks that were gone through, to go back the same way. */
  private trail: number[] = [];

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly drawing: Drawing,
    private readonly viewport: Viewport,
    private readonly jump: (block: number, preserveFocus: boolean) => void,
    private readonly pin: () => void,
  ) {
    // Not at the graph itself: an SVG element with such a listener takes the focus, too.
    document.addEventListener('focusin', (event) => {
      const block = drawing.blockOf(event.target);
      if (block !== undefined) this.reach(block);
    });
    document.addEventListener('keydown', (event) => this.press(event));
  }

  /** The graph was drawn anew. */
  renew(marked: number | null): void {
    const hadFocus = this.svg.contains(document.activeElement) || document.activeElement === document.body;
    const wanted = this.focused !== null && this.drawing.elementOf(this.focused) !== undefined ? this.focused : marked;
    const wasInGraph = hadFocus && document.hasFocus() && this.focused !== null;
    this.trail = [];
    this.reach(wanted ?? this.drawing.placed?.blocks[0]?.id ?? null);
    if (wasInGraph) this.elementNow()?.focus();
  }

  /** The cursor is in another block: Tab leads to it. */
  follow(marked: number | null): void {
    if (marked !== null && !this.svg.contains(document.activeElement)) this.reach(marked);
  }

  private reach(block: number | null): void {
    this.elementNow()?.setAttribute('tabindex', '-1');
    this.focused = block;
    this.elementNow()?.setAttribute('tabindex', '0');
  }

  private elementNow(): SVGGElement | undefined {
    return this.focused === null ? undefined : this.drawing.elementOf(this.focused);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inGraph = this.svg.contains(document.activeElement);
    const onButton = document.activeElement instanceof HTMLButtonElement;
    if (!this.act(event.key, inGraph, onButton)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private act(key: string, inGraph: boolean, onButton: boolean): boolean {
    switch (key) {
      case '+': case '=': this.viewport.zoom(1.25); return true;
      case '-': this.viewport.zoom(0.8); return true;
      case '0': this.viewport.fit(); return true;
      case 'p': case 'P': this.pin(); return true;
    }
    if (onButton || this.focused === null) return false;
    switch (key) {
      case 'ArrowDown': return this.go(inGraph ? this.onward() : this.focused);
      case 'ArrowUp': return this.go(inGraph ? this.back() : this.focused);
      case 'ArrowLeft': return this.go(inGraph ? this.beside(-1) : this.focused);
      case 'ArrowRight': return this.go(inGraph ? this.beside(1) : this.focused);
      case 'Home': return this.go(this.blocks().find((block) => block.kind === 'entry')?.id);
      case 'End': return this.go(this.blocks().find((block) => block.kind === 'exit')?.id);
    }
    if (!inGraph) return false;
    switch (key) {
      case 'Enter': this.jump(this.focused, false); return true;
      case ' ': this.jump(this.focused, true); return true;
    }
    return false;
  }

  private blocks(): PlacedBlock[] {
    return this.drawing.placed?.blocks ?? [];
  }

  private edges(end: 'from' | 'to'): PlacedEdge[] {
    return (this.drawing.placed?.edges ?? []).filter((edge) => edge[end] === this.focused && edge.from !== edge.to);
  }

  private onward(): number | undefined {
    const next = this.edges('from')[0]?.to;
    if (next !== undefined && this.focused !== null) this.trail.push(this.focused);
    return next;
  }

  private back(): number | undefined {
    const ways = this.edges('to').map((edge) => edge.from);
    const last = this.trail.pop();
    if (last !== undefined && ways.includes(last)) return last;
    this.trail = [];
    const here = this.blocks().find((block) => block.id === this.focused)?.y ?? 0;
    return ways.find((way) => (this.blocks().find((block) => block.id === way)?.y ?? here) < here) ?? ways[0];
  }

  /** The other ways of the block that led here; else what stands beside. */
  private beside(step: 1 | -1): number | undefined {
    const blocks = this.blocks();
    const here = blocks.find((block) => block.id === this.focused);
    if (here === undefined) return undefined;
    const origin = this.trail[this.trail.length - 1] ?? this.edges('to')[0]?.from;
    const ways = new Set((this.drawing.placed?.edges ?? []).filter((edge) => edge.from === origin).map((edge) => edge.to));
    const siblings = blocks.filter((block) => ways.has(block.id));
    const level = blocks.filter((block) => block.y < here.y + here.height && here.y < block.y + block.height);
    const row = (siblings.length > 1 ? siblings : level).sort((a, b) => a.x + a.width / 2 - b.x - b.width / 2);
    const at = row.indexOf(here);
    return row[(at + step + row.length) % row.length]?.id;
  }

  private go(block: number | undefined): boolean {
    if (block === undefined) return true;
    this.reach(block);
    this.elementNow()?.focus();
    this.viewport.show(this.drawing.boxOf(block) ?? undefined);
    return true;
  }
}
