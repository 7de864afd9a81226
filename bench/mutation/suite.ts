/**
 * Runs the same tests once for each mutant of a machine: each has modules of its own, which
 * `bench/mutation/run.ts` loads. What becomes of a mutant is written down at once, because the next
 * may hang.
 */
import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, inject, test } from 'vitest';

/** What tests of mutants are told. */
export interface MutantOrder {
  /** The file of the house that is replaced, and by what: mutants by id. */
  readonly replaced: string;
  readonly mutants: Readonly<Record<string, string>>;
  /** Paths of the files of tests. */
  readonly tests: readonly string[];
  /** Where it is written: `begun 7`, `killed 7`, `lives 7`. */
  readonly journal: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    order: MutantOrder;
  }
}

const { mutants, tests, journal } = inject('order');
const note = (word: string, id: string) => appendFileSync(journal, `${word} ${id}\n`);

for (const id of Object.keys(mutants)) {
  describe(`mutant ${id}`, async () => {
    let isKilled = false;
    note('begun', id);
    beforeAll(() => note('begun', id));
    beforeEach(({ skip, onTestFailed }) => {
      // One test is enough.
      skip(isKilled);
      onTestFailed(() => {
        isKilled = true;
      });
    });
    afterAll(() => note(isKilled ? 'killed' : 'lives', id));
    for (const file of tests) {
      await import(`${file}?mutant=${id}`).catch((error: unknown) => {
        test('can be loaded', () => {
          throw error;
        });
      });
    }
  });
}
