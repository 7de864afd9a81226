/**
 * Declares what is searched: which machines, from where, within which bounds, and what must hold.
 * A model decides nothing about the protocol: it chooses concerns, and feeds what the concerns that
 * are left out would say.
 */
import type { BusEvent, Emitted } from '../../protocol/event.ts';
import type { Agreement } from './agreement.ts';
import type { Disk } from './disk.ts';
import type { Letter } from './letter.ts';
import type { NodeSetup, NodeView, Stimulus, Timer } from './node.ts';

/** How often each kind of trouble may happen along one path. */
export interface Bounds {
  readonly crashes: number;
  /** Letters lost by a move of their own. Letters that are never delivered are not counted. */
  readonly drops: number;
  /** Letters that are delivered and stay on their way. */
  readonly duplicates: number;
  /** Timers that fire, but for those of beats. */
  readonly timeouts: number;
  /** Periodic beats. */
  readonly beats: number;
  /** Requests of clients. */
  readonly requests: number;
  /** Letters on their way at once. */
  readonly letters: number;
  /** Ticks in which a node is stalled, where time passes, each node by itself; none by default. */
  readonly stalls?: number;
  /** Ticks at all, where time passes; without end by default. */
  readonly ticks?: number;
}

/** What a search within the bounds comes to. */
export interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
}

/** What one node did in one move. */
export interface Deal {
  readonly before: NodeView;
  readonly stimulus: Stimulus;
  readonly after: NodeView;
  readonly letters: readonly Letter[];
  readonly heard: readonly BusEvent[];
  /** What a machine threw. */
  readonly wrong?: string;
}

export interface Model {
  readonly name: string;
  /** One sentence. */
  readonly title: string;
  readonly setup: NodeSetup;
  readonly bounds: Bounds;
  /** The other bounds, in words, as they are printed. */
  readonly limits: readonly string[];
  /** What the whole search comes to, when it is known. */
  readonly counts?: Counts;
  /** Steps spent on closing over the nodes; when they are more, the search does without. */
  readonly closureStepsMax?: number;
  /** What is on each disk at first. */
  readonly disks?: (node: string) => Disk;
  /** Played before the search begins, with all that is said delivered in order and no trouble. */
  readonly opening?: readonly Act[];
  /** Whether a node's state is within the bounds. */
  readonly isWithin?: (view: NodeView) => boolean;
  readonly mayFire?: (view: NodeView, timer: Timer) => boolean;
  readonly mayRing?: (view: NodeView, alarm: string) => boolean;
  /** Nodes that may crash; all by default. */
  readonly mayCrash?: (view: NodeView) => boolean;
  /** What clients may ask of a node now. */
  readonly requests?: (view: NodeView) => readonly Emitted[];
  /** What is agreed on outside the nodes; nothing by default. Then no history is remembered. */
  readonly agreement?: Agreement;
  /** What every move must keep to: says what is wrong. */
  readonly laws: readonly ((deal: Deal) => string | undefined)[];
  /** What the invariant looks at in each node. Plain and small, because it is compared. */
  readonly summary: (view: NodeView) => unknown;
  /** What is wrong with nodes of these summaries, in the order of the nodes. */
  readonly invariant?: (summaries: readonly unknown[]) => string | undefined;
  /** What must happen somewhere, or the search proves nothing. */
  readonly sometimes: Readonly<Record<string, (deal: Deal) => boolean>>;
}

/** One thing that happens in an opening. */
export type Act =
  | { readonly node: string; readonly fires: string }
  | { readonly node: string; readonly asks: Emitted }
  /** A client asks, and what comes of it is still under way when the search begins: comes last. */
  | { readonly node: string; readonly begins: Emitted }
  /** From here on nothing passes between the nodes that were cut off and the others. */
  | { readonly cutsOff: string }
  /**
   * From here on messages of this type to this node are still under way when the search begins,
   * from whichever side.
   */
  | { readonly delays: string; readonly to: string };

export const isBeat = ({ concern, id }: Timer): boolean =>
  concern === 'detector' && id.includes('.beat.');
