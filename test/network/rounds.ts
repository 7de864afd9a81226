/** How often a scenario of chance is played: a few times in every test run, more often on demand. */
declare module 'vitest' {
  interface ProvidedContext {
    readonly rounds: number;
  }
}

export const SEED = 20_261_125;
