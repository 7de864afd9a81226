/**
 * Declares what is agreed on outside the nodes of a model, in one order: a log that is committed
 * somewhere, and that each node learns at any later moment. With it a model does without replicas
 * and elections, whose safety the other models search; and their messages cost it no states.
 *
 * It is worth as much as it allows. What a node asks for is agreed on at once, later or never; and
 * what is agreed on is only ever added to.
 */
import type { BusEvent, Emitted } from '../../protocol/event.ts';
import type { Trouble } from './budget.ts';
import type { Deal } from './model.ts';
import type { NodeView } from './node.ts';

/** What may become of what was agreed. */
export interface Fate {
  /** Plain data. */
  readonly agreed: unknown;
  /** What it counts as, when it is trouble. */
  readonly trouble: Trouble | null;
}

/** More are not told apart. */
export const FATES_MAX = 3;

/** What a node may hear of it now. */
export interface Offer {
  readonly event: Emitted;
  readonly trouble: Trouble | null;
}

export interface Agreement {
  readonly first: unknown;
  /** Whether an event that a node puts on its bus bears on what is agreed. */
  readonly notices: (event: BusEvent, node: string) => boolean;
  /** What may come of what a node did; what goes well is first. At most `FATES_MAX`. */
  readonly fates: (agreed: unknown, deal: Deal) => readonly Fate[];
  /** What becomes of it by itself: what was asked for arrives. At most `TURNS_MAX`. */
  readonly turns: (agreed: unknown) => readonly Fate[];
  readonly offers: (agreed: unknown, view: NodeView) => readonly Offer[];
  /** Two views are offered the same when this is the same. */
  readonly place: (view: NodeView) => string;
}
