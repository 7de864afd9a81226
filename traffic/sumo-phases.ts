/**
 * Judges the phases of a light's programs: what each one lights, and whether that is sound.
 *
 * `G` is protected, `g` is permissive, and yellow is still lit, as what it was before. `r`, `u` and
 * the switched-off `o` and `O` are not lit, nor is `s`: who may turn after a stop has red. Two foes
 * may be lit together only while one of them is permissive and the matrix says that it must yield
 * to the other. SUMO itself never checks this: it runs a program of two crossing `G` as written,
 * and a `g` that the matrix gives priority does not stop for anyone.
 */
import type { Light, Signal, Warning } from './sumo-lights.ts';
import type { SumoPhase, SumoProgram } from './sumo-network.ts';

export interface JudgedPhase {
  readonly program: SumoProgram;
  /** Its place in the program, from 0 as in SUMO. */
  readonly number: number;
  readonly phase: SumoPhase;
  /** The lit signal indices; `true` means permissive. */
  readonly lit: ReadonlyMap<number, boolean>;
  /** Some lamp is yellow: it leads from one stage to the next. */
  readonly isTransition: boolean;
  readonly isSound: boolean;
}

const KNOWN_STATES = /^[GgYyrRuUsoO]*$/;
const FAULTS_SHOWN = 3;

/** Every phase of every program that fits the light, and what is wrong with the rest. */
export const judgePhases = (light: Light): { phases: JudgedPhase[]; warnings: Warning[] } => {
  const phases: JudgedPhase[] = [];
  const warnings: Warning[] = [];
  for (const program of light.programs) {
    const place = `${light.id} program ${program.id}`;
    const misfit = misfitOf(program, light);
    if (misfit !== undefined) {
      warnings.push({ place, message: `${misfit}; the program is left out` });
      continue;
    }
    const off = program.phases.findIndex((_, number) => isOff(light, program, number));
    if (off >= 0) {
      warnings.push({ place, message: `switches lamps off in phase ${off}; here they are red` });
    }
    const told = new Set<string>();
    program.phases.forEach((phase, number) => {
      const judged = judge(light, program, number);
      const faults = faultsOf(light, judged.lit);
      phases.push({ ...judged, isSound: faults.length === 0 });
      // Yellow after a stage that conflicts only repeats what was said of the stage.
      if (faults.length === 0 || (judged.isTransition && faults.every((f) => told.has(f)))) return;
      for (const fault of faults) told.add(fault);
      const what = judged.isTransition ? 'the program' : 'the stage and the program';
      warnings.push({
        place: `${place} phase ${number} (${phase.state})`,
        message: `lights foes of which neither yields: ${listed(faults)}; ${what} will not be run`,
      });
    });
  }
  return { phases, warnings };
};

/** The phases that may become stages: sound, lit, and not on the way to another. */
export const stagePhases = (phases: readonly JudgedPhase[]): JudgedPhase[] =>
  phases.filter(({ isSound, isTransition, lit }) => isSound && !isTransition && lit.size > 0);

const misfitOf = ({ phases }: SumoProgram, { signals }: Light): string | undefined => {
  const links = Math.max(...signals.map(({ link }) => link)) + 1;
  if (phases.length === 0) return 'has no phases';
  const short = phases.findIndex(({ state }) => state.length < links);
  if (short >= 0) return `phase ${short} is too short for ${links} signals`;
  const uneven = phases.findIndex(({ state }) => state.length !== phases[0]?.state.length);
  if (uneven >= 0) return `phases 0 and ${uneven} differ in length`;
  const strange = phases.findIndex(({ state }) => !KNOWN_STATES.test(state));
  return strange >= 0 ? `phase ${strange} has an unknown state` : undefined;
};

const isOff = ({ signals }: Light, { phases }: SumoProgram, number: number): boolean =>
  signals.some(({ link }) => phases[number]?.state[link]?.toLowerCase() === 'o');

const judge = ({ signals }: Light, program: SumoProgram, number: number) => {
  const phase = program.phases[number] ?? { durationS: 0, state: '' };
  const lit = new Map<number, boolean>();
  for (const { link } of signals) {
    const colour = colourAt(program, number, link);
    if (colour === 'G' || colour === 'g') lit.set(link, colour === 'g');
  }
  const isTransition = signals.some(({ link }) => isYellow(phase.state[link]));
  return { program, number, phase, lit, isTransition };
};

export const isYellow = (state: string | undefined): boolean => state === 'y' || state === 'Y';

/** What a signal shows in a phase; for yellow, what it showed before. */
const colourAt = ({ phases }: SumoProgram, number: number, link: number): string => {
  for (let back = 0; back < phases.length; back++) {
    const state = phases[(number - back + phases.length) % phases.length]?.state[link] ?? 'r';
    if (!isYellow(state)) return back > 0 && state !== 'g' ? 'G' : state;
  }
  return 'G';
};

/** The pairs of these signals that may not be lit together. */
const faultsOf = (light: Light, lit: JudgedPhase['lit']): string[] => {
  const faults: string[] = [];
  const links = [...lit];
  links.forEach(([b, bPermissive], k) => {
    for (const [a, aPermissive] of links.slice(0, k + 1)) {
      if (!light.relation(a, b).isFoe) continue;
      const aYields = aPermissive && light.relation(a, b).mustYield;
      const bYields = bPermissive && light.relation(b, a).mustYield;
      if (!aYields && !bYields) faults.push(`${nameOf(light, a)} with ${nameOf(light, b)}`);
    }
  });
  return faults;
};

const nameOf = ({ signals }: Light, index: number): string => {
  const found: Signal | undefined = signals.find(({ link }) => link === index);
  const [movement] = found?.movements ?? [];
  return `link ${index} (${movement?.from ?? '?'} → ${movement?.to ?? '?'})`;
};

const listed = (faults: readonly string[]): string => {
  const more = faults.length - FAULTS_SHOWN;
  return [...faults.slice(0, FAULTS_SHOWN), ...(more > 0 ? [`and ${more} more pairs`] : [])].join(
    ', ',
  );
};
