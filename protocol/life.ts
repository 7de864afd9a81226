/**
 * The numbers of a node's lives (incarnations): what a process may take for its own, and how far it
 * lets others push it. A store counts lives, and the time of day is a floor where there is none;
 * but disks are lost and clocks are set back, so others may know a later life than this one. It is
 * then outlived: its lamp driver, its peers and the log refuse it, and it begins anew above.
 */

/**
 * The farthest that a life may lie ahead of the one that hears of it. No clock of 32-bit seconds is
 * off by more (2^42 ms are 139 years); so a board whose clock starts in 1970 finds its way back,
 * and whoever claims the greatest number there is takes no node's last one. In milliseconds.
 */
export const LIFE_STEP_MAX = 2 ** 42;
/**
 * How often a process begins anew above a life that others know. An honest driver, peer and log
 * need one each; whoever claims more, again and again, is another node with the same id.
 */
export const OUTBIDS_MAX = 3;

/**
 * Above a life that others know, one of so many is drawn: should this life be lost before they have
 * heard of it, the one after it, told the same, does not take the same number.
 */
export const LIFE_DRAW = 2 ** 20;

/** What the number of the next life follows from. */
export interface Origin {
  /** The last life that the store has counted. */
  readonly stored?: number | undefined;
  /** What the host takes for the time of day. In milliseconds since 1970. */
  readonly wallMs: number;
  /** A life of the node that others know, when this one is to follow it. */
  readonly known?: number | undefined;
  /** A number drawn by lot, from 0 to less than 1. */
  readonly draw: number;
}

/** The next life: later than what is stored or known. A clock suggests none before 1970, and none
 *  that lies beyond what others would believe of a host that has forgotten everything. */
export const nextLife = ({ stored = -1, wallMs, known, draw }: Origin): number => {
  const suggested = Math.min(LIFE_STEP_MAX, Math.max(0, Math.floor(wallMs)));
  const above = known === undefined ? 0 : known + 1 + Math.floor(draw * LIFE_DRAW);
  return Math.max(stored + 1, suggested, above);
};

/** What a lamp driver has heard of a life: which, and how far it had counted. */
export interface LastWord {
  readonly incarnation: number;
  readonly counter: number;
}

/** Whether a word is later than another of the same node. */
export const isLater = (a: LastWord, b: LastWord): boolean =>
  a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.counter > b.counter);
