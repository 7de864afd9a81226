/**
 * Words for tests of byzantine neighbours: a city of whole nodes whose fifth has been taken over by
 * a liar, who has its key, its store and its name.
 */
import type { Replica } from '../../machines/replication.ts';
import type { Emitted, Only } from '../../protocol/event.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import type { Seal } from '../../protocol/seal.ts';
import { type City, createCity } from '../../simulation/city.ts';
import type { Violation } from '../../simulation/invariants.ts';
import { leaderOf, load } from '../../simulation/load.ts';
import { progressOf, SETTLED_MS_MAX, unsettled } from '../../simulation/settling.ts';
import { Liar } from './liar.ts';

/** Who was taken over. */
export const TAKEN = 'n5';
export const HONEST = ['n1', 'n2', 'n3', 'n4'] as const;
/** When it has founded itself, and has a plan. */
const BEGUN_MS = 15_000;

type Fact = { readonly t: number; readonly node: string; readonly event: Emitted };

export interface Lied {
  readonly city: City;
  readonly liar: Liar;
  /** All facts since the liar began. */
  readonly facts: readonly Fact[];
  /** What was refused of it, as far as it is told. */
  readonly refused: readonly string[];
  /** What broke rules that a key holder can break. */
  readonly broken: Violation[];
}

/** A city of five with something to agree on; the fifth node is gone, and a liar speaks for it. */
export const liedTo = async (seed: number, seal?: Seal): Promise<Lied> => {
  const facts: Fact[] = [];
  const refused: string[] = [];
  const journal = (line: JournalLine) => {
    if (line.kind === 'fact') facts.push(line);
    if (line.kind === 'refused') refused.push(line.reason);
  };
  const city = createCity({ seed, district: 5, seal, journal });
  city.start();
  load(city, 2_000);
  const liar = await Liar.in(city, seal);
  await city.run(BEGUN_MS);
  city.kill(TAKEN);
  await city.run(BEGUN_MS + 5_000);
  facts.length = 0;
  return { city, liar, facts, refused, broken: [] };
};

/** Rules that hold whoever lies, in the name of whom. */
const ALWAYS = ['lamps are safe', 'nodes do not fail', 'nodes come to rest'];

/** Lets time pass, whatever is broken of what the nodes agree on. */
export const pass = async ({ city, broken }: Lied, ms: number): Promise<void> => {
  const untilMs = city.now() + ms;
  do {
    await city.run(untilMs);
    broken.push(...city.violations.splice(0));
  } while (broken.length > 0 && city.now() < untilMs - 1);
};

/** Ten lies a second, for so long. */
export const lying = async (lied: Lied, forMs: number, lie: (k: number) => void) => {
  for (let k = 0; k < forMs / 100; k += 1) {
    lie(k);
    await pass(lied, 100);
  }
};

/** The liar goes, the real node comes back; gives how long until the city has settled, if it has. */
export const settledAfter = async (lied: Lied): Promise<number | undefined> => {
  const { city, liar } = lied;
  await liar.close();
  city.restart(TAKEN);
  const [since, sinceMs] = [progressOf(city), city.now()];
  while (city.now() < sinceMs + SETTLED_MS_MAX) {
    await pass(lied, 1_000);
    if (unsettled(city, since) === undefined) return city.now() - sinceMs;
  }
  return undefined;
};

/** What was broken that no lie may break. */
export const unsafe = ({ broken }: Lied) =>
  broken.filter(({ invariant }) => ALWAYS.includes(invariant));

/** What was told of a type. */
export const told = <K extends Emitted['type']>({ facts }: Lied, type: K): Only<Emitted, K>[] =>
  facts.flatMap(({ event }) => (event.type === type ? [event as Only<Emitted, K>] : []));

export const replicaOf = (city: City, id: string): Replica =>
  city.place(id).stateOf('replica')?.context as Replica;

/** The term that a node is in, and the latest that any is in. */
export const termIn = (city: City, id: string): number => {
  const election = city.place(id).stateOf('election')?.context as { term: number } | undefined;
  return election?.term ?? 0;
};
export const latestTerm = (city: City): number =>
  Math.max(...city.running().map((id) => termIn(city, id)));

/** Who leads, which is somebody. */
export const leaderIn = (city: City): string => leaderOf(city) ?? 'n1';

/** What the liar hears a node beat, to be said with something else in it. */
export const beatOf = (liar: Liar, id: string) => {
  const { type, term, store, index, commit, leader } = liar.of(id).beat;
  return { type, term, store, index, commit, ...(leader !== undefined && { leader }) };
};
