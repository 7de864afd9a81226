/**
 * The programs that SUMO runs by itself, to compare with: those of the network, as they are timed
 * there (`fixed`) or with greens that SUMO ends by gaps (`actuated`); with the same yellow as all others
 * of a comparison. Written as an additional file, because SUMO takes the program that it reads last.
 */
import type { SumoNetwork, SumoPhase, SumoProgram } from './sumo-network.ts';
import { isYellow } from './sumo-phases.ts';

export const OWN_CONTROLS = ['sumo-fixed', 'sumo-actuated'] as const;
export type OwnControl = (typeof OWN_CONTROLS)[number];

/** Bounds of a green that SUMO ends by gaps. In seconds. */
const MIN_DURATION_S = 5;
const MAX_DURATION_S = 50;

/** The additional file of one control. `amberS`: of every yellow; else as it is in the network. */
export const ownProgramsFile = (
  { programs }: Pick<SumoNetwork, 'programs'>,
  { control, amberS }: { control: OwnControl; amberS?: number | undefined },
): string => {
  const lights = new Map<string, SumoProgram>();
  for (const program of programs) {
    if (!program.type.startsWith('rail_') && !lights.has(program.light)) {
      lights.set(program.light, program);
    }
  }
  const type = control === 'sumo-actuated' ? 'actuated' : 'static';
  const logics = [...lights.values()].map(({ light, offsetS, phases }) => {
    const rows = phases.map((phase) => `    ${phaseText(phase, type, amberS)}\n`).join('');
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

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
