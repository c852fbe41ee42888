import * as vscode from 'vscode';
import type { Position } from 'vscode-languageclient/node';

import { SCHEMES } from './languages';
import { toPosition } from './places';

/** A place that a command is about. */
export interface Target {
  uri: vscode.Uri;
  position: vscode.Position;
}

/** What a command is about: what a code lens says, or where the cursor is. */
export function targetOf(uri?: unknown, position?: unknown): Target | undefined {
  if (typeof uri === 'string' && isPosition(position)) return { uri: vscode.Uri.parse(uri), position: toPosition(position) };
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || !SCHEMES.includes(editor.document.uri.scheme)) return undefined;
  return { uri: editor.document.uri, position: editor.selection.active };
}

function isPosition(value: unknown): value is Position {
  const { line, character } = (value ?? {}) as Partial<Position>;
  return typeof line === 'number' && typeof character === 'number';
}
