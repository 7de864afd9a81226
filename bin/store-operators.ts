/**
 * Whose word a store is recovered on: the name of the operators' key under which its node last ran,
 * in a file beside the store. Modes of files are what keeps others out; this keeps who holds the key
 * of nodes alone from making a group that all others yield to, by a command not meant for him.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Keyring } from '../transport/keyring.ts';
import type { KeyOptions } from './keys.ts';
import { OperatorError } from './read-district.ts';

const fileIn = (data: string): string => join(data, 'OPERATORS');

/** Notes whose district it is, or that nobody has a key. `trouble` is told when that cannot be. */
export const noteOperators = (
  data: string,
  keyring: Keyring | undefined,
  trouble: (message: string) => void,
): void => {
  const name = keyring?.operators;
  try {
    if (name === undefined) rmSync(fileIn(data), { force: true });
    else writeFileSync(fileIn(data), `${name}\n`, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    trouble(`${fileIn(data)} cannot be written (${code}): recover will ask for no key`);
  }
};

/** Throws unless the store may be recovered by whoever has this ring. */
export const assertOperatorOf = (
  data: string,
  keyring: Keyring | undefined,
  { insecure }: KeyOptions,
): void => {
  const name = noted(data);
  if (name === undefined || insecure) return;
  if (keyring?.isOperator && keyring.operators === name) return;
  const why =
    keyring === undefined
      ? ''
      : keyring.isOperator
        ? ', and not this one'
        : ', and this is one of nodes';
  throw new OperatorError(
    `${data} is of a district whose operators have a key${why}: name theirs with --key-file; ` +
      'where it is lost, --insecure does without',
  );
};

const noted = (data: string): string | undefined => {
  try {
    return readFileSync(fileIn(data), 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What is there and cannot be read says that somebody has a key.
    if (code !== 'ENOENT') throw new OperatorError(`${fileIn(data)}: cannot be read (${code})`);
    return undefined;
  }
};
