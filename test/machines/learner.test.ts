/**
 * A learner, sentence by sentence: it holds the log and is not counted, so it acknowledges nothing;
 * and the day it becomes a voter it does. (Ongaro's thesis, sections 4.1 and 4.2.1.)
 */
import { describe, expect, test } from 'vitest';
import { lan } from '../../protocol/timing.ts';
import {
  ack,
  acked,
  admitting,
  beat,
  changing,
  committed,
  elected,
  entry,
  formed,
  nack,
  nacked,
  prepare,
  replica,
  request,
  voter,
  written,
} from './log-words.ts';
import { only, sent } from './play.ts';
import { take, takeAll } from './table.ts';

const others = ['a', 'c', 'd'].map((node) => voter(node));
const promoted = { term: 1, command: changing([...others, voter('b')]) };
const timing = lan();

describe('a learner', () => {
  /** Node b, of a group in which a, c and d vote and a leads. */
  const learner = () => replica({ steps: [{ ...formed, voters: others }, elected('a', 1)] });

  test('takes and commits entries, but acknowledges none', () => {
    const play = learner();
    expect(sent(takeAll(play, [prepare('a', 1, [0, 0], [entry(1)]), written(1)]))).toEqual([]);
    const said = take(play, prepare('a', 1, [1, 1], [], 1));
    expect(said).toContainEqual(expect.objectContaining(committed(1, 1)));
    expect(sent(said)).toEqual([]);
  });

  test('asks for what it lacks, by the leader’s beat', () => {
    const play = learner();
    expect(take(play, beat('a', 1, { leader: 'a', index: 2 }))).toMatchObject([nacked('a', 0)]);
    play.pass(timing.repairMs);
    expect(take(play, prepare('a', 1, [1, 1], [entry(1)]))).toMatchObject([nacked('a', 0)]);
  });

  test('acknowledges the entry that makes it a voter, and with it all before (section 6)', () => {
    const play = learner();
    takeAll(play, [prepare('a', 1, [0, 0], [entry(1), promoted])]);
    expect(take(play, written(1))).toMatchObject([acked('a', 1, 2)]);
    expect(take(play, prepare('a', 1, [0, 0], [entry(1), promoted]))).toMatchObject([
      acked('a', 1, 2),
    ]);
  });

  test('acknowledges nothing in the name of a store that it has lost', () => {
    const voters = [...others, voter('b', 'former')];
    const play = replica({ steps: [{ ...formed, voters }, elected('a', 1)] });
    expect(sent(takeAll(play, [prepare('a', 1, [0, 0], [entry(1)]), written(1)]))).toEqual([]);
  });
});

describe('the primary of a learner', () => {
  const primary = () => {
    const play = replica({ steps: [formed, elected('b', 1)] });
    takeAll(play, [written(1), ack('a', 1, 1), request(admitting('x')), written(2)]);
    return play;
  };

  test('does not ask it for an acknowledgement when it holds all', () => {
    const play = primary();
    const holds = beat('x', 1, { leader: 'b', index: 2 });
    expect(sent(takeAll(play, [holds, holds]))).toEqual([]);
  });

  test('repairs it as any other', () => {
    const play = primary();
    const lacks = beat('x', 1, { leader: 'b', index: 1 });
    expect(sent(takeAll(play, [lacks, lacks]))).toMatchObject([{ to: 'x' }]);
    expect(sent(take(play, nack('x', 1, 0)))).toMatchObject([{ to: 'x' }]);
  });

  test('counts it from the entry that makes it a voter (section 6)', () => {
    const play = primary();
    const four = [...['a', 'b', 'c'].map((node) => voter(node)), voter('x')];
    takeAll(play, [ack('a', 1, 2), request(changing(four)), written(3), ack('a', 1, 3)]);
    expect(only(take(play, ack('x', 1, 3)), 'replica.committed')).toMatchObject([committed(3, 1)]);
  });
});
