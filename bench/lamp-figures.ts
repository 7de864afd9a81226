/**
 * Sorts what became of operators' commands into samples: how long the last lamp of an intersection took
 * to follow a plan, and a preemption to be green, where one node serves and where several do, with the
 * holder of the green in the way reachable and not.
 */

export const KINDS = [
  'a plan, until the last lamp of a whole intersection follows',
  'a plan, until the last lamp of a shared intersection follows',
  'a preemption, until green at a whole intersection',
  'a preemption, until green at a shared intersection, all holders reachable',
  'a preemption, until green at a shared intersection, a holder killed',
] as const;
export type Kind = (typeof KINDS)[number];

/** One sample; null, when it did not come within the time that was waited. */
export interface Sample {
  readonly kind: Kind;
  readonly ms: number | null;
}

const [PLAN_WHOLE, PLAN_SHARED, CALL_WHOLE, CALL_REACHED, CALL_KILLED] = KINDS;

interface Followed {
  readonly intersection: string;
  readonly litMs: number | null;
}

/** A sample for each intersection: its last node counts, and one that never followed spoils it. */
export const planSamples = (
  nodes: readonly Followed[],
  isShared: (intersection: string) => boolean,
): Sample[] =>
  [...new Set(nodes.map(({ intersection }) => intersection))].map((intersection) => {
    const own = nodes.filter((node) => node.intersection === intersection);
    const lit = own.flatMap(({ litMs }) => litMs ?? []);
    const ms = lit.length === own.length ? Math.max(...lit) : null;
    return { kind: isShared(intersection) ? PLAN_SHARED : PLAN_WHOLE, ms };
  });

interface Called {
  readonly intersection: string;
  readonly greenMs: number | null;
  readonly waitedFor: readonly string[];
}

/** A sample for each call. Where a holder was killed, only one that had to be waited for counts. */
export const callSamples = (
  calls: readonly Called[],
  isShared: (intersection: string) => boolean,
  killed: ReadonlySet<string> = new Set(),
): Sample[] =>
  calls.flatMap(({ intersection, greenMs, waitedFor }): Sample[] => {
    if (!isShared(intersection)) return [{ kind: CALL_WHOLE, ms: greenMs }];
    if (killed.size === 0) return [{ kind: CALL_REACHED, ms: greenMs }];
    const isWaited = waitedFor.some((node) => killed.has(node));
    return isWaited || greenMs === null ? [{ kind: CALL_KILLED, ms: greenMs }] : [];
  });

/** The samples of a kind that came, and how many did not. */
export const samplesOf = (samples: readonly Sample[], kind: Kind) => {
  const own = samples.filter((sample) => sample.kind === kind);
  const values = own.flatMap(({ ms }) => ms ?? []);
  return { values, missed: own.length - values.length };
};

/** Whom to kill: of two nodes the one that is green now, the other when that one must live. */
export const victimOf = (
  lamps: Readonly<Record<string, string>>,
  isSpared: (group: string) => boolean,
): 'a' | 'b' | undefined => {
  const wanted = lamps['b'] === 'green' ? (['b', 'a'] as const) : (['a', 'b'] as const);
  return wanted.find((group) => !isSpared(group));
};
