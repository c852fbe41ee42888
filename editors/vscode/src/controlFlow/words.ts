/** What blocks and edges are called, and what is shown of them. */
import type { Block, BlockKind, ControlFlow, EdgeKind } from '../protocol';

export const BLOCK_WORDS: Record<BlockKind, string> = {
  entry: 'entry', exit: 'exit', body: 'body', condition: 'condition', loop_header: 'loop header', case: 'case', handler: 'handler',
  finally: 'finally', unreachable: 'unreachable',
};

const EDGE_WORDS: Record<EdgeKind, string> = {
  next: 'then', true: 'if true', false: 'if false', case: 'in a case', default: 'by default', back: 'back', break: 'by break',
  continue: 'by continue', jump: 'by a jump', fallthrough: 'falling through', resume: 'when resumed', return: 'by return',
  exception: 'on an exception',
};

const LINES = 8;
const COLUMNS = 56;

export function headingOf(block: Block): string {
  const { start, end } = block.range;
  const name = `B${block.id} · ${BLOCK_WORDS[block.kind]}`;
  if (block.code.length === 0) return name;
  return `${name} · ${start.line + 1}${end.line > start.line ? `–${end.line + 1}` : ''}`;
}

/** The code, cut to what a block in a graph can hold. */
export function linesOf(block: Block): string[] {
  const all = block.code.map((line) => line.replaceAll('\t', '    '));
  const shown = all.length > LINES ? [...all.slice(0, LINES - 1), `… ${all.length - LINES + 1} more lines`] : all;
  return shown.map((line) => (line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line));
}

/** For whom the picture says nothing. */
export function labelOf(block: Block, flow: ControlFlow): string {
  const ways = flow.edges.filter((edge) => edge.from === block.id).map((edge) => `${EDGE_WORDS[edge.kind]} to B${edge.to}`);
  const parts = [headingOf(block), linesOf(block).join('; ')];
  if (block.leaves) parts.push('leaves the function');
  if (ways.length > 0) parts.push(`goes ${ways.join(', ')}`);
  return parts.filter((part) => part !== '').join('. ');
}
