/**
 * Push buttons at one intersection, and what operators who ask are told of it, sentence by sentence.
 */
import { describe, expect, test } from 'vitest';
import type { Intersection } from '../../protocol/district.ts';
import { adopt, crossroads, greensOf, type Playing, plan } from './phases-words.ts';
import { sent } from './play.ts';
import { button, call, inGreenOf, lastShow, pass } from './preemption-words.ts';

describe('a crossing on call', () => {
  const walk = { ...crossroads.groups[0], id: 'p', kind: 'pedestrian', onCall: true } as never;
  const crossing: Intersection = {
    ...crossroads,
    groups: [...crossroads.groups, walk],
    conflicts: [...crossroads.conflicts, ['p', 'a'], ['p', 'b']],
    stages: [...crossroads.stages, { id: 'P', green: ['p'] }],
  };
  const beside: Intersection = {
    ...crossing,
    conflicts: [...crossroads.conflicts, ['p', 'b']],
    stages: [
      { id: 'A', green: ['a', 'p'] },
      { id: 'B', green: ['b'] },
    ],
  };
  const stagesOf = (play: Playing, sinceMs = 0) =>
    greensOf(play, sinceMs).map(({ stage }) => stage);

  test('of its own stage is passed over while nobody calls, and served once for a call', () => {
    const { play } = inGreenOf('A', crossing);
    pass(play, 80_000);
    expect(stagesOf(play)).not.toContain('P');
    const sinceMs = play.nowMs;
    play.hear(button('p'));
    pass(play, 160_000);
    expect(stagesOf(play, sinceMs).filter((stage) => stage === 'P')).toHaveLength(1);
  });

  test('beside a movement stays red while nobody calls, and has walk and clearance for a call', () => {
    const { play } = inGreenOf('A', beside);
    expect(lastShow(play)?.timelines['p']).toMatchObject([{ lamp: 'red' }]);
    play.hear(button('p'));
    while (greensOf(play).length < 3) pass(play, 1000);
    const lamps = lastShow(play)?.timelines['p']?.map(({ lamp }) => lamp);
    expect(lamps).toEqual(['red', 'green', 'amber', 'red']);
    pass(play, 60_000);
    expect(lastShow(play)?.timelines['p']).toMatchObject([{ lamp: 'red' }]);
  });

  test('is served in every cycle under a plan, and when the file does not say that it is on call', () => {
    const planned = inGreenOf('A', beside).play;
    planned.hear(adopt(plan(25, 30)));
    pass(planned, 60_000);
    const lamps = () => lastShow(planned)?.timelines['p']?.map(({ lamp }) => lamp);
    while (greensOf(planned).at(-1)?.stage !== 'A') pass(planned, 500);
    expect(lamps()).toContain('green');
    const groups = crossing.groups.map(({ onCall: _, ...group }) => group);
    const { play } = inGreenOf('A', { ...crossing, groups });
    pass(play, 80_000);
    expect(stagesOf(play)).toContain('P');
  });

  test('that is called while nothing else is, keeps the rest green in between', () => {
    const alone: Intersection = {
      ...crossing,
      groups: [crossroads.groups[0], walk] as never,
      conflicts: [['p', 'a']],
      stages: [
        { id: 'A', green: ['a'] },
        { id: 'P', green: ['p'] },
      ],
    };
    const { play } = inGreenOf('A', alone);
    for (let k = 0; k < 600; k += 1) {
      pass(play, 100);
      expect(play.snapshot.context.shown?.['a']).toBe('green');
    }
    play.hear(button('p'));
    pass(play, 30_000);
    expect(stagesOf(play)).toContain('P');
  });
});

describe('an operator who asks', () => {
  const reply = { host: '127.0.0.1', port: 7000 };
  const ask = (forMs: number) =>
    ({
      type: 'phases.ask',
      reply,
      forMs,
      ...{ from: 'o', group: 'g', incarnation: 1, bytes: 9 },
    }) as const;

  test('is told what is followed now, what is taken from the log, and what is lit by it', () => {
    const { play } = inGreenOf('A');
    expect(sent(play.hear(ask(60_000)))).toMatchObject([
      { to: reply, message: { moment: 'asked', intersection: 'x', mode: 'free', stage: 'A' } },
    ]);
    expect(sent(play.hear(adopt(plan(25, 30))))).toMatchObject([
      { message: { moment: 'taken', plan: 'p' } },
    ]);
    const mark = play.told.length;
    pass(play, 30_000);
    const told = sent(play.told.slice(mark).map(({ event }) => event));
    expect(told).toMatchObject([{ message: { moment: 'lit', stage: 'B', plan: 'p' } }]);
    play.hear(call('b'));
    pass(play, 1000);
    const said = sent(play.told.map(({ event }) => event));
    expect(said.at(-1)).toMatchObject({ message: { moment: 'lit', stage: 'B', call: 'cb' } });
  });

  test('is told no more when the time is over that he gave', () => {
    const { play } = inGreenOf('A');
    play.hear(ask(1000));
    pass(play, 1100);
    const mark = play.told.length;
    play.hear(adopt(plan(25, 30)));
    pass(play, 30_000);
    expect(sent(play.told.slice(mark).map(({ event }) => event))).toEqual([]);
  });
});
