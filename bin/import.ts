/**
 * Imports a SUMO network as a district file: `greenwave import NET.net.xml -o district.json`. The
 * summary and the warnings go to standard error, so that the file itself may go to standard output.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Command } from 'commander';
import { pathText } from '../protocol/assert.ts';
import { checkDistrict } from '../protocol/check-district.ts';
import { districtText } from '../traffic/district-text.ts';
import { type Import, importNetwork } from '../traffic/import.ts';
import { SumoError } from '../traffic/sumo-error.ts';
import { networkText } from '../traffic/sumo-files.ts';
import { NetworkError, readSumoNetwork, type SumoNetwork } from '../traffic/sumo-network.ts';
import { OperatorError } from './read-district.ts';

/** The options as typed: numbers are still text, so that a wrong one is told by its name. */
export interface ImportArguments {
  readonly output?: string;
  readonly name?: string;
  readonly amber?: string;
  readonly redClearance?: string;
  readonly minGreen?: string;
  readonly json?: boolean;
}

/** Where an import’s words go: `text` for the file or the JSON line, `told` for people. */
export interface Outlet {
  text(text: string): void;
  told(text: string): void;
}

const standard: Outlet = {
  text: (text) => process.stdout.write(text),
  told: (text) => process.stderr.write(text),
};

export const importCommand: Command = new Command('import')
  .description('make a district file of a SUMO network')
  .argument('<network>', 'the network, NET.net.xml or NET.net.xml.gz')
  .option('-o, --output <file>', 'where to write the district; - is standard output', '-')
  .option('--name <name>', 'name of the district; else that of the network’s file')
  .option('--amber <seconds>', 'yellow of all but pedestrians; else the network’s')
  .option('--red-clearance <seconds>', 'red of all after yellow; else the network’s')
  .option('--min-green <seconds>', 'least green; else the network’s, at most 5')
  .option('--json', 'print the summary as one line of JSON')
  .action((network: string, options: ImportArguments) => runImport(network, options));

/** Runs the command. Rejects with `OperatorError`, and then has written nothing. */
export const runImport = async (
  file: string,
  options: ImportArguments,
  outlet: Outlet = standard,
): Promise<void> => {
  const { output = '-', json = false } = options;
  const wanted = timesOf(options);
  if (json && output === '-') {
    throw new OperatorError('--json needs -o FILE: the district is on standard output already');
  }
  const network = await readNetwork(file);
  const name = options.name ?? nameOf(file);
  const schema = schemaFrom(output);
  const made = refusing(file, () => importNetwork(network, { ...wanted, name, schema }));
  const result = checkDistrict(made.district);
  if ('problems' in result) {
    const list = result.problems.map(({ path, message }) => `  ${pathText(path)}: ${message}`);
    throw new OperatorError(`${file} makes no sound district:\n${list.join('\n')}`);
  }
  const text = districtText(made.district);
  if (output === '-') outlet.text(text);
  else write(output, text);
  if (json) outlet.text(`${JSON.stringify(summaryOf(made))}\n`);
  else outlet.told(report(made, output));
};

const timesOf = ({ amber, redClearance, minGreen }: ImportArguments) => ({
  ...(amber !== undefined && { amberS: seconds('--amber', amber, [0.1, 600]) }),
  ...(redClearance !== undefined && {
    redClearanceS: seconds('--red-clearance', redClearance, [0, 60]),
  }),
  ...(minGreen !== undefined && { minGreenS: seconds('--min-green', minGreen, [0.1, 600]) }),
});

const seconds = (option: string, text: string, [least, most]: [number, number]): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new OperatorError(`${option} must be from ${least} to ${most} seconds, but is “${text}”`);
};

const NAME_MAX = 64;

/** The name of a network’s file, as far as a district’s name may be. */
const nameOf = (file: string): string =>
  basename(file)
    .replace(/(\.net)?(\.xml)?(\.gz)?$/, '')
    .slice(0, NAME_MAX) || 'district';

const readNetwork = async (file: string): Promise<SumoNetwork> => {
  try {
    return await readSumoNetwork(networkText(file));
  } catch (error) {
    if (error instanceof NetworkError || error instanceof SumoError) throw notImported(file, error);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new OperatorError(`${file}: cannot be read (${code})`);
  }
};

const refusing = (file: string, make: () => Import): Import => {
  try {
    return make();
  } catch (error) {
    throw error instanceof NetworkError ? notImported(file, error) : error;
  }
};

const notImported = (file: string, { message }: Error) =>
  new OperatorError(`${file}: ${message}; nothing was imported`);

const write = (output: string, text: string) => {
  try {
    writeFileSync(output, text);
  } catch (error) {
    throw new OperatorError(
      `${output}: cannot be written (${(error as NodeJS.ErrnoException).code})`,
    );
  }
};

/** The way from the written file to the schema that comes with this program, for editors. */
const schemaFrom = (output: string): string => {
  const places = ['../protocol/schema/district.json', '../../protocol/schema/district.json'];
  const found = places
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find(existsSync);
  if (found === undefined || output === '-')
    return 'https://greenwave.example/schema/district.json';
  return relative(dirname(resolve(output)), found).replaceAll('\\', '/');
};

const summaryOf = ({ district, warnings }: Import) => {
  const rows = district.intersections.map((intersection) => {
    const {
      id,
      node,
      groups,
      stages,
      conflicts,
      yields,
      merges = [],
      programs = [],
    } = intersection;
    return {
      id,
      node,
      groups: groups.length,
      stages: stages.length,
      programs: programs.length,
      conflicts: conflicts.length,
      yields: yields.length,
      merges: merges.length,
    };
  });
  return { name: district.name, intersections: rows, links: district.links?.length ?? 0, warnings };
};

const ID_SHOWN_MAX = 40;
const ROWS_SHOWN_MAX = 50;

const report = (made: Import, output: string): string => {
  const { name, intersections, links, warnings } = summaryOf(made);
  const columns = ['groups', 'stages', 'programs', 'conflicts', 'yields', 'merges'] as const;
  const table = new Table({
    head: ['intersection', 'node', ...columns],
    style: { head: [], border: [], compact: true },
  });
  for (const row of intersections.slice(0, ROWS_SHOWN_MAX)) {
    const shown = row.id.length > ID_SHOWN_MAX ? `${row.id.slice(0, ID_SHOWN_MAX)}…` : row.id;
    table.push([shown, row.node ?? '', ...columns.map((column) => `${row[column]}`)]);
  }
  const hidden = Math.max(0, intersections.length - ROWS_SHOWN_MAX);
  const more = hidden > 0 ? `and ${counted(hidden, 'more intersection')}\n` : '';
  const told = warnings.map(({ place, message }) => `warning: ${place}: ${message}\n`);
  const counts = [
    counted(intersections.length, 'intersection'),
    counted(links, 'link'),
    counted(warnings.length, 'warning'),
  ];
  const where = output === '-' ? '' : `, written to ${output}`;
  return `${table.toString()}\n${more}${told.join('')}${name}: ${counts.join(', ')}${where}\n`;
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
