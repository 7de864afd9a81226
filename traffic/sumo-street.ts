/**
 * A street: a scenario of SUMO that goes on step by step under our lamps. It lights the lamps of each
 * intersection as it is told, all links of a light at once; it looks whether SUMO shows what it was
 * told; and after each step it gives what the sensors of each intersection say.
 *
 * A light keeps the program of its network until its lamps are shown for the first time.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Intersection } from '../protocol/district.ts';
import type { Lamps } from '../protocol/lamp.ts';
import type { Readings, Sensing } from '../protocol/readings.ts';
import { type Ending, type Sumo, type SumoOptions, startSumo } from './sumo.ts';
import { SumoError } from './sumo-error.ts';
import { type MatchedLight, matchLights } from './sumo-heads.ts';
import { Lantern } from './sumo-lantern.ts';
import type { SumoScenario } from './sumo-scenario.ts';
import { type Sensors, sensorsOf } from './sumo-sensors.ts';
import { type Sighting, type Spotter, spotterOf } from './sumo-sightings.ts';
import type { Command, Outcome } from './traci-commands.ts';
import { get } from './traci-commands.ts';
import { watch } from './traci-observations.ts';
import { simulation, trafficLight, vehicle } from './traci-variables.ts';

export interface StreetOptions
  extends Pick<SumoOptions, 'environment' | 'program' | 'answerMsMax'> {
  readonly scenario: SumoScenario;
  /** Those whose lamps are shown here and whose sensors are read. */
  readonly intersections: readonly Intersection[];
  readonly sensing: Sensing;
  /** Whether steps tell of every vehicle, for figures and diagrams. */
  readonly sights?: boolean;
  /** More of SUMO’s command line: `['--seed', '7', '--time-to-teleport', '300']`. */
  readonly args?: readonly string[];
}

/** What a step was like. Lists are of vehicles. */
export interface StreetStep {
  /** SUMO’s time after the step. */
  readonly timeS: number;
  readonly readings: Readings;
  /** Empty where nobody asked for them. */
  readonly sightings: readonly Sighting[];
  readonly departed: readonly string[];
  readonly arrived: readonly string[];
  readonly teleported: readonly string[];
  readonly emergencyStopping: readonly string[];
  readonly colliding: readonly string[];
  /** Vehicles that drive or are still to come. */
  readonly expected: number;
  /** What SUMO could not do or say, in words. */
  readonly troubles: readonly string[];
}

export interface Street {
  readonly timeS: number;
  readonly stepS: number;
  readonly sumo: Sumo;
  /** Shows these lamps from the next step on. Throws for an intersection that is not here. */
  show(intersection: string, lamps: Lamps): void;
  /** What is wrong with the lamps of an intersection, as far as the last step has shown. */
  fault(intersection: string): string | undefined;
  /** One step, or all steps up to an instant. Rejects when SUMO is gone. */
  step(timeS?: number): Promise<StreetStep>;
  /** Ends SUMO, whatever it does. */
  close(): Promise<Ending>;
}

const clock = watch(simulation, [
  ...(['timeS', 'departed', 'arrived', 'teleportStarted'] as const),
  ...(['emergencyStopping', 'colliding', 'expected'] as const),
]);
const states = watch(trafficLight, ['state']);

/** Starts a scenario. Rejects with `SumoError`, and then has left nothing behind. */
export const openStreet = async (options: StreetOptions): Promise<Street> => {
  const { scenario, intersections, sensing, sights } = options;
  let lights: readonly MatchedLight[] = [];
  const surveyed = { intersections, network: scenario.roads };
  const sensors = sensorsOf(sensing, surveyed, () => lights);
  const spotter = sights ? spotterOf(sensing, () => lights) : undefined;
  const sumo = await started(options, sensors);
  try {
    lights = await lightsOf(sumo, options);
    const start = await beginning(sumo, { sensors, spotter, lights });
    return streetOf({ sumo, sensors, spotter, lights, ...start });
  } catch (error) {
    await sumo.close();
    throw error;
  }
};

/** SUMO, with all loaded: then the file of detectors is needed no more. */
const started = async (options: StreetOptions, sensors: Sensors): Promise<Sumo> => {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-sumo-'));
  try {
    return await startSumo({ ...options, args: await argumentsOf(options, sensors, folder) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const argumentsOf = async (
  { scenario, args = [] }: StreetOptions,
  { file: text }: Sensors,
  folder: string,
): Promise<string[]> => {
  if (text === undefined) return ['-c', scenario.file, ...args];
  const file = join(folder, 'detectors.add.xml');
  await writeFile(file, text);
  const files = [...scenario.additional, file].join(',');
  return ['-c', scenario.file, '--additional-files', files, ...args];
};

const lightsOf = async ({ client }: Sumo, { scenario, intersections }: StreetOptions) => {
  const ids = await client.ask(get(trafficLight, 'ids'));
  const links = await client.askAll(ids.map((id) => get(trafficLight, 'controlledLinks', id)));
  const values = granted(links);
  const seen = new Map(ids.map((id, k) => [id, values[k] ?? []]));
  return matchLights(intersections, seen, scenario.roads);
};

const beginning = async (
  { client }: Sumo,
  { sensors, spotter, lights }: Pick<Parts, 'sensors' | 'spotter' | 'lights'>,
): Promise<{ timeS: number; stepS: number }> => {
  const [timeS, stepS, present] = await Promise.all([
    client.ask(get(simulation, 'timeS')),
    client.ask(get(simulation, 'stepS')),
    client.ask(get(vehicle, 'ids')),
  ]);
  const begin: Command<unknown>[] = [
    clock.on(''),
    ...lights.map(({ light }) => states.on(light)),
    ...sensors.begin(present),
    ...(spotter?.begin(present) ?? []),
  ];
  granted(await client.askAll(begin));
  return { timeS, stepS };
};

/** The values of these outcomes. Throws one `SumoError` with all that was refused. */
const granted = <T>(outcomes: readonly Outcome<T>[]): T[] => {
  const refused = outcomes.flatMap((one) => ('refused' in one ? [one.refused.message] : []));
  if (refused.length > 0) throw new SumoError(`SUMO refuses:\n  ${refused.join('\n  ')}`);
  return outcomes.flatMap((one) => ('value' in one ? [one.value] : []));
};

interface Parts {
  readonly sumo: Sumo;
  readonly sensors: Sensors;
  readonly spotter: Spotter | undefined;
  readonly lights: readonly MatchedLight[];
  readonly timeS: number;
  readonly stepS: number;
}

const streetOf = ({ sumo, sensors, spotter, lights, stepS, timeS: startS }: Parts): Street => {
  const lanterns = new Map(lights.map((light) => [light.intersection, new Lantern(light)]));
  const lanternOf = (intersection: string): Lantern => {
    const lantern = lanterns.get(intersection);
    if (!lantern) throw new SumoError(`${intersection} is no intersection of this scenario`);
    return lantern;
  };
  let nowS = startS;
  const step = async (toS?: number): Promise<StreetStep> => {
    const lit = [...lanterns.values()].flatMap((lantern) => lantern.commands());
    const asked = [...sensors.next(), ...(spotter?.next() ?? [])];
    const observations = await sumo.client.step([...lit, ...asked], toS);
    const seen = clock.in(observations).get('');
    if (!seen) throw new SumoError('SUMO did not say what time it is');
    nowS = seen.timeS;
    const shown = states.in(observations);
    for (const lantern of lanterns.values()) lantern.see(shown.get(lantern.light)?.state);
    const { departed, arrived, teleportStarted, emergencyStopping, colliding, expected } = seen;
    const gone = new Set(arrived);
    const driving = departed.filter((id) => !gone.has(id));
    return {
      timeS: nowS,
      readings: sensors.read({ observations, departed: driving }),
      sightings: spotter?.see(observations, driving) ?? [],
      ...{ departed, arrived, teleported: teleportStarted },
      ...{ emergencyStopping, colliding, expected },
      troubles: [...observations.refused.map(({ message }) => message), ...observations.troubles],
    };
  };
  return {
    get timeS() {
      return nowS;
    },
    stepS,
    sumo,
    show: (intersection, lamps) => lanternOf(intersection).show(lamps),
    fault: (intersection) => lanternOf(intersection).fault,
    step,
    close: () => sumo.close(),
  };
};
