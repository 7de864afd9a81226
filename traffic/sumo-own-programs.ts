/**
 * The programs that SUMO runs by itself, to compare with: those of the network, as they are timed
 * there (`fixed`) or with greens that SUMO ends by gaps (`actuated`); with the same yellow and red
 * clearance as all others of a comparison. Written as an additional file, because SUMO takes the
 * program that it reads last.
 */
import type { SumoNetwork, SumoPhase, SumoProgram } from './sumo-network.ts';
import { isYellow } from './sumo-phases.ts';

export const OWN_CONTROLS = ['sumo-fixed', 'sumo-actuated'] as const;
export type OwnControl = (typeof OWN_CONTROLS)[number];

/** Bounds of a green that SUMO ends by gaps. In seconds. */
const MIN_DURATION_S = 5;
const MAX_DURATION_S = 50;

/** How changes are timed, and who ends greens. */
export interface OwnTimes {
  readonly control: OwnControl;
  /** Of every yellow; else as it is in the network. In seconds. */
  readonly amberS?: number | undefined;
  /** From a yellow to the next green, where the network has no red between them; it is taken from that
   *  green, because the cycle is what keeps lights in step. In seconds. */
  readonly redClearanceS?: number;
}

/** The additional file of one control. */
export const ownProgramsFile = (
  { programs }: Pick<SumoNetwork, 'programs'>,
  { control, amberS, redClearanceS = 0 }: OwnTimes,
): string => {
  const lights = new Map<string, SumoProgram>();
  for (const program of programs) {
    if (!program.type.startsWith('rail_') && !lights.has(program.light)) {
      lights.set(program.light, program);
    }
  }
  const type = control === 'sumo-actuated' ? 'actuated' : 'static';
  const logics = [...lights.values()].map(({ light, offsetS, phases }) => {
    const rows = phases
      .flatMap((phase, k) => {
        const before = phases.at(k - 1) as SumoPhase;
        const { clearance, own } = timed(before, phase, { amberS, redClearanceS });
        const isEndedByGaps = type === 'actuated' && !hasYellow(own) && /[gG]/.test(own.state);
        return [...clearance.map((one) => phaseText(one)), phaseText(own, isEndedByGaps)];
      })
      .map((row) => `    ${row}\n`)
      .join('');
    const about = `id="${escaped(light)}" programID="greenwave" type="${type}" offset="${offsetS}"`;
    return `  <tlLogic ${about}>\n${rows}  </tlLogic>\n`;
  });
  return `<additional>\n${logics.join('')}</additional>\n`;
};

/** A phase with its yellow, or after a clearance of those who had yellow before it. */
const timed = (
  before: SumoPhase,
  phase: SumoPhase,
  { amberS, redClearanceS }: { amberS: number | undefined; redClearanceS: number },
): { readonly clearance: SumoPhase[]; readonly own: SumoPhase } => {
  const { durationS, state } = phase;
  if (hasYellow(phase)) {
    return { clearance: [], own: { ...phase, durationS: amberS ?? durationS } };
  }
  /** A filter turn that yields no more is one that others must be clear of. */
  const turnsGreen = (light: string, link: number) => {
    const was = before.state[link] ?? 'r';
    return light === 'G' ? was !== 'G' : light === 'g' && !/g/i.test(was);
  };
  const isCleared = hasYellow(before) && [...state].some(turnsGreen) && redClearanceS > 0;
  if (!isCleared) return { clearance: [], own: phase };
  const left = Math.max(durationS - redClearanceS, Math.min(durationS, MIN_DURATION_S));
  const red = before.state.replaceAll(/y/gi, 'r');
  return {
    clearance: [{ ...before, durationS: redClearanceS, state: red }],
    own: { ...phase, durationS: left },
  };
};

const hasYellow = ({ state }: SumoPhase): boolean => [...state].some(isYellow);

const phaseText = ({ durationS, state }: SumoPhase, isEndedByGaps = false): string => {
  const bounds = isEndedByGaps ? ` minDur="${MIN_DURATION_S}" maxDur="${MAX_DURATION_S}"` : '';
  return `<phase duration="${durationS}" state="${state}"${bounds}/>`;
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
