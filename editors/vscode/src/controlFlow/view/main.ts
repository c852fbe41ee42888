/** The control-flow view: draws what the extension has laid out, and says what a person does with it. */
import type { FromView, Kept, ToView } from '../messages';
import { Drawing } from './drawing';
import { element } from './elements';
import { pictureOf } from './export';
import { Keys } from './keys';
import { fillLegend } from './legend';
import { Viewport } from './viewport';

interface Saved {
  kept?: Kept;
  scale?: number;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromView): void;
  setState(state: Kept & { scale: number }): void;
  getState(): (Kept & { scale: number }) | undefined;
};

const host = acquireVsCodeApi();
const svg = element<SVGSVGElement>('graph');
const pin = element<HTMLButtonElement>('pin');
const message = element('message');

const saved: Saved = {};
const before = host.getState();
if (before !== undefined) saved.scale = before.scale;

const save = () => {
  if (saved.kept !== undefined) host.setState({ ...saved.kept, scale: viewport.scale });
};
const viewport = new Viewport(element('stage'), svg, element<SVGGElement>('world'), save);
const drawing = new Drawing(element<SVGGElement>('world'));
const jump = (block: number, preserveFocus: boolean) => host.postMessage({ type: 'jump', block, preserveFocus });
const keys = new Keys(svg, drawing, viewport, jump, () => togglePin());

function togglePin(): void {
  host.postMessage({ type: 'pin', pinned: pin.getAttribute('aria-pressed') !== 'true' });
}

function report(): void {
  host.postMessage({ type: 'drawn', ...drawing.count(), highlighted: drawing.marked, scale: viewport.scale });
}

function receive(received: ToView): void {
  if ('kept' in received) {
    saved.kept = received.kept;
    save();
  }
  switch (received.type) {
    case 'graph': {
      const anchor = drawing.anchor(keys.focused ?? drawing.marked);
      const at = anchor === undefined ? undefined : viewport.toScreen(anchor);
      drawing.draw(received.graph);
      drawing.mark(received.block);
      keys.renew(received.block);
      element('title').textContent = received.graph.title;
      element('subtitle').textContent = received.graph.subtitle;
      svg.setAttribute('aria-label', `Control flow of ${received.graph.title}, ${received.graph.subtitle}. Arrow keys go along the edges, Enter selects the code.`);
      message.hidden = true;
      svg.removeAttribute('hidden');
      const size = { width: received.graph.width, height: received.graph.height };
      const now = drawing.anchor(keys.focused ?? drawing.marked);
      if (received.same && at !== undefined && now !== undefined) viewport.keep(size, now, at);
      else viewport.begin(size, drawing.entry(), saved.scale);
      delete saved.scale;
      viewport.show(drawing.boxOf(received.block));
      fillLegend(element('legend'), received.graph);
      return report();
    }
    case 'cursor':
      drawing.mark(received.block);
      keys.follow(received.block);
      viewport.show(drawing.boxOf(received.block));
      return report();
    case 'pinned':
      return pin.setAttribute('aria-pressed', String(received.pinned));
    case 'message':
      message.textContent = received.text;
      message.hidden = false;
      return svg.setAttribute('hidden', '');
    case 'export':
      return host.postMessage({ type: 'svg', text: pictureOf(svg, drawing.size) });
  }
}

window.addEventListener('message', (event: MessageEvent<ToView>) => receive(event.data));
pin.addEventListener('click', togglePin);
element('in').addEventListener('click', () => viewport.zoom(1.25));
element('out').addEventListener('click', () => viewport.zoom(0.8));
element('fit').addEventListener('click', () => viewport.fit());
element('dot').addEventListener('click', () => host.postMessage({ type: 'copy', format: 'dot' }));
element('mermaid').addEventListener('click', () => host.postMessage({ type: 'copy', format: 'mermaid' }));
element('svg').addEventListener('click', () => host.postMessage({ type: 'copy', format: 'svg' }));
svg.addEventListener('click', (event) => {
  const block = drawing.blockOf(event.target);
  if (block !== undefined && !viewport.dragged) jump(block, false);
});

// The text is measured where it will stand: the layout needs to know how wide the user's font is.
const ruler = element('ruler').getBoundingClientRect();
host.postMessage({ type: 'ready', letters: { width: ruler.width / 10 || 7, height: Math.max(ruler.height, 12) || 16 } });
