/**
 * Reads the times of a signal group off the programs of its light: how long its yellow, red-amber
 * and all-red last, and how long its greens may be. The operator's own values come first, because
 * what a network's file says was often chosen by a program and not by an engineer.
 */
import type { Group } from '../protocol/district.ts';
import type { SignalGroup } from './sumo-groups.ts';
import type { SumoNetwork, SumoProgram } from './sumo-network.ts';
import { isYellow } from './sumo-phases.ts';

/** Times that the operator sets for all groups. */
export interface TimesWanted {
  /** For all but pedestrians, whose clearance is the time it takes to walk across. */
  readonly amberS?: number;
  readonly redClearanceS?: number;
  readonly minGreenS?: number;
}

type Times = Pick<Group, 'minGreenS' | 'maxGreenS' | 'amberS' | 'redClearanceS' | 'redAmberS'>;

const AMBER_S = 3;
const MIN_GREEN_S = 5;
const MAX_GREEN_S = 50;
const SECONDS_MAX = 600;
const RED_CLEARANCE_S_MAX = 60;
const RED_AMBER_S_MAX = 10;
const WALK_MPS = 1.2;

/** The times of one group. */
export const timesOf = (
  group: SignalGroup,
  { programs, edges }: { programs: readonly SumoProgram[]; edges: SumoNetwork['edges'] },
  wanted: TimesWanted,
): Times => {
  const link = group.signals[0]?.link ?? 0;
  const run = (holds: (state: string) => boolean) =>
    longest(programs.flatMap((program) => runsOf(program, holds)));
  const yellowS = run((state) => isYellow(state[link])) || AMBER_S;
  const walkS = group.kind === 'pedestrian' ? walkSeconds(group, edges) : 0;
  const amberS = walkS > 0 ? Math.max(walkS, yellowS) : (wanted.amberS ?? yellowS);
  const redClearanceS = wanted.redClearanceS ?? allRedSeconds(programs);
  const redAmberS = run((state) => state[link] === 'u');
  const lit = programs.flatMap(({ phases }) =>
    phases.filter(({ state }) => state[link]?.toLowerCase() === 'g'),
  );
  const leastS = Math.min(MIN_GREEN_S, ...lit.flatMap(({ minS = 0 }) => (minS > 0 ? minS : [])));
  const minGreenS = wanted.minGreenS ?? leastS;
  const longestS = Math.max(0, ...lit.map(({ durationS, maxS = 0 }) => Math.max(durationS, maxS)));
  return {
    minGreenS,
    maxGreenS: Math.min(Math.max(MAX_GREEN_S, longestS, minGreenS), SECONDS_MAX),
    amberS: Math.min(amberS, SECONDS_MAX),
    redClearanceS: Math.min(redClearanceS, RED_CLEARANCE_S_MAX),
    ...(redAmberS > 0 && { redAmberS: Math.min(redAmberS, RED_AMBER_S_MAX) }),
  };
};

interface Run {
  readonly seconds: number;
  /** What the program showed before. */
  readonly before: string;
}

/** The times on end for which a state holds, a program's end joined to its start. */
const runsOf = ({ phases }: SumoProgram, holds: (state: string) => boolean): Run[] =>
  phases.flatMap((phase, start) => {
    const at = (k: number) => phases[(k + phases.length) % phases.length] ?? phase;
    const { state: before } = at(start - 1);
    if (!holds(phase.state) || holds(before)) return [];
    let seconds = 0;
    for (let k = start; holds(at(k).state); k++) seconds += at(k).durationS;
    return [{ seconds, before }];
  });

const longest = (runs: readonly Run[]): number =>
  Math.max(0, ...runs.map(({ seconds }) => seconds));

/** All-red after yellow. All-red after a walk is the time to finish crossing, and is not meant. */
const allRedSeconds = (programs: readonly SumoProgram[]): number =>
  longest(
    programs
      .flatMap((program) => runsOf(program, (state) => /^[rs]*$/.test(state)))
      .filter(({ before }) => [...before].some(isYellow)),
  );

const walkSeconds = ({ signals }: SignalGroup, edges: SumoNetwork['edges']): number => {
  const crossings = signals
    .flatMap(({ movements }) =>
      movements.flatMap(({ from, to }) => [edges.get(from), edges.get(to)]),
    )
    .filter((edge) => edge?.use === 'crossing');
  return Math.ceil(
    Math.max(0, ...crossings.map((edge) => edge?.lanes[0]?.lengthM ?? 0)) / WALK_MPS,
  );
};
