import * as vscode from 'vscode';

import type { Server } from './client';
import { say } from './errors';
import { ask, toPosition, toRange } from './places';
import type { Callers } from './protocol';
import { targetOf } from './target';

/** Shows who calls a function, in the editor's own peek window. */
export async function showCallers(server: Server, uri?: unknown, position?: unknown): Promise<void> {
  const target = targetOf(uri, position);
  if (target === undefined) return say('Put the cursor into a function first.');
  const answer = await server.request<Callers>('rutter/callers', ask(target.uri, target.position));
  if (answer === undefined) return say('The server does not run.');
  if (answer === null) return say('There is no function here, or no index yet.');
  const { function: callee, callers } = answer;
  if (callers.length === 0) return say(`Nobody is known to call ${callee.name}.`);
  tellDoubts(answer);
  const places = callers.flatMap((caller) => caller.ranges.map((range) => new vscode.Location(vscode.Uri.parse(caller.uri), toRange(range))));
  // Asked from within the function, it opens at the function's name; asked at a call elsewhere, it opens there.
  const within = vscode.Uri.parse(callee.uri).toString() === target.uri.toString() && toRange(callee.range).contains(target.position);
  const at = within ? toPosition(callee.selectionRange.start) : target.position;
  await vscode.commands.executeCommand('editor.action.showReferences', target.uri, at, places);
}

/** The peek window has no room for how sure a call is. */
function tellDoubts({ function: callee, callers }: Callers): void {
  const doubts = (['likely', 'ambiguous'] as const).flatMap((word) => {
    const count = callers.filter(({ confidence }) => confidence === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  if (doubts.length === 0) return;
  vscode.window.setStatusBarMessage(`${callers.length} caller${callers.length === 1 ? '' : 's'} of ${callee.name}: ${doubts.join(', ')}`, 8000);
}
