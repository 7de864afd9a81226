/**
 * `greenwave key`: makes the keys of a district, and rotates them in three steps while it runs.
 */
import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { Command } from 'commander';
import {
  createKeyFile,
  type DistrictKey,
  type KeyFile,
  newDistrictKey,
  newOperatorKey,
  readKeyFile,
  replaceKeyFile,
  takenError,
} from './key-file.ts';
import { OperatorError } from './read-district.ts';

const HELP = `
FILE is for nodes and for whoever only looks: it holds the district's secret, and what verifies
operators. FILE with .operator before its ending is for operators: it holds what they sign with, too.
Give each host the first by a safe way (scp), the second to no node. Both are of mode 600, and are
refused when others may read them.

  greenwave key town.key                            makes town.key and town.operator.key
  greenwave up town.json --key-file town.key
  greenwave plan rush.json town.json --key-file town.operator.key

Rotation changes the secret while the district runs, in three steps; after each, give all files to all
hosts, wait until all nodes say that they have taken them (within some seconds), then do the next:

  greenwave key rotate town.key town.operator.key   1: a new key, accepted beside the former
  greenwave key rotate town.key town.operator.key   2: the new key seals, the former is accepted
  greenwave key rotate town.key town.operator.key   3: the former is taken away`;

interface Made {
  readonly files: readonly string[];
  readonly key: string;
}

export const keyCommand: Command = new Command('key')
  .description('Make the keys of a district (key FILE), or rotate them (key rotate FILE...)')
  .enablePositionalOptions()
  .argument('<file>', 'key file to make')
  .option('--no-operator', 'no key for operators: whoever has the district’s key may command')
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action((file: string, { operator, json }: { operator: boolean; json?: true }) => {
    const made = makeKeys(file, operator);
    process.stdout.write(`${json ? JSON.stringify(made) : madeText(made)}\n`);
  });

keyCommand
  .command('rotate')
  .description('Do the next step of a rotation in all these files alike')
  .argument('<files...>', 'key files of one district: of nodes and of operators')
  .option('--json', 'print one JSON object')
  .action((files: string[], { json }: { json?: true }) => {
    const done = rotate(files);
    process.stdout.write(`${json ? JSON.stringify(done) : rotatedText(done)}\n`);
  });

/** Makes the file of nodes and, unless nobody wants it, that of operators. */
export const makeKeys = (file: string, withOperator: boolean): Made => {
  const district = [newDistrictKey('seal')];
  const key = district[0]?.id ?? '';
  if (!withOperator) {
    createKeyFile(file, { about: 'Of nodes, and of whoever may command.', district });
    return { files: [file], key };
  }
  const { public: verifies, private: signs } = newOperatorKey();
  const operatorFile = operatorFileOf(file);
  for (const one of [file, operatorFile]) {
    if (existsSync(one)) throw takenError(one);
  }
  createKeyFile(operatorFile, {
    about: 'Of operators; no node needs it.',
    district,
    operator: { public: verifies, private: signs },
  });
  createKeyFile(file, { about: 'Of nodes.', district, operator: { public: verifies } });
  return { files: [file, operatorFile], key };
};

/** `town.key` gives `town.operator.key`. */
const operatorFileOf = (file: string): string => {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.operator${ext}`);
};

export interface Rotated {
  readonly step: 1 | 2 | 3;
  readonly files: readonly string[];
  readonly seals: string;
  readonly accepts: readonly string[];
}

/** The next step, in all files or in none that could not be read. */
export const rotate = (files: readonly string[]): Rotated => {
  const contents = files.map((file) => ({ file, content: readKeyFile(file) }));
  const [first] = contents;
  if (!first) throw new OperatorError('no key file was named');
  for (const { file, content } of contents) {
    if (keysText(content) === keysText(first.content)) continue;
    throw new OperatorError(
      `${file} and ${first.file} hold other keys: both must have done the same steps before`,
    );
  }
  const { step, district } = nextOf(first.content);
  for (const { file, content } of contents) replaceKeyFile(file, { ...content, district });
  const of = (use: DistrictKey['use']) =>
    district.filter((key) => key.use === use).map(({ id }) => id);
  return { step, files, seals: of('seal')[0] ?? '', accepts: of('accept') };
};

const keysText = ({ district }: KeyFile): string =>
  JSON.stringify(district.map(({ id, use, secret }) => [id, use, secret]));

/** A key that is accepted stands after the one that seals until it seals, and before it afterwards. */
const nextOf = ({ district }: KeyFile): { step: 1 | 2 | 3; district: DistrictKey[] } => {
  const [former, latter] = district as [DistrictKey, DistrictKey?];
  if (!latter) return { step: 1, district: [former, newDistrictKey('accept')] };
  if (latter.use === 'seal') return { step: 3, district: [latter] };
  return {
    step: 2,
    district: [
      { ...former, use: 'accept' },
      { ...latter, use: 'seal' },
    ],
  };
};

const madeText = ({ files: [file = '', operator], key }: Made): string =>
  [
    `Key ${key} is made.`,
    `  ${file}  for nodes (--key-file)`,
    operator === undefined
      ? '  Operators have no key of their own: whoever has this file may command.'
      : `  ${operator}  for operators: plan, contract, preempt, priority, clear, recover`,
  ].join('\n');

const rotatedText = ({ step, files, seals, accepts }: Rotated): string => {
  const give = `Give ${files.join(' and ')} to all hosts that have them`;
  switch (step) {
    case 1:
      return `Step 1 of 3: ${accepts[0]} is accepted, ${seals} still seals. ${give}, wait until all nodes say so, then rotate again.`;
    case 2:
      return `Step 2 of 3: ${seals} seals, ${accepts[0]} is still accepted. ${give}, wait until all nodes say so, then rotate again.`;
    case 3:
      return `Step 3 of 3: ${seals} alone is left. ${give}; who still has the former key is shut out.`;
  }
};
