/** Every machine of the house, with what it is tried with. */
import type { AnyStateMachine } from 'xstate';
import { concerns, nodeMachine } from '../../machines/node.ts';
import type { Alphabet } from './alphabet.ts';
import { alphabets } from './alphabets/alphabets.ts';

export interface Tryable {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly alphabet: Alphabet;
}

export const house: readonly Tryable[] = Object.entries({ ...concerns, node: nodeMachine }).map(
  ([name, machine]) => {
    const alphabet = alphabets[name];
    if (!alphabet) throw new Error(`the machine ${name} has no alphabet in simulation/generate`);
    return { name, machine, alphabet };
  },
);
