/**
 * The keys that a command speaks with: `--key-file` and `--insecure`, when which is needed, and the
 * file read again when it changes, so that keys are rotated while nodes run.
 */
import { statSync } from 'node:fs';
import { Option } from 'commander';
import pc from 'picocolors';
import { Keyring } from '../transport/keyring.ts';
import { keySetOf, readKeyFile } from './key-file.ts';
import { OperatorError } from './read-district.ts';

/** How often a key file is looked at. In milliseconds. */
const LOOK_MS = 2_000;

export interface KeyOptions {
  readonly keyFile?: string;
  readonly insecure?: true;
}

/** `--key-file`, of every command that speaks with a district. */
export const keyFileOption = (): Option =>
  new Option('--key-file <file>', 'keys of the district (greenwave key makes them)');

/** The same for a process that this one starts. */
export const keyFileArguments = ({ keyFile }: KeyOptions): string[] =>
  keyFile === undefined ? [] : ['--key-file', keyFile];

/** The ring of a named file, for what is done on this host; where there is none, nobody else is shut out. */
export const namedKeyring = (district: string, { keyFile }: KeyOptions): Keyring | undefined =>
  keyFile === undefined ? undefined : new Keyring(district, keySetOf(readKeyFile(keyFile)));

/** `--insecure`, of every command that speaks on a network. */
export const insecureOption = (): Option =>
  new Option('--insecure', 'use no keys although others may be there: anybody can command');

/** What is told of a district that runs without keys where others may be. */
export const INSECURE =
  'WARNING: no keys (--insecure): anybody on this network can read, command and deceive the nodes';

const isLoopback = (address: string): boolean => address.startsWith('127.');

/** Whether nothing keeps strangers out. */
export const isInsecure = (address: string, { keyFile }: KeyOptions): boolean =>
  keyFile === undefined && !isLoopback(address);

/** Says so on standard error, where nothing keeps strangers out. */
export const warnIfInsecure = (address: string, options: KeyOptions): void => {
  if (isInsecure(address, options)) process.stderr.write(`${pc.yellow(INSECURE)}\n`);
};

/**
 * The ring for a district, or none where none is needed. Throws an `OperatorError` when one is
 * needed and none was named, or the file is not as it must be.
 */
export const keyringOf = (
  district: string,
  address: string,
  { keyFile, insecure }: KeyOptions,
): Keyring | undefined => {
  if (keyFile !== undefined) {
    if (insecure) throw new OperatorError('--key-file and --insecure exclude each other');
    return namedKeyring(district, { keyFile });
  }
  if (insecure || isLoopback(address)) return undefined;
  throw new OperatorError(
    `on ${address} others may be, so a key is needed: make one with \`greenwave key FILE\`, give it ` +
      'to every node of the district, and name it with --key-file; or say --insecure',
  );
};

/** Throws unless commands signed by this ring will be heeded. */
export const assertOperator = (keyring: Keyring | undefined, { keyFile }: KeyOptions): void => {
  if (!keyring?.hasOperators || keyring.isOperator) return;
  throw new OperatorError(
    `this takes the operator’s key, and ${keyFile} is a file of nodes: name the operator’s with --key-file`,
  );
};

/**
 * Takes new keys when the file changes. `tell` is told what became of it; a file that is wrong changes
 * nothing. Gives what ends that.
 */
export const followKeyFile = (
  keyring: Keyring,
  file: string,
  tell: (message: string) => void,
): (() => void) => {
  let known = printOf(file);
  const timer = setInterval(() => {
    const print = printOf(file);
    if (print === known) return;
    known = print;
    try {
      const content = readKeyFile(file);
      keyring.replace(keySetOf(content));
      const keys = content.district.map(({ id, use }) => `${id} (${use})`).join(', ');
      tell(`has taken the keys of ${file}: ${keys}`);
    } catch (error) {
      tell(`keeps the keys it has: ${(error as Error).message}`);
    }
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
};

/** What is another when the file is another. */
const printOf = (file: string): string => {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return 'gone';
  }
};
