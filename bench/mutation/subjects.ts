/** The machines that mutants are made of, and the tests that judge these. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { house } from '../../simulation/generate/house.ts';
import { nodesIn } from '../../simulation/generate/places.ts';
import { type Mutation, Mutations } from './mutations.ts';

/** From `bench/` and from `dist/bench/` alike. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/dist\/$/, '');

export const JUDGES = ['generated', 'byHand'] as const;
export type Judge = (typeof JUDGES)[number];

const tables = (...names: string[]) => names.map((name) => `test/machines/${name}.test.ts`);

/** Tests that do not come from the machine: the quick ones first, then, for what lives on, others. */
const BY_HAND = {
  election: [tables('ballot', 'election', 'election-terms', 'former-voter')],
  replica: [tables('replica', 'replica-others', 'primary', 'backup', 'learner', 'draining')],
  phases: [
    tables('phases'),
    ...[
      'push-button',
      'phases-sensing',
      'phases-calls',
      'phases-in-step',
      'preemption',
      'preemption-runs',
    ].map((name) => tables(name)),
  ],
} satisfies Readonly<Record<string, readonly (readonly string[])[]>>;

export type Subject = keyof typeof BY_HAND;
export const SUBJECTS = Object.keys(BY_HAND) as readonly Subject[];

/** Each round judges what the one before left alive. */
export const roundsOf = (judge: Judge, machine: Subject): readonly (readonly string[])[] =>
  judge === 'generated' ? [[`test/generated/${machine}.test.ts`]] : BY_HAND[machine];

export const mutationsOf = (name: Subject): readonly Mutation[] => {
  const { machine } = house.find((one) => one.name === name) ?? {};
  if (!machine) throw new Error(`there is no machine ${name}`);
  const states = nodesIn(machine.root).filter(({ type }) => type === 'atomic');
  const text = readFileSync(`${ROOT}machines/${name}.ts`, 'utf8');
  const ids = states.map(({ id }) => id);
  return new Mutations(text, ids).all();
};
