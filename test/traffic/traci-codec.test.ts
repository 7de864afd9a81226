/** Proves the bytes of commands and answers, spelled out from the protocol's description. */
import { describe, expect, test } from 'vitest';
import {
  askVersion,
  closeSimulation,
  get,
  readAnswers,
  setOrder,
  setTrafficLight,
  stepTo,
} from '../../traffic/traci-commands.ts';
import { TraciError } from '../../traffic/traci-error.ts';
import { MessageReader, messageOf } from '../../traffic/traci-frames.ts';
import type { Observations } from '../../traffic/traci-observations.ts';
import { junction, lane, trafficLight } from '../../traffic/traci-variables.ts';
import {
  areas,
  bytesOf,
  clock,
  drivers,
  hexOf,
  loops,
  nearby,
  type Recorded,
  recorded,
} from './recorded-answers.ts';

const answersTo = ({ commands, answer }: Recorded) => readAnswers(bytesOf(answer), commands);

const answerTo = (one: Recorded, place = 0): unknown => {
  const outcome = answersTo(one)[place];
  if (!outcome || 'refused' in outcome) throw outcome?.refused ?? new Error('no answer');
  return outcome.value;
};

const observed = (one: Recorded, place = 0) => answerTo(one, place) as Observations;

/** The error of reading these bytes as the answer to a step. */
const errorOf = (hex: string, commands: Recorded['commands'] = [stepTo()]): TraciError => {
  try {
    readAnswers(bytesOf(hex), commands);
  } catch (error) {
    if (error instanceof TraciError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
};

const forEver = 'c1d0000000000000'.repeat(2);

describe('a command', () => {
  test.each([
    ['asks for the version', askVersion, '02 00'],
    ['takes a place among clients', setOrder(2), '06 03 00000002'],
    ['makes one step', stepTo(), '0a 02 0000000000000000'],
    ['makes all steps up to an instant', stepTo(2.5), '0a 02 4004000000000000'],
    ['ends the simulation', closeSimulation, '02 7f'],
    ['asks for a value', get(trafficLight, 'state', 'C'), '08 a2 20 00000001 43'],
    ['asks for a value of the simulation', get(lane, 'ids'), '07 a3 00 00000000'],
    ['sets a state', setTrafficLight('C', 'state', 'rG'), '0f c2 20 00000001 43 0c 00000002 7247'],
    ['sets a phase', setTrafficLight('C', 'phase', 3), '0d c2 22 00000001 43 09 00000003'],
    [
      'sets how long a phase lasts',
      setTrafficLight('C', 'phaseDurationS', 2.5),
      '11 c2 24 00000001 43 0b 4004000000000000',
    ],
    ['subscribes to variables', nearby.on('we.0'), `1d d4 ${forEver} 00000004 77652e30 02 40 51`],
    [
      'subscribes to what is around',
      nearby.around(junction, 'C', 200),
      `23 89 ${forEver} 00000001 43 a4 4069000000000000 02 40 51`,
    ],
  ])('%s', (_, { bytes }, expected) => {
    expect(hexOf(bytes)).toBe(expected.replaceAll(' ', ''));
  });

  test('that is longer than 255 bytes says its length in five', () => {
    const state = 'r'.repeat(242);
    expect(hexOf(setTrafficLight('C', 'state', state).bytes).slice(0, 4)).toBe('ffc2');
    const longer = setTrafficLight('C', 'state', `${state}r`).bytes;
    expect(hexOf(longer).slice(0, 12)).toBe('0000000104c2');
    expect(longer).toHaveLength(260);
  });

  test('writes names beyond ASCII as UTF-8, and they are read back', () => {
    expect(hexOf(get(trafficLight, 'state', 'ö').bytes)).toBe('09a22000000002c3b6');
    const answer = '07a20000000000 0f b220 00000002c3b6 0c00000001 72';
    const [outcome] = readAnswers(bytesOf(answer), [get(trafficLight, 'state', 'ö')] as const);
    expect(outcome).toEqual({ value: 'r' });
  });

  test('rides with others in one message behind its length', () => {
    expect(hexOf(messageOf([askVersion.bytes, setOrder(1).bytes]))).toBe(
      '0000000c' + '0200' + '060300000001',
    );
  });
});

describe('an answer', () => {
  test('tells the version', () => {
    expect(answerTo(recorded.version)).toEqual({ api: 20, software: 'SUMO 1.15.0' });
  });

  test('of success has no value where nothing was asked', () => {
    expect(answerTo(recorded.order)).toBeUndefined();
    expect(answerTo(recorded.set)).toBeUndefined();
  });

  test('that refuses says why, and the answers after it are read', () => {
    const [refused, state] = answersTo(recorded.refused);
    expect(refused).toMatchObject({
      refused: {
        fault: 'refused',
        message: "traffic light nobody, state: Traffic light 'nobody' is not known",
      },
    });
    expect(state).toEqual({ value: 'oooOOooooOOo' });
  });

  test('that refuses a subscription is followed by one more, which is passed over', () => {
    const [refused] = answersTo(recorded.refusedWatch);
    expect(refused).toMatchObject({ refused: { fault: 'refused' } });
  });

  test('gives the links of a light, index by index', () => {
    const links = answerTo(recorded.links) as unknown[][];
    expect(links).toHaveLength(12);
    expect(links[0]).toEqual([{ from: 'NC_0', to: 'CW_0', via: ':C_0_0' }]);
    expect(links[11]).toEqual([{ from: 'WC_1', to: 'CN_0', via: ':C_11_0' }]);
  });

  test('gives the programs of a light', () => {
    const [program] = answerTo(recorded.programs) as { phases: unknown[] }[];
    expect(program).toMatchObject({ id: '0', type: 0, phase: 0, parameters: {} });
    expect(program?.phases).toHaveLength(6);
    const times = { durationS: 38, minS: 38, maxS: 38 };
    expect(program?.phases[0]).toEqual({ state: 'rrrGGgrrrGGg', ...times, next: [], name: '' });
  });

  test('to a step gives the values of all that is watched', () => {
    const seen = observed(recorded.step);
    expect(clock.in(seen)).toEqual(
      new Map([['', { timeS: 26, departed: [], arrived: [], loaded: [] }]]),
    );
    expect(areas.in(seen)).toEqual(new Map([['e2', { vehicles: 2, halting: 0, jamM: 0 }]]));
    expect(loops.in(seen).get('a')?.sinceDetectionS).toBeCloseTo(1.4784, 4);
    expect(drivers.in(seen).get('we.0')).toMatchObject({ lane: 'CE_0', signalsAhead: [] });
    expect([...nearby.near(seen, junction, 'C').keys()]).toEqual([
      'ew.0',
      'ew.1',
      'ns.0',
      'ns.1',
      'we.0',
      'we.1',
      'we.2',
    ]);
    expect(seen.troubles).toEqual([]);
  });

  test('to a subscription gives values at once, and the step behind it gives them again', () => {
    const [first] = observed(recorded.stepAhead).observed;
    const ahead = { light: 'C', link: 10, state: 'O' };
    expect(first?.values['signalsAhead']).toMatchObject([ahead]);
    const seen = drivers.in(observed(recorded.stepAhead, 1)).get('we.0');
    expect(seen?.signalsAhead).toMatchObject([ahead]);
    expect(seen?.signalsAhead[0]?.distanceM).toBeCloseTo(33.271, 3);
  });

  test('of nothing around is an empty list', () => {
    expect(nearby.near(observed(recorded.around), junction, 'C').size).toBe(0);
  });

  test('tells who was on a loop, and when he left it', () => {
    const [data] = loops.in(observed(recorded.loop)).get('a')?.vehicleData ?? [];
    expect(data).toMatchObject({ id: 'we.0', lengthM: 5, type: 'DEFAULT_VEHTYPE' });
    expect(data?.enteredS).toBeCloseTo(24.164, 3);
    expect(data?.leftS).toBeCloseTo(24.522, 3);
  });

  test('with a value that SUMO could not give leaves its thing out and says so', () => {
    const seen = observed({
      commands: [stepTo()],
      answer: `07020000000000 00000001
        0000000015 e4 00000001 61 01 40 ff 0c 00000002 6e6f`,
    });
    expect(nearby.in(seen).size).toBe(0);
    expect(seen.troubles).toEqual(['vehicle a, speedMps: no']);
  });
});

describe('a malformed answer is a TraciError with its place', () => {
  test.each([
    ['is empty', '', 'step: the message ends, but 1 bytes are needed (byte 0)'],
    ['is of another command', '07030000000000', 'step: status of 0x03, not of 0x02 (byte 2)'],
    ['is longer than said', '06020000000000', 'step: 7 bytes were read of an answer of 6 (byte 0)'],
    [
      'is shorter than said',
      '0802000000000000',
      'step: 7 bytes were read of an answer of 8 (byte 0)',
    ],
    ['has a length of nothing', '01', 'step: a length of 1 does not fit (byte 0)'],
    ['has a negative length', '00ffffffff02', 'step: a length of -1 does not fit (byte 0)'],
    [
      'has a text beyond its end',
      '0702007fffffff',
      'step: 2147483647 things of 1 bytes or more do not fit 0 (byte 3)',
    ],
    [
      'has more answers than bytes',
      '0702000000000000000002',
      'step: 2 things of 7 bytes or more do not fit 0 (byte 7)',
    ],
    [
      'has another kind of answer',
      '07020000000000 00000001 07 b2 00000000 00',
      'step: 0xb2 is no answer to a subscription (byte 13)',
    ],
    [
      'has an unknown variable',
      '07020000000000 00000001 0b e4 00000001 61 01 ee 00 00',
      'step: vehicle has no variable 0xee (byte 20)',
    ],
    [
      'has a value of another type',
      '07020000000000 00000001 0e e4 00000001 61 01 40 00 09 00000000',
      'step, speedMps: type 0x09 is not a double (byte 21)',
    ],
    [
      'goes on after its end',
      '07020000000000 00000000 00',
      '1 bytes more than the answers (byte 11)',
    ],
  ])('when it %s', (_, hex, message) => {
    const error = errorOf(hex);
    expect(error).toMatchObject({ fault: 'malformed', message });
    expect(error.place.offset).toBeTypeOf('number');
  });

  test('when it answers another question', () => {
    const hex = '07a2000000000013b22000000001440c00000006000000000000';
    const { message } = errorOf(hex, [get(trafficLight, 'state', 'C')]);
    expect(message).toBe('traffic light C, state: the answer is to another question (byte 15)');
  });

  test('when a compound value has other parts', () => {
    const hex = '07a20000000000 0000000016 b22b00000001430f000000010f00000000';
    const { message } = errorOf(hex, [get(trafficLight, 'programs', 'C')]);
    expect(message).toContain('has 0 parts instead of 5');
  });
});

describe('the stream', () => {
  const heardIn = (pieces: readonly Uint8Array[], bytesMax?: number): string[] => {
    const reader = new MessageReader(bytesMax);
    const heard: string[] = [];
    for (const piece of pieces) reader.read(piece, (message) => heard.push(hexOf(message)));
    return heard;
  };

  test('is cut into messages, whatever pieces it comes in', () => {
    const stream = bytesOf('00000005aa 00000004 00000007010203');
    const messages = ['aa', '', '010203'];
    expect(heardIn([stream])).toEqual(messages);
    expect(heardIn(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(messages);
  });

  test('gives nothing of a message that is not whole', () => {
    expect(heardIn([bytesOf('00000005')])).toEqual([]);
    expect(heardIn([bytesOf('000000')])).toEqual([]);
  });

  test.each(['00000003', '00000000', 'ffffffff', '80000000'])('ends at a length of %s', (hex) => {
    expect(() => heardIn([bytesOf(hex)])).toThrow(TraciError);
  });

  test('ends at a message that is too long, before it is kept', () => {
    expect(() => heardIn([bytesOf('00000011')], 16)).toThrow('a message of 17 bytes');
    expect(heardIn([bytesOf('00000010')], 16)).toEqual([]);
  });
});
