/** What the extension and the control-flow view say to each other. */
import type { BlockKind, EdgeKind } from '../protocol';

export interface PlacedBlock {
  id: number;
  kind: BlockKind;
  leaves: boolean;
  /** Control goes on in different ways, by a condition. */
  decides: boolean;
  /** Such as `B3 · loop header · 25`. */
  heading: string;
  /** What is shown of its code. */
  lines: string[];
  /** All of it, and where it leads, in words. */
  label: string;
  /** The left upper corner. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEdge {
  from: number;
  to: number;
  kind: EdgeKind;
  /** A path of SVG, up to the arrow's head. */
  path: string;
  /** The arrow's tip, and where it comes from. */
  tip: [number, number];
  neck: [number, number];
}

export interface PlacedGraph {
  title: string;
  subtitle: string;
  blocks: PlacedBlock[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

/** How large letters are in the view, which lays nothing out itself. */
export interface Letters {
  width: number;
  height: number;
}

/** What the editor keeps of the view over a reload of the window. */
export interface Kept {
  uri: string;
  line: number;
  character: number;
  pinned: boolean;
}

export type ToView =
  | { type: 'graph'; graph: PlacedGraph; same: boolean; block: number | null; kept: Kept }
  | { type: 'cursor'; block: number | null; kept: Kept }
  | { type: 'pinned'; pinned: boolean; kept: Kept }
  | { type: 'message'; text: string }
  | { type: 'export' };

export type FromView =
  | { type: 'ready'; letters: Letters }
  | { type: 'drawn'; blocks: number; edges: number; highlighted: number | null; scale: number }
  | { type: 'jump'; block: number; preserveFocus: boolean }
  | { type: 'copy'; format: 'dot' | 'mermaid' | 'svg' }
  | { type: 'svg'; text: string }
  | { type: 'pin'; pinned: boolean };
