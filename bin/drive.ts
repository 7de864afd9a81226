/**
 * `greenwave drive`: a scenario of SUMO under real nodes on the virtual clock, and what became of its
 * traffic: delay as the published comparisons define it, and whether anything unsafe was shown.
 */
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkDistrict, type District } from '../protocol/check-district.ts';
import { CONTROLS, type Control } from '../protocol/control.ts';
import type { DistrictFile } from '../protocol/district.ts';
import { SENSING, type Sensing } from '../protocol/readings.ts';
import { importNetwork } from '../traffic/import.ts';
import { SumoError } from '../traffic/sumo-error.ts';
import { NetworkError } from '../traffic/sumo-network.ts';
import { readScenario, type SumoScenario } from '../traffic/sumo-scenario.ts';
import type { TimesWanted } from '../traffic/sumo-times.ts';
import type { Span } from '../visualizer/views/time-space/strip.ts';
import { corridorThrough } from './drive-diagrams.ts';
import { type Fault, faultsOf } from './drive-faults.ts';
import { type DiagramsWanted, type DriveOutcome, drive } from './drive-run.ts';
import { rounded, settingsOf, textOf } from './drive-words.ts';
import { jsonPrinter, printer, rerunWith } from './host.ts';
import { seconds, whole } from './options.ts';
import { OperatorError } from './read-district.ts';
import { CITY_FLAGS } from './simulate.ts';

export interface DriveSettings {
  readonly control: Control;
  readonly sense: Sensing;
  readonly seed: number;
  readonly amber?: number;
  readonly redClearance: number;
  readonly minGreen: number;
  readonly teleport: number;
  readonly forecasts: boolean;
}

interface Options extends DriveSettings {
  readonly until?: number;
  readonly kill: readonly string[];
  readonly cut: readonly string[];
  readonly svg?: string;
  readonly corridor?: readonly string[];
  readonly span?: Span;
  readonly gui?: true;
  readonly journal?: true;
  readonly json?: true;
}

const names = (text: string): string[] => text.split(',');

const span = (text: string): Span => {
  const [from, to] = text.split('..').map(Number);
  if (from !== undefined && to !== undefined && from >= 0 && to > from) {
    return { fromMs: from * 1000, toMs: to * 1000 };
  }
  throw new InvalidArgumentError('It must be seconds from when to when, such as 1200..1800.');
};

const list = (text: string, before: readonly string[]): string[] => [...before, text];

export const driveCommand: Command = new Command('drive')
  .description('run the traffic of a SUMO scenario under real nodes, in virtual time')
  .argument('<scenario>', 'a SUMO configuration, SCENARIO.sumocfg')
  .addOption(
    new Option('--control <how>', 'the best control that is used')
      .choices(CONTROLS)
      .default('adaptive'),
  )
  .addOption(
    new Option('--sense <level>', 'what nodes know of the traffic')
      .choices(SENSING)
      .default('vehicles'),
  )
  .option('--seed <number>', 'of SUMO and of the city', whole(0, 2 ** 31 - 1), 1)
  .option('--amber <seconds>', 'yellow of all but pedestrians; else the network’s', seconds)
  .option(
    '--red-clearance <seconds>',
    'red after yellow; 0 with sensors: until nobody is inside',
    seconds,
    0,
  )
  .option('--min-green <seconds>', 'least green', seconds, 5)
  .option('--teleport <seconds>', 'when SUMO takes away who is stuck; 0 never', seconds, 300)
  .option('--no-forecasts', 'intersections do not heed what neighbours tell of who is on the way')
  .option('--until <seconds>', 'of the scenario’s time; else as it says', seconds)
  .option(
    '--kill <node@from[..to]>',
    'kill a node, `leader`, or a `majority` of the voters; back after 10 s, or at `to`; repeatable',
    list,
    [],
  )
  .option(
    '--cut <a-b@from[..to]>',
    'cut the link of two nodes, a `third` of all links, or `all`; repeatable',
    list,
    [],
  )
  .option('--svg <folder>', 'write a time-space diagram and Purdue coordination diagrams')
  .option('--corridor <a,b…>', 'the corridor through these intersections; else the longest', names)
  .option('--span <from..to>', 'seconds that the time-space diagram shows; else ten minutes', span)
  .option('--gui', 'watch it in sumo-gui')
  .option('--journal', 'print the journal as JSON lines, before the summary')
  .option('--json', 'print the summary as one line of JSON, the last')
  .action(async (file: string, options: Options) => {
    const code = await rerunWith(CITY_FLAGS);
    process.exitCode = code ?? ((await run(file, options)) ? 0 : 1);
  });

const run = async (file: string, options: Options): Promise<boolean> => {
  const outcome = await refusing(() => driven(file, options));
  const print = printer();
  const settings = settingsOf(options);
  const { findings, ...figures } = outcome;
  if (options.json) print(JSON.stringify({ scenario: file, ...settings, ...rounded(figures) }));
  else print(textOf(outcome, settings));
  for (const finding of findings) process.stderr.write(`unsafe: ${finding}\n`);
  return outcome.unsafe === 0;
};

/** What SUMO or a file is to blame for is told without a trace. */
export const refusing = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    const isTheirs = error instanceof SumoError || error instanceof NetworkError;
    throw isTheirs ? new OperatorError(error.message) : error;
  }
};

const driven = async (file: string, options: Options): Promise<DriveOutcome> => {
  const scenario = await readScenario(file);
  const district = districtOf(scenario, options);
  const faults = faultsOf(options, district);
  return drive({
    scenario,
    district,
    sensing: options.sense,
    seed: options.seed,
    endS: options.until ?? scenario.endS,
    teleportS: options.teleport === 0 ? -1 : options.teleport,
    faults,
    diagrams: diagramsOf(scenario, district, options, faults),
    ...(options.gui && { gui: true }),
    ...(options.journal && { journal: jsonPrinter() }),
  });
};

/** Ten minutes are shown unless it is said: those around the first fault, or in the middle. */
const SHOWN_S = 600;
const BEFORE_FAULT_S = 120;

const diagramsOf = (
  { file, beginS, endS }: SumoScenario,
  district: District,
  { svg, corridor, span, until, control, sense, seed }: Options,
  [fault]: readonly Fault[],
): DiagramsWanted | undefined => {
  if (svg === undefined) return undefined;
  const lastS = Math.max(SHOWN_S, (until ?? endS ?? beginS + 2 * SHOWN_S) - beginS);
  const startS = fault ? fault.atS - BEFORE_FAULT_S : (lastS - SHOWN_S) / 2;
  const fromMs = 1000 * Math.max(0, Math.min(startS, lastS - SHOWN_S));
  return {
    folder: svg,
    corridor: corridorThrough(district, corridor),
    span: span ?? { fromMs, toMs: fromMs + SHOWN_S * 1000 },
    title: basename(file, '.sumocfg'),
    subtitle: `${control} control, sensing ${sense}, seed ${seed}`,
  };
};

/** The district of a scenario, with the times and the control of this run. */
export const districtOf = (
  { roads, file }: SumoScenario,
  {
    control,
    amber,
    redClearance,
    minGreen,
    forecasts,
  }: Pick<Options, 'control' | 'amber' | 'redClearance' | 'minGreen' | 'forecasts'>,
): District => {
  const times: TimesWanted = {
    ...(amber !== undefined && { amberS: amber }),
    redClearanceS: redClearance,
    minGreenS: minGreen,
  };
  const made: DistrictFile = importNetwork(roads, { name: 'driven', ...times }).district;
  const intersections = made.intersections.map((one) => ({
    ...one,
    control,
    ...(!forecasts && { forecasts }),
  }));
  const result = checkDistrict({ ...made, intersections });
  if ('district' in result) return result.district;
  const problems = result.problems.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new OperatorError(`${file} makes no sound district:\n${problems.join('\n')}`);
};
