/** Finds machines in modules, those of the house and those that people bring. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyStateMachine } from 'xstate';
import type { Alphabet } from '../simulation/generate/alphabet.ts';
import type { Tryable } from '../simulation/generate/house.ts';
import type { SourceOptions } from '../simulation/generate/source.ts';
import { OperatorError } from './read-district.ts';

/** A machine, and where a generated test finds it. */
export interface Origin extends SourceOptions {
  readonly tryable: Tryable;
}

export const isModule = (name: string): boolean => /[./\\]/.test(name);

const towards = (folder: string, file: string): string => {
  const path = relative(folder, file).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
};

export const originOfHouse = (tryable: Tryable, output: string): Origin => ({
  tryable,
  machine: tryable.name,
  exported: `${tryable.name}Machine`,
  from: towards(output, `machines/${tryable.name}.ts`),
  library: towards(output, 'simulation/generate/situation.ts'),
  by: 'npm run generate',
});

/** What is offered to a machine whose module says nothing of it: the types that it hears. */
const plain: Alphabet = { starts: { 'a machine': undefined } };

interface Brought {
  readonly alphabets?: Readonly<Record<string, Alphabet>>;
}

/** By what it can do: whoever brings it may have another copy of XState. */
const isMachine = (value: unknown): value is AnyStateMachine =>
  typeof value === 'object' &&
  value !== null &&
  ['root', 'provide', 'getInitialSnapshot'].every((part) => part in value);

export const readMachines = async (path: string, output: string): Promise<Origin[]> => {
  if (!existsSync(path)) throw new OperatorError(`${path}: there is no such file`);
  const module = (await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw new OperatorError(`${path} cannot be loaded: ${error.message}`);
  })) as Brought & Readonly<Record<string, unknown>>;
  const machines = Object.entries(module).filter((entry): entry is [string, AnyStateMachine] =>
    isMachine(entry[1]),
  );
  if (machines.length === 0) {
    throw new OperatorError(
      `${path} exports no machine: export what createMachine() gives by a name`,
    );
  }
  return machines.map(([exported, machine]) => {
    const name = exported.replace(/Machine$/, '') || exported;
    const alphabet = { ...plain, ...module.alphabets?.[exported] };
    return {
      tryable: { name, machine, alphabet },
      ...{ machine: name, exported, from: towards(output, path), library: 'greenwave/generate' },
      by: `greenwave generate ${path}`,
    };
  });
};
