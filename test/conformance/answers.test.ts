/** How answers are compared: what the protocol leaves open is left open, and nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../conformance/answers.ts';
import type { Said } from '../../conformance/ear.ts';
import type { Part } from '../../conformance/part.ts';
import { type Sentence, sentences } from '../../conformance/sentences.ts';
import { Shadow } from '../../conformance/shadow.ts';
import { Verdicts } from '../../conformance/verdicts.ts';
import type { Heard, Message, Send } from '../../protocol/event.ts';
import { lan } from '../../protocol/timing.ts';

const parts = { a: { id: 'a' } as Part, b: { id: 'b' } as Part };
const header = { from: 'n1', group: 'g', incarnation: 1, bytes: 100, at: 5 };
const said = (message: Message, by: keyof typeof parts = 'a'): Said => ({
  message: { ...message, ...header } as Heard,
  counter: 1,
  timestamp: 0,
  via: 'one',
  by: parts[by],
});
const send = (message: Message, to = 'a'): Send => ({ type: 'wire.send', to, message });

const entry = { term: 1, command: { kind: 'preempt.clear' as const, id: 'p' } };
const prepare: Message = {
  type: 'replica.prepare',
  ...{ term: 1, prevIndex: 4, prevTerm: 1, entries: [entry, entry], commit: 3 },
};
const beat: Message = { type: 'detector.beat', term: 1, store: 's', index: 9, commit: 5 };
const ack = (index: number, term = 1): Message => ({
  type: 'replica.ack',
  ...{ term, store: 's1', index },
});
const nack = (index: number): Message => ({ type: 'replica.nack', term: 1, index });
const vote = (granted: boolean): Message => ({
  type: 'election.vote',
  ...{ term: 2, store: 's1', granted, lastTerm: 1, lastIndex: 6 },
});

interface Row {
  readonly asked?: Message;
  readonly expected?: readonly Send[];
  readonly got?: readonly Said[];
  readonly hasJustAsked?: boolean;
}
const fault = ({ asked = prepare, expected = [], got = [], hasJustAsked = false }: Row) =>
  faultOf({ asked, expected, got, hasJustAsked });

describe('an exchange is in order', () => {
  test.each<[string, Row]>([
    ['when nothing is to be said, and nothing is', {}],
    [
      'when the same is said, in any order of fields',
      { expected: [send(vote(true))], got: [said(vote(true))] },
    ],
    ['when it is said twice', { expected: [send(ack(8))], got: [said(ack(8)), said(ack(8))] }],
    [
      'when less matches than could, but all that was sent',
      { expected: [send(ack(8))], got: [said(ack(6))] },
    ],
    [
      'when it has just asked for what is missing',
      { expected: [send(nack(3))], hasJustAsked: true },
    ],
    [
      'when after a beat it asks from its commit on',
      { asked: beat, expected: [send(nack(7))], got: [said(nack(5))] },
    ],
  ])('%s', (_, row) => {
    expect(fault(row)).toBe(undefined);
  });
});

describe('an exchange is not in order', () => {
  test.each<[string, Row, RegExp]>([
    [
      'when nothing is said',
      { expected: [send(ack(6))] },
      /it said nothing; the machines say replica.ack/,
    ],
    ['when something is said', { got: [said(ack(6))] }, /index 6.* to a; the machines say nothing/],
    [
      'when it is said to another',
      { expected: [send(ack(6))], got: [said(ack(6), 'b')] },
      /to b; .* to a/,
    ],
    [
      'when it is the contrary',
      { expected: [send(vote(false))], got: [said(vote(true))] },
      /granted true.*granted false/,
    ],
    [
      'when more is acknowledged than matches',
      { expected: [send(ack(8))], got: [said(ack(9))] },
      /index 9/,
    ],
    ['when less is than was sent', { expected: [send(ack(8))], got: [said(ack(5))] }, /index 5/],
    ['when it is of another term', { expected: [send(ack(8))], got: [said(ack(8, 2))] }, /term 2/],
    [
      'when after a gap it asks from elsewhere',
      { expected: [send(nack(4))], got: [said(nack(3))] },
      /index 3/,
    ],
  ])('%s', (_, row, words) => {
    expect(fault(row)).toMatch(words);
  });
});

test('the shadow says what our machines say, and stands where they stand', () => {
  const shadow = new Shadow({ id: 'n1', store: 's1', timing: lan(), group: 'g' });
  const a = { id: 'a', incarnation: 1 };
  expect(shadow.standing).toEqual({ term: 0, leader: null, index: 0, commit: 0 });
  expect(shadow.hear({ ...beat, leader: 'a' } as Message, a)).toMatchObject([
    send({ type: 'replica.fetch', term: 1, index: 0, offset: 0 }),
  ]);
  expect(shadow.standing).toEqual({ term: 1, leader: 'a', index: 0, commit: 0 });
  expect(shadow.hear({ type: 'detector.probe', for: 'x' }, a)).toMatchObject([
    send({ type: 'detector.alive', for: 'x' }),
  ]);
});

test('a sentence has failed once it did not hold, however often it did', () => {
  const verdicts = new Verdicts();
  verdicts.check('once', true, () => '');
  verdicts.check('once', false, () => 'twice');
  verdicts.check('once', false, () => 'again');
  verdicts.leave('leaves', 'nobody stops it');
  const of = (id: string) => verdicts.list().find((one) => one.id === id);
  expect(of('once')).toMatchObject({ verdict: 'failed', times: 3, detail: 'twice' });
  expect(of('leaves')).toMatchObject({ verdict: 'not asked', detail: 'nobody stops it' });
  expect(of('again')).toMatchObject({ verdict: 'not reached', times: 0 });
});

test('every sentence names a place that docs/PROTOCOL.md has', () => {
  const text = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const life = text.slice(text.indexOf('\n## A life\n'), text.indexOf('\n## Trying a node\n'));
  for (const { section, step, message } of Object.values<Sentence>(sentences)) {
    expect(text).toContain(`\n## ${section}\n`);
    if (step !== undefined) expect(life).toContain(`\n${step}. **`);
    if (message !== undefined) expect(text).toContain(`\n### ${message}\n`);
  }
});
