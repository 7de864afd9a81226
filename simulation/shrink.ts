/**
 * Looks for a shorter schedule of faults that still ends in the same violation: drops half of the
 * faults, then quarters, down to one by one (delta debugging, Zeller and Hildebrandt, TSE 2002).
 */

export interface ShrinkOptions {
  /** Places of the schedule that are known to fail together. */
  readonly places: readonly number[];
  /** Whether these alone still fail. */
  readonly fails: (places: readonly number[]) => Promise<boolean>;
  /** Runs allowed. */
  readonly runsMax: number;
}

/** The least set of places found that still fails. */
export const shrink = async ({ places, fails, runsMax }: ShrinkOptions): Promise<number[]> => {
  let kept = [...places];
  let runs = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1 && kept.length > 0; ) {
    let hasShrunk = false;
    for (let from = 0; from < kept.length; ) {
      if (runs >= runsMax) return kept;
      runs += 1;
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (await fails(rest)) {
        kept = rest;
        hasShrunk = true;
      } else from += size;
    }
    if (size === 1 && !hasShrunk) return kept;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return kept;
};
