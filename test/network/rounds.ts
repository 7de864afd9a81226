/**
 * What a run of tests is asked for: in which kinds of district it plays, and how often in each what
 * chance decides. A few times at shared intersections in every run; more often, and everywhere, on
 * demand.
 */
declare module 'vitest' {
  interface ProvidedContext {
    /** By the name of the kind; a kind without a number is not played. */
    readonly rounds: Readonly<Record<string, number>>;
  }
}

export const SEED = 20_261_125;
