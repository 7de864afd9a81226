/**
 * What a run of tests is asked for: how often a scenario of chance is played, and in which kinds of
 * district. A few times at a shared intersection in every run, more often and in all on demand.
 */
declare module 'vitest' {
  interface ProvidedContext {
    readonly rounds: number;
    readonly kinds: readonly string[];
  }
}

export const SEED = 20_261_125;
