/**
 * Where journal lines come from. A source is a city in the page, a live district, or a file; the
 * page knows nothing else of it than this.
 */
import type { JournalLine } from '../../protocol/journal.ts';
import type { Deed, DeedKind } from '../deed.ts';
import type { Opening } from '../opening.ts';

export type Link =
  | { readonly state: 'connecting' | 'open' | 'ended' }
  /** Not there now; `why` is for people. It is tried again. */
  | { readonly state: 'lost'; readonly why: string };

/** What a source tells. `began` comes first, and again when everything begins anew. */
export interface Sink {
  began(opening: Opening): void;
  lines(lines: readonly JournalLine[]): void;
  /** How far time has come, when no line says so. In milliseconds. */
  reached(atMs: number): void;
  link(link: Link): void;
}

/** How a city in the page is run. */
export interface Pump {
  /** Virtual seconds a second; 0 stands still. */
  setSpeed(times: number): void;
  /** Lets so much virtual time pass, once. In milliseconds. */
  step(ms: number): void;
}

export interface Source {
  readonly kind: 'city' | 'live' | 'file';
  /** What it is, in a few words. */
  readonly title: string;
  /** Begins to tell. Called once. */
  open(sink: Sink): void;
  close(): void;
  /** What can be done to it now. */
  can(kind: DeedKind): boolean;
  /** Why nothing can be done to it, when that is so. */
  readonly readOnly: string | undefined;
  /** Does it, or throws an error that says why not. */
  act(deed: Deed): Promise<void>;
  /** For a city in the page: its time is ours to make. */
  readonly pump?: Pump;
  /** The context of a node's machine now, where the machines are at hand: no journal has it. */
  contextOf?(node: string, machine: string): Promise<unknown>;
  /** What a message says, by its sender and id, where that is still known and stands in no line. */
  contentsOf?(key: string): Promise<object | undefined>;
  /** The same of all messages, by sender and id: a journal that is saved tells it too. */
  allContents?(): Promise<ReadonlyMap<string, object>>;
  /** A link to the present moment that others can open, if there is one. */
  linkTo?(atMs: number): string;
}
