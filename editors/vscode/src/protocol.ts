/** What the server says beyond the protocol that all servers speak; `editors/PROTOCOL.md` is its description. */
import type { Position, Range } from 'vscode-languageclient/node';

export interface FunctionInfo {
  name: string;
  fqn: string;
  kind: string;
  uri: string;
  range: Range;
  selectionRange: Range;
  cyclomatic: number | null;
  cognitive: number | null;
  callers: number;
}

export type BlockKind =
  | 'entry' | 'exit' | 'body' | 'condition' | 'loop_header' | 'case' | 'handler' | 'finally' | 'unreachable';

export type EdgeKind =
  | 'next' | 'true' | 'false' | 'case' | 'default' | 'back' | 'break' | 'continue' | 'jump' | 'fallthrough' | 'resume'
  | 'return' | 'exception';

export interface Block {
  id: number;
  kind: BlockKind;
  terminator: string;
  range: Range;
  /** Its lines, without what they are indented by. */
  code: string[];
  leaves: boolean;
}

export interface Edge {
  from: number;
  to: number;
  kind: EdgeKind;
}

export interface ControlFlow {
  function: FunctionInfo;
  version: number | null;
  blocks: Block[];
  edges: Edge[];
  dot?: string;
  mermaid?: string;
}

export interface WhyLine {
  line: number;
  cyclomatic: number;
  cognitive: number;
  causes: string;
  nesting: number;
  ranges: Range[];
}

export interface Why {
  function: FunctionInfo;
  version: number | null;
  lines: WhyLine[];
}

export interface Callers {
  function: FunctionInfo;
  callers: { function: FunctionInfo | null; uri: string; ranges: Range[]; confidence: 'exact' | 'likely' | 'ambiguous' }[];
}

export interface Metrics {
  version: number | null;
  head: string | null;
  functions: (FunctionInfo & { head: { cyclomatic: number; cognitive: number } | null })[];
}

export interface HotFunction extends FunctionInfo {
  commits: number;
  score: number;
}

export interface HotFile {
  uri: string;
  path: string;
  cognitive: number;
  cyclomatic: number;
  functions: number;
  commits: number;
  score: number;
}

export interface Hotspots {
  functions: HotFunction[];
  files: HotFile[];
  history: { commits: number; since: string } | null;
}

export interface RootStatus {
  uri: string;
  name: string;
  state: 'opening' | 'indexing' | 'ready' | 'failed';
  message: string | null;
  percentage: number | null;
  files: number | null;
  skipped: number | null;
  symbols: number | null;
  indexDir: string | null;
}

export interface Status {
  version: string;
  roots: RootStatus[];
}

export interface DocumentPosition {
  textDocument: { uri: string };
  position: Position;
}
