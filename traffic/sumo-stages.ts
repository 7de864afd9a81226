/**
 * Turns the judged phases of a light into stages and programs.
 *
 * A stage is each distinct set of green and permissive groups that a sound phase shows. A program is
 * kept only when all its phases are sound: a program with a hole is not what the engineers meant,
 * and one with a conflict must never run. A group that no sound phase lights still gets a stage, made
 * here, because traffic that never has green blocks its street.
 */
import { conflictsOf } from '../protocol/check-district.ts';
import type { Program, Stage } from '../protocol/district.ts';
import type { Pairs, SignalGroup } from './sumo-groups.ts';
import type { Light, Warning } from './sumo-lights.ts';
import { type JudgedPhase, stagePhases } from './sumo-phases.ts';

/** The longest green that a district file can say. */
const GREEN_S_MAX = 600;

export interface Staging {
  readonly stages: Stage[];
  readonly programs: Program[];
  readonly warnings: Warning[];
}

export interface Crossroads {
  readonly light: Light;
  readonly groups: readonly SignalGroup[];
  readonly pairs: Pairs;
}

/** The stages and programs of a light whose phases were judged. */
export const stagesOf = (crossroads: Crossroads, phases: readonly JudgedPhase[]): Staging => {
  const stages: Stage[] = [];
  const stageOf = (phase: JudgedPhase): string => {
    const shown = show(crossroads.groups, phase);
    const known = stages.find((stage) => content(stage) === content(shown));
    if (known) return known.id;
    const id = `s${stages.length + 1}`;
    stages.push({ id, ...shown });
    return id;
  };
  const chosen = new Map(stagePhases(phases).map((phase) => [phase, stageOf(phase)]));
  const programs = [...new Set(phases.map(({ program }) => program))].flatMap((program) => {
    const own = phases.filter((phase) => phase.program === program);
    const steps = stepsOf(own, chosen);
    const isSound = own.every((phase) => phase.isSound) && steps.length > 0;
    return isSound ? [{ id: program.id, offsetS: program.offsetS, steps }] : [];
  });
  const made = missingStages(crossroads, stages);
  const warnings = made.map(({ id, green }) => ({
    place: crossroads.light.id,
    message: `no sound stage of the network lights ${green[0]}; stage ${id} was made for it`,
  }));
  return {
    stages: [...stages, ...made],
    programs,
    warnings: [...warnings, ...darkGroups(crossroads)],
  };
};

const show = (groups: readonly SignalGroup[], { lit }: JudgedPhase): Omit<Stage, 'id'> => {
  const as = (wanted: boolean) =>
    groups
      .filter(({ signals: [first] }) => first && lit.get(first.link) === wanted)
      .map(({ id }) => id);
  const permissive = as(true);
  return { green: as(false), ...(permissive.length > 0 && { permissive }) };
};

const content = ({ green, permissive }: Omit<Stage, 'id'>): string =>
  JSON.stringify([green, permissive]);

/** A program's stages in order; what follows itself without yellow between is one step. */
const stepsOf = (
  phases: readonly JudgedPhase[],
  chosen: ReadonlyMap<JudgedPhase, string>,
): Program['steps'] => {
  const steps: Program['steps'] = [];
  let last: string | undefined;
  for (const judged of phases) {
    const stage = chosen.get(judged);
    const { durationS } = judged.phase;
    const step = steps.at(-1);
    if (stage !== undefined && stage === last && step) step.greenS += durationS;
    else if (stage !== undefined) steps.push({ stage, greenS: durationS });
    last = stage;
  }
  return steps.map(({ stage, greenS }) => ({ stage, greenS: Math.min(greenS, GREEN_S_MAX) }));
};

/** Stages for the groups that have none: each with all that fits beside it, the lacking first. */
const missingStages = ({ light, groups, pairs }: Crossroads, stages: readonly Stage[]): Stage[] => {
  const table = conflictsOf(pairs);
  const served = new Set(stages.flatMap(({ green, permissive = [] }) => [...green, ...permissive]));
  const usable = groups.filter((group) => !isDark(light, group)).map(({ id }) => id);
  const made: Stage[] = [];
  for (const id of usable) {
    if (served.has(id)) continue;
    const green = [id];
    const lacking = usable.filter((other) => !served.has(other));
    for (const other of [...lacking, ...usable]) {
      const fits = green.every((lit) => lit !== other && table.allows(lit, false, other, false));
      if (fits) green.push(other);
    }
    for (const lit of green) served.add(lit);
    made.push({ id: `s${stages.length + made.length + 1}`, green });
  }
  return made;
};

/** Whether a group's own movements cross, so that no lamp could ever light it. */
const isDark = (light: Light, { signals }: SignalGroup): boolean =>
  signals.some(({ link }) => light.relation(link, link).isFoe);

const darkGroups = ({ light, groups }: Crossroads): Warning[] =>
  groups
    .filter((group) => isDark(light, group))
    .map(({ id }) => ({
      place: light.id,
      message: `${id} controls movements that cross; it stays red`,
    }));
