import { Position, type TextDocumentContentChangeEvent } from 'vscode';

/** Where a place is after edits: those behind it leave it where it is. */
export function shifted(place: Position, changes: readonly TextDocumentContentChangeEvent[]): Position {
  let now = place;
  // The last in the text comes first, so that none moves another.
  for (const { range, text } of [...changes].sort((a, b) => b.range.start.compareTo(a.range.start))) {
    if (range.start.isAfterOrEqual(now)) continue;
    const lines = text.split('\n');
    const last = lines[lines.length - 1] ?? '';
    const end = new Position(range.start.line + lines.length - 1, lines.length === 1 ? range.start.character + last.length : last.length);
    if (range.end.isAfter(now)) now = range.start;
    else if (range.end.line === now.line) now = new Position(end.line, end.character + now.character - range.end.character);
    else now = new Position(now.line + end.line - range.end.line, now.character);
  }
  return now;
}
