/** The lease over a change of the contract: a new leader waits for the longest there ever was. */
import { describe, expect, test } from 'vitest';
import { formerLeaseMs } from '../../machines/lease.ts';
import type { Command } from '../../protocol/command.ts';
import type { Timing } from '../../protocol/timing.ts';
import {
  advanced,
  ask,
  committed,
  configured,
  elected,
  grant,
  type LeaseStep,
  leaseMs,
  OFFICE,
  played,
  read,
  refused,
  renewed,
  timing,
  voters,
} from './lease-words.ts';

describe('a leader of a district whose contract was changed', () => {
  const longer = { ...timing, leaseMs: leaseMs + 200 };
  const drifting = { ...longer, clockDriftPpmMax: timing.clockDriftPpmMax - 1 };
  const BAR_LONG_MS = formerLeaseMs(longer);
  const prepared = { kind: 'contract.prepare' as const, from: longer, to: timing };
  const learned = (command: Command) => ({
    type: 'replica.committed' as const,
    ...{ index: 6, term: 2, command },
  });
  const contract = { version: 2, timing, former: [], longest: longer };
  const snapshot = { voters, members: [], contract };
  const changed = (to: Timing) => ({
    type: 'contract.changed' as const,
    ...{ timing: to, former: [], changes: [] },
  });
  const office: readonly LeaseStep[] = [advanced(3), elected('b', 3)];

  test.each<[string, readonly LeaseStep[]]>([
    ['that it had heard of before', [learned(prepared), ...office, committed(7, 3)]],
    [
      'that it hears of with the first entry of its own',
      [...office, learned(prepared), committed(7, 3)],
    ],
    [
      'that a snapshot tells of',
      [
        { type: 'replica.restored', index: 6, term: 2, state: snapshot },
        ...office,
        committed(7, 3),
      ],
    ],
    [
      'though the drift was less there, by the worse of both',
      [...office, learned({ ...prepared, from: drifting }), committed(7, 3)],
    ],
    [
      'whichever is in force by now',
      [...office, learned(prepared), committed(7, 3), changed(timing)],
    ],
  ])('answers no read before the longest lease is over %s', (_, steps) => {
    const play = played([configured(), ...steps, Math.floor(BAR_LONG_MS)]);
    expect(play.hear(ask())).toMatchObject([refused(/former leader/)]);
    play.pass(2);
    expect(play.hear(ask(2))).toMatchObject([{ type: 'clock.wake' }, renewed(3, 1)]);
  });

  test('holds its own lease by the contract that is in force', () => {
    const steps = [configured(), ...OFFICE, changed(longer), ask(), grant('a', 3, 1)];
    const play = played([...steps, leaseMs + 199]);
    expect(play.hear(ask(2))).toMatchObject([read(7, 2)]);
    play.pass(1);
    expect(play.hear(ask(3))).toMatchObject([{ type: 'clock.wake' }, renewed(3, 2)]);
  });
});
