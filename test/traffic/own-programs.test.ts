/** What SUMO runs by itself, to be compared with: the same changes for all controls of a run. */
import { expect, test } from 'vitest';
import type { SumoPhase } from '../../traffic/sumo-network.ts';
import { type OwnTimes, ownProgramsFile } from '../../traffic/sumo-own-programs.ts';

const phase = (durationS: number, state: string): SumoPhase => ({ durationS, state });

/** The phases of two streets, of which the second has a filter turn that goes on. */
const phasesBy = (times: OwnTimes, phases = plain): string[] => {
  const program = { light: 'a&b', id: '0', type: 'static', offsetS: 7, phases };
  const file = ownProgramsFile({ programs: [program] }, times);
  const rows = file.matchAll(/<phase duration="([^"]*)" state="([^"]*)"(.*)\/>/g);
  return [...rows].map(([, seconds, state, bounds]) => `${seconds} ${state}${bounds}`);
};
const plain = [phase(30, 'GGr'), phase(4, 'yyr'), phase(20, 'rgG'), phase(4, 'ryy')];

test('greens are timed as in the network, and every yellow as asked for', () => {
  expect(phasesBy({ control: 'sumo-fixed' })).toEqual(['30 GGr', '4 yyr', '20 rgG', '4 ryy']);
  expect(phasesBy({ control: 'sumo-fixed', amberS: 3 })).toEqual([
    '30 GGr',
    '3 yyr',
    '20 rgG',
    '3 ryy',
  ]);
});

test('greens that SUMO ends by gaps have its bounds, changes none', () => {
  const bounds = 'minDur="5" maxDur="50"';
  expect(phasesBy({ control: 'sumo-actuated' })).toEqual([
    `30 GGr ${bounds}`,
    '4 yyr',
    `20 rgG ${bounds}`,
    '4 ryy',
  ]);
});

test('a red clearance comes between a yellow and the next green, and is taken from that green', () => {
  const goesOn = [phase(30, 'GGr'), phase(4, 'Gyr'), phase(20, 'GrG'), phase(4, 'yry')];
  expect(phasesBy({ control: 'sumo-fixed', redClearanceS: 1 }, goesOn)).toEqual([
    ...['1 rrr', '29 GGr', '4 Gyr'],
    ...['1 Grr', '19 GrG', '4 yry'],
  ]);
});

test('a filter turn that is yielded to from now on waits for it too, and SUMO’s bounds do not', () => {
  const filter = [phase(30, 'GrG'), phase(4, 'gry'), phase(3, 'Grr'), phase(4, 'yrr')];
  expect(phasesBy({ control: 'sumo-actuated', redClearanceS: 2 }, filter)).toEqual([
    ...['2 rrr', '28 GrG minDur="5" maxDur="50"', '4 gry'],
    ...['2 grr', '3 Grr minDur="5" maxDur="50"', '4 yrr'],
  ]);
});

test('where the network has a red between them it is left as it is', () => {
  const cleared = [phase(30, 'GGr'), phase(4, 'yyr'), phase(2, 'rrr'), phase(20, 'rgG')];
  const shown = phasesBy({ control: 'sumo-fixed', redClearanceS: 1 }, cleared);
  expect(shown).toEqual(['30 GGr', '4 yyr', '2 rrr', '20 rgG']);
});
