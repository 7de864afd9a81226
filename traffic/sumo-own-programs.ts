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

export interface OwnTimes {
  readonly control: OwnControl;
  /** Of every yellow; else as it is in the network. In seconds. */
  readonly amberS?: number | undefined;
  /** From a yellow to the next green, where the network has no red between them. In seconds. */
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
        const next = phases[(k + 1) % phases.length] as SumoPhase;
        const clearance = redClearanceS > 0 ? clearanceBetween(phase, next, redClearanceS) : [];
        return [phaseText(phase, type, amberS), ...clearance];
      })
      .map((row) => `    ${row}\n`)
      .join('');
    const about = `id="${escaped(light)}" programID="greenwave" type="${type}" offset="${offsetS}"`;
    return `  <tlLogic ${about}>\n${rows}  </tlLogic>\n`;
  });
  return `<additional>\n${logics.join('')}</additional>\n`;
};

const phaseText = (
  { durationS, state }: SumoPhase,
  type: 'actuated' | 'static',
  amberS: number | undefined,
): string => {
  const isChange = [...state].some(isYellow);
  const seconds = isChange ? (amberS ?? durationS) : durationS;
  const isGreen = !isChange && /[gG]/.test(state);
  const bounds =
    type === 'actuated' && isGreen ? ` minDur="${MIN_DURATION_S}" maxDur="${MAX_DURATION_S}"` : '';
  return `<phase duration="${seconds}" state="${state}"${bounds}/>`;
};

/** Who had yellow is red before anybody else turns green. */
const clearanceBetween = ({ state }: SumoPhase, next: SumoPhase, seconds: number): string[] => {
  const turnsGreen = (light: string, link: number) =>
    /[gG]/.test(light) && !/[gG]/.test(state[link] ?? '');
  if (![...state].some(isYellow) || ![...next.state].some(turnsGreen)) return [];
  return [`<phase duration="${seconds}" state="${state.replaceAll(/y/gi, 'r')}"/>`];
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
