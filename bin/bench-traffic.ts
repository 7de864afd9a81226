/**
 * `greenwave bench-traffic`: every scenario of a folder under every control, some seeds each, beside
 * SUMO's own programs in the same run. All controls of a run have the same yellow, red clearance and
 * least green.
 */
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CONTROLS } from '../protocol/control.ts';
import { SENSING, type Sensing } from '../protocol/readings.ts';
import { OWN_CONTROLS } from '../traffic/sumo-own-programs.ts';
import { readScenario } from '../traffic/sumo-scenario.ts';
import { refusing } from './drive.ts';
import { rounded } from './drive-words.ts';
import { printer, startGreenwave } from './host.ts';
import { seconds } from './options.ts';
import { runOwn } from './own-run.ts';
import { OperatorError } from './read-district.ts';
import { CITY_FLAGS } from './simulate.ts';
import { seedRange } from './simulate-words.ts';
import { type AnyControl, meansOf, type Row, tableOf } from './traffic-means.ts';

const ALL_CONTROLS: readonly AnyControl[] = [...OWN_CONTROLS, ...CONTROLS];

/** Yellow everywhere, and where it is another. In seconds. */
interface Ambers {
  readonly everywhere?: number;
  readonly of: ReadonlyMap<string, number>;
}

interface Options {
  readonly seeds: readonly number[];
  readonly controls: readonly AnyControl[];
  readonly sense: Sensing;
  readonly amber: Ambers;
  readonly redClearance: number;
  readonly minGreen: number;
  readonly teleport: number;
  readonly json?: true;
}

const amberOf = (text: string, before: Ambers): Ambers => {
  const [name, value] = text.includes('=') ? text.split('=') : [undefined, text];
  const amberS = seconds(value ?? '');
  if (name === undefined) return { ...before, everywhere: amberS };
  return { ...before, of: new Map([...before.of, [name, amberS]]) };
};

const controlsOf = (text: string): AnyControl[] => {
  const names = text.split(',');
  const controls = ALL_CONTROLS.filter((control) => names.includes(control));
  if (controls.length === new Set(names).size) return controls;
  throw new InvalidArgumentError(`It must be some of ${ALL_CONTROLS.join(', ')}, with commas.`);
};

export const benchTrafficCommand: Command = new Command('bench-traffic')
  .description('run all SUMO scenarios of a folder under all controls, beside SUMO’s own')
  .argument('<folder>', 'with a .sumocfg in it or in each of its folders')
  .option('--seeds <range>', 'of SUMO and of the city, such as 1..5', seedRange, [1, 2, 3, 4, 5])
  .option('--controls <list>', 'only these, with commas', controlsOf, [...ALL_CONTROLS])
  .addOption(
    new Option('--sense <level>', 'what nodes know of the traffic')
      .choices(SENSING)
      .default('vehicles'),
  )
  .option(
    '--amber <seconds>',
    'yellow, of one scenario as NAME=SECONDS; else the network’s; repeatable',
    amberOf,
    { of: new Map() },
  )
  .option('--red-clearance <seconds>', 'red after yellow', seconds, 0)
  .option('--min-green <seconds>', 'least green', seconds, 5)
  .option('--teleport <seconds>', 'when SUMO takes away who is stuck; 0 never', seconds, 300)
  .option('--json', 'print each run and the means as JSON lines')
  .action(async (folder: string, options: Options) => {
    process.exitCode = (await run(folder, options)) ? 0 : 1;
  });

const run = async (folder: string, options: Options): Promise<boolean> => {
  const files = await scenariosIn(folder);
  const print = printer();
  const rows: Row[] = [];
  for (const file of files) {
    for (const control of options.controls) {
      for (const seed of options.seeds) {
        const row = await rowOf(file, { control, seed }, options);
        rows.push(row);
        const told = `${row.scenario} ${control} seed ${seed}: ${row.meanDelayS.toFixed(1)} s`;
        if (options.json) print(JSON.stringify(rounded(row)));
        else process.stderr.write(`${told}\n`);
      }
    }
  }
  const means = meansOf(rows);
  if (options.json) print(JSON.stringify({ settings: settingsOf(options), means }));
  else print(`${words(options)}\n${tableOf(means, options.controls)}`);
  return rows.every(({ unsafe = 0 }) => unsafe === 0);
};

const scenariosIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder).catch((error) => {
    throw new OperatorError(`${folder}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  });
  const within = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      // A link to a folder is one too; one to nothing has nothing to run.
      const about = await stat(path).catch(() => undefined);
      if (!about?.isDirectory()) return about ? [path] : [];
      return (await readdir(path)).map((file) => join(path, file));
    }),
  );
  const files = within
    .flat()
    .filter((file) => file.endsWith('.sumocfg'))
    .sort();
  if (files.length > 0) return files;
  throw new OperatorError(`${folder}: there is no .sumocfg in it, nor in a folder of it`);
};

const nameOf = (file: string): string => basename(file, '.sumocfg');

const rowOf = async (
  file: string,
  { control, seed }: { control: AnyControl; seed: number },
  options: Options,
): Promise<Row> => {
  const scenario = nameOf(file);
  const amberS = options.amber.of.get(scenario) ?? options.amber.everywhere;
  const own = OWN_CONTROLS.find((one) => one === control);
  if (own === undefined) {
    return { ...(await driven(file, { control, seed, amberS }, options)), scenario };
  }
  const teleportS = options.teleport === 0 ? -1 : options.teleport;
  const figures = await refusing(async () =>
    runOwn(await readScenario(file), {
      ...{ control: own, seed, teleportS, amberS },
      redClearanceS: options.redClearance,
    }),
  );
  return { scenario, control, seed, ...figures };
};

/** One run in a process of its own, because a city leaves much to be forgotten. */
const driven = async (
  file: string,
  run: { control: AnyControl; seed: number; amberS: number | undefined },
  { sense, redClearance, minGreen, teleport }: Options,
): Promise<Row> => {
  const args = [
    ...['drive', file, '--json', '--control', run.control, '--sense', sense],
    ...['--seed', `${run.seed}`, '--teleport', `${teleport}`],
    ...(run.amberS === undefined ? [] : ['--amber', `${run.amberS}`]),
    ...['--red-clearance', `${redClearance}`, '--min-green', `${minGreen}`],
  ];
  const child = startGreenwave(args, { stdio: ['ignore', 'pipe', 'inherit'] }, CITY_FLAGS);
  const ended = once(child, 'close');
  let last = '';
  if (child.stdout) for await (const line of createInterface({ input: child.stdout })) last = line;
  const [code] = await ended;
  if (last === '') throw new OperatorError(`${file}: greenwave drive ended with code ${code}`);
  return JSON.parse(last) as Row;
};

const settingsOf = ({ sense, amber, redClearance, minGreen, teleport, seeds }: Options) => ({
  sense,
  amberS: amber.everywhere ?? 'network',
  ambersS: Object.fromEntries(amber.of),
  redClearanceS: redClearance,
  minGreenS: minGreen,
  teleportS: teleport,
  seeds,
});

const words = (options: Options): string => {
  const { sense, amberS, ambersS, redClearanceS, minGreenS, seeds } = settingsOf(options);
  const others = Object.entries(ambersS).map(([name, value]) => ` (${name}: ${value} s)`);
  return `mean delay in s (least–most of ${seeds.length} seeds); sensing ${sense}, amber ${amberS} s${others.join('')}, red clearance ${redClearanceS} s, least green ${minGreenS} s`;
};
