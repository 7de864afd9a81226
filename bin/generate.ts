/**
 * `greenwave generate`: writes tests of machines, made from the machines themselves, and tells what
 * of each chart they cover. For the machines of the house, and for any other that a module exports.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Generated, generatePaths } from '../simulation/generate/generate.ts';
import { house } from '../simulation/generate/house.ts';
import { sourceOf } from '../simulation/generate/source.ts';
import { coverageLines, coverageTable, isComplete } from './coverage-words.ts';
import { printer } from './host.ts';
import { isModule, type Origin, originOfHouse, readMachines } from './machine-module.ts';
import { OperatorError } from './read-district.ts';

interface Options {
  readonly output: string;
  readonly check?: true;
  readonly coverage?: true;
  readonly chart?: string;
  readonly json?: true;
}

export const generateCommand: Command = new Command('generate')
  .description('Write tests of machines, made from the machines themselves')
  .argument('[machine...]', 'machines of the house, or modules that export some; all of the house')
  .option('-o, --output <dir>', 'folder to write to', 'test/generated')
  .option('--check', 'write nothing; fail when a file there says something else')
  .option('--coverage', 'write nothing; tell what of each chart is covered')
  .option('--chart <file>', 'write the coverage there too, as the page shows it')
  .option('--json', 'print what is covered as JSON lines')
  .action(async (names: readonly string[], options: Options) => {
    const origins = await choose(names, options.output);
    const all = origins.map((origin) => ({ origin, ...generateOf(origin) }));
    const files = new Map(
      all.map(({ origin, suite }) => [fileOf(origin, options), sourceOf(suite, origin)]),
    );
    const { chart } = options;
    if (chart !== undefined) files.set(chart, chartText(all, chart));
    if (!options.coverage) put(files, options);
    tell(all, options);
  });

const fileOf = ({ machine }: Origin, { output }: Options) => join(output, `${machine}.test.ts`);

const generateOf = ({ machine: name, tryable }: Origin): Generated =>
  generatePaths(name, tryable.machine, tryable.alphabet);

/** Machines by name, or all that a module exports. */
const choose = async (names: readonly string[], output: string): Promise<Origin[]> => {
  const unknown = names.filter(
    (name) => !isModule(name) && !house.some((one) => one.name === name),
  );
  if (unknown.length > 0) {
    const known = house.map(({ name }) => name).join(', ');
    throw new OperatorError(
      `no machine ${unknown.join(', ')}; there are ${known}; a module is named by its path, ./machine.js`,
    );
  }
  const modules = await Promise.all(
    names.filter(isModule).map((path) => readMachines(path, output)),
  );
  const chosen = house.filter(({ name }) => names.length === 0 || names.includes(name));
  return [...chosen.map((one) => originOfHouse(one, output)), ...modules.flat()];
};

/** The coverage as the page draws it: how many cases go through each state and transition. What the
 *  file says of other machines stays. */
const chartText = (all: readonly Generated[], file: string): string => {
  const fresh = all.map(({ suite: { counts }, coverage: { machine, uncovered } }) => ({
    ...{ machine, counts, uncovered },
  }));
  const byMachine = new Map([...chartIn(file), ...fresh].map((one) => [one.machine, one]));
  return `${JSON.stringify([...byMachine.values()])}\n`;
};

const chartIn = (file: string): { machine: string }[] => {
  const text = readOr(file);
  if (text === '') return [];
  try {
    return JSON.parse(text) as { machine: string }[];
  } catch {
    throw new OperatorError(
      `${file} is there, and no chart of coverage; remove it, or name another`,
    );
  }
};

const put = (files: ReadonlyMap<string, string>, { output, check }: Options): void => {
  if (!check) {
    mkdirSync(output, { recursive: true });
    for (const [file, text] of files) writeFileSync(file, text);
    return;
  }
  const stale = [...files].flatMap(([file, text]) => (readOr(file) === text ? [] : [file]));
  if (stale.length > 0) {
    throw new OperatorError(`not up to date: ${stale.join(', ')}; run this without --check`);
  }
};

const readOr = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const tell = (all: readonly Generated[], { json }: Options): void => {
  const print = printer();
  if (json) for (const line of coverageLines(all)) print(JSON.stringify(line));
  else print(coverageTable(all));
  if (!all.every(({ coverage }) => isComplete(coverage))) process.exitCode = 1;
};
