/**
 * Makes a district of a SUMO network: one intersection for each of its traffic lights, with signal
 * groups, conflicts, stages and programs, and the streets between them. It is a pure function, so
 * that the command, a test and the page give the same district for the same network.
 *
 * It lists no plans: a network's programs seldom share a cycle, and where they do, coordination
 * computes a better plan than the one that came with the file. The programs are kept for comparison.
 */
import type { DistrictFile, Group, Intersection } from '../protocol/district.ts';
import type { Lane } from '../protocol/lane.ts';
import { discoveryDefault, lan } from '../protocol/timing.ts';
import { groupSignals, pairGroups, type SignalGroup } from './sumo-groups.ts';
import { type Light, lightsOf, type Warning } from './sumo-lights.ts';
import { NetworkError, type SumoNetwork } from './sumo-network.ts';
import { judgePhases } from './sumo-phases.ts';
import { stagesOf } from './sumo-stages.ts';
import { type Served, streetsBetween } from './sumo-streets.ts';
import { type TimesWanted, timesOf } from './sumo-times.ts';

export interface ImportOptions extends TimesWanted {
  readonly name: string;
  /** Where the district file’s schema is, for editors. */
  readonly schema?: string;
}

export interface Import {
  readonly district: DistrictFile;
  readonly warnings: readonly Warning[];
}

const ID_CHARACTERS_MAX = 200;

/** The district of a network. Throws `NetworkError` when it has no traffic light to serve. */
export const importNetwork = (network: SumoNetwork, options: ImportOptions): Import => {
  const { lights, warnings } = lightsOf(network);
  if (lights.length === 0) throw new NetworkError('no traffic light controls a movement');
  const ids = plainIds(lights.map(({ id }) => id));
  const served: Served[] = [];
  const intersections = lights.map((light, k) => {
    const id = ids[k] ?? light.id;
    if (id !== light.id) warnings.push({ place: light.id, message: `is called ${id}` });
    const made = intersectionOf(light, network, options);
    served.push({ id, light: light.id, groups: made.groups });
    warnings.push(...made.warnings);
    return { id, node: `n${k + 1}`, ...made.description };
  });
  const { name, schema } = options;
  const district: DistrictFile = {
    ...(schema !== undefined && { $schema: schema }),
    name,
    expect: intersections.length,
    intersections,
    links: streetsBetween(served, network),
    timing: lan(),
    discovery: { ...discoveryDefault },
  };
  return { district, warnings };
};

interface Made {
  readonly description: Omit<Intersection, 'id' | 'node' | 'nodes'>;
  readonly groups: readonly SignalGroup[];
  readonly warnings: readonly Warning[];
}

const intersectionOf = (light: Light, network: SumoNetwork, wanted: TimesWanted): Made => {
  const { edges } = network;
  const { phases, warnings } = judgePhases(light);
  const signalGroups = groupSignals(light, phases, edges);
  const pairs = pairGroups(light, signalGroups, phases);
  const staging = stagesOf({ light, groups: signalGroups, pairs }, phases);
  const [x, y] = light.position;
  const programs = light.programs.filter((program) => phases.some((p) => p.program === program));
  const groups = signalGroups.map(
    (group): Group => ({
      id: group.id,
      kind: group.kind,
      ...timesOf(group, { programs, edges }, wanted),
      movements: movementsOf(group, programs),
    }),
  );
  const lanes = lanesOf(groups, edges);
  const description = {
    position: [rounded(x), rounded(y)] as [number, number],
    groups,
    conflicts: pairs.conflicts,
    yields: pairs.yields,
    ...(pairs.merges.length > 0 && { merges: pairs.merges }),
    ...(lanes.length > 0 && { lanes }),
    stages: staging.stages,
    programs: staging.programs.map((program) => ({ ...program, id: plain(program.id) })),
  };
  return { description, groups: signalGroups, warnings: [...warnings, ...staging.warnings] };
};

/** The lanes from which vehicles come, as far as sensors look at them. */
const lanesOf = (groups: readonly Group[], edges: SumoNetwork['edges']): Lane[] => {
  const ids = new Set(groups.flatMap(({ movements = [] }) => movements.map(({ from }) => from)));
  const lanes = [...edges.values()].filter(({ use }) => use === 'normal').flatMap((e) => e.lanes);
  return lanes
    .filter(({ id, kind }) => ids.has(id) && kind !== 'pedestrian')
    .map(({ id, speedMps }) => ({ id, speedMps }));
};

const movementsOf = ({ signals }: SignalGroup, programs: Light['programs']) =>
  signals.flatMap(({ link, movements }) => {
    const mayTurn = programs.some(({ phases }) => phases.some(({ state }) => state[link] === 's'));
    return movements.map(({ from, fromLane, to, toLane, direction }) => ({
      link,
      from: `${from}_${fromLane}`,
      to: `${to}_${toLane}`,
      ...(direction !== '' && { direction }),
      ...(mayTurn && { stopThenTurn: true }),
    }));
  });

const plain = (id: string): string =>
  id
    .trim()
    .replaceAll(/[\s/\\\p{Cc}]+/gu, '_')
    .replace(/^(__proto__|\.\.?)$/, '_') || '_';

/** Ids without what no id may have, all different, the same as SUMO’s wherever those will do. */
const plainIds = (ids: readonly string[]): string[] => {
  const taken = new Set<string>();
  return ids.map((id) => {
    const short = plain(id).slice(0, ID_CHARACTERS_MAX);
    let free = short;
    for (let k = 2; taken.has(free); k++) {
      free = `${short.slice(0, ID_CHARACTERS_MAX - `${k}`.length - 1)}~${k}`;
    }
    taken.add(free);
    return free;
  });
};

const rounded = (metres: number): number => Math.round(metres * 100) / 100;
