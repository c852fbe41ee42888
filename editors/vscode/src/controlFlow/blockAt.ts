import type { Position, Range } from 'vscode-languageclient/node';

import type { Block } from '../protocol';

const before = (a: Position, b: Position) => a.line < b.line || (a.line === b.line && a.character < b.character);
const holds = (range: Range, at: Position) => !before(at, range.start) && before(at, range.end);

/** Ranges lie in each other: the smaller one begins later, or ends earlier. */
const within = (inner: Range, outer: Range) => !before(inner.start, outer.start) && !before(outer.end, inner.end);

/** The block at a place: the one with the smallest range that holds it, else the last one that begins before it. */
export function blockAt(blocks: readonly Block[], at: Position): Block | undefined {
  let found: Block | undefined;
  for (const block of blocks) {
    if (holds(block.range, at) && (found === undefined || within(block.range, found.range))) found = block;
  }
  if (found !== undefined) return found;
  for (const block of blocks) {
    const begins = block.code.length > 0 && !before(at, block.range.start);
    if (begins && (found === undefined || !before(block.range.start, found.range.start))) found = block;
  }
  return found;
}
