/**
 * The mutants that live, by machine and judge, under what it means that they do: `npm run mutants`
 * fails when others live, and `docs/TESTS.md` shows them. A new one is to be killed by a row of a
 * table, by an example in an alphabet, or to get its meaning here.
 */
import type { Judge, Subject } from './subjects.ts';
import { election } from './survivors/election.ts';
import { phases } from './survivors/phases.ts';
import { replica } from './survivors/replica.ts';

/** Names of mutants by what it means that they live. */
export type Meanings = Readonly<Record<string, readonly string[]>>;

/** A meaning that begins so says that the mutant does nothing else than the machine. */
export const SAME = 'Does the same:';

type Judged = Readonly<Record<Judge, Meanings>>;

export const survivors: Readonly<Record<Subject, Judged>> = { election, replica, phases };

/** Those that live, and of these those that do nothing else than the machine. */
export const livingIn = (meanings: Meanings) => ({
  alive: Object.values(meanings).flat(),
  same: Object.entries(meanings).flatMap(([meaning, names]) =>
    meaning.startsWith(SAME) ? names : [],
  ),
});
