#!/usr/bin/env node
// A server that starts, says that it can everything, and has nothing right: with it, tests have to fail.
if (process.argv[2] === '--version') {
  console.log('rutter 0.1.0');
  process.exit(0);
}
let pending = Buffer.alloc(0);
const send = (message) => {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};
const fn = { name: 'wrong', fqn: 'wrong', kind: 'function', range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
  selectionRange: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }, cyclomatic: null, cognitive: null, callers: 0 };
const ANSWERS = {
  initialize: { capabilities: { textDocumentSync: 1, hoverProvider: true, documentSymbolProvider: true, definitionProvider: true, codeLensProvider: { resolveProvider: true } } },
  'textDocument/hover': { contents: { kind: 'markdown', value: 'nothing of use' } },
  'textDocument/documentSymbol': [],
  'textDocument/codeLens': [{ range: fn.range, data: 1 }],
  'codeLens/resolve': { range: fn.range, command: { title: '', command: '' } },
  'rutter/status': { version: '0.1.0', roots: [] },
  'rutter/controlFlow': { function: { ...fn, uri: 'file:///' }, version: null, blocks: [], edges: [] },
  'rutter/why': { function: { ...fn, uri: 'file:///' }, version: null, lines: [] },
  'rutter/hotspots': { functions: [], files: [], history: null },
};
const receive = (message) => {
  if (message.method === 'exit') process.exit(0);
  if (message.id !== undefined && message.method !== undefined) send({ id: message.id, result: ANSWERS[message.method] ?? null });
};
process.stdin.on('data', (data) => {
  pending = Buffer.concat([pending, data]);
  for (;;) {
    const end = pending.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(pending.subarray(0, end).toString())[1]);
    if (pending.length < end + 4 + length) return;
    const body = pending.subarray(end + 4, end + 4 + length).toString();
    pending = pending.subarray(end + 4 + length);
    receive(JSON.parse(body));
  }
});
process.stdin.on('end', () => process.exit(0));
