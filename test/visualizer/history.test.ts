/** A journal can be looked at as of any instant, however long it is. */
import { expect, test } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { History } from '../../visualizer/history.ts';
import { pictureOf } from '../../visualizer/opening.ts';
import { leaderOf, outermost, roleOf } from '../../visualizer/picture.ts';
import { pictureBy, storyOf } from './story.ts';

/** Five nodes; their leader is killed at 12 s, and starts again at 20 s. */
let killed = '';
const story = await storyOf(5, 30_000, (city) => {
  city.at(12_000, () => {
    const leads = (id: string) => outermost(city.place(id).stateOf('election')?.value) === 'leader';
    killed = city.running().find(leads) ?? '';
    city.kill(killed);
  });
  city.at(20_000, () => city.restart(killed));
});

const instants = Array.from({ length: 60 }, (_, k) => (k * 7919) % 30_000);

const historyOf = (options?: ConstructorParameters<typeof History>[1]) => {
  const history = new History(story.opening, options);
  history.append(story.lines);
  return history;
};

test('the picture of any instant is what all lines up to it come to, in whatever order one looks', () => {
  const history = historyOf({ segmentLines: 100 });
  for (const atMs of [...instants, ...[...instants].sort((a, b) => a - b)]) {
    expect(history.at(atMs)).toEqual(pictureBy(story, atMs));
  }
});

test('rewind shows the former leader, and the present the new one', () => {
  const history = historyOf();
  expect(leaderOf(history.at(11_900))?.node).toBe(killed);
  const now = history.at(history.lastMs);
  expect(leaderOf(now)?.node).not.toBe(killed);
  expect(leaderOf(now)?.term).toBeGreaterThan(leaderOf(history.at(11_900))?.term ?? 9);
  expect(roleOf(history.at(13_000).nodes.get(killed)!)).toBe('down');
  expect(roleOf(now.nodes.get(killed)!)).toBe('backup');
});

test('a picture that was looked at does not change when one looks at another', () => {
  const history = historyOf({ segmentLines: 200 });
  const early = history.at(5_000);
  const copy = structuredClone(early);
  history.at(9_000);
  history.at(30_000);
  expect(early).toEqual(copy);
});

test('the oldest lines are dropped beyond the limit, and what is left shows the same as before', () => {
  const history = historyOf({ linesMax: 1_000, segmentLines: 100 });
  expect(history.count).toBeLessThanOrEqual(1_100);
  expect(history.count + history.dropped).toBe(story.lines.length);
  expect(history.firstMs).toBeGreaterThan(10_000);
  for (const atMs of instants.filter((at) => at >= history.firstMs)) {
    expect(history.at(atMs)).toEqual(pictureBy(story, atMs));
  }
  // Before the first line that is kept, its keyframe is all that is known.
  expect(history.at(0).t).toBeLessThanOrEqual(history.firstMs);
});

test('a history that is handed on as JSON shows the same to who gets it', () => {
  const history = historyOf({ linesMax: 1_000, segmentLines: 100 });
  const handed = new History(JSON.parse(JSON.stringify(history.opening())));
  expect(handed.firstMs).toBe(history.firstMs);
  for (const atMs of instants.filter((at) => at >= history.firstMs)) {
    expect(handed.at(atMs)).toEqual(history.at(atMs));
  }
});

test('what comes out of order counts as of the line before it', () => {
  const history = new History(story.opening);
  const lamps = (t: number, lamp: 'green' | 'red'): JournalLine => ({
    t,
    node: 'n1',
    kind: 'lamps',
    intersection: 'x1',
    lamps: { NS: lamp },
  });
  history.append([lamps(100, 'green'), lamps(90, 'red'), lamps(110, 'green')]);
  expect(history.at(99).intersections.get('x1')?.lamps).toBeUndefined();
  expect(history.at(100).intersections.get('x1')?.lamps).toEqual({ NS: 'red' });
  expect(history.lastMs).toBe(110);
});

test('where a note says that something was, the picture shows it, also when its line came late', () => {
  const history = new History(story.opening);
  const said: JournalLine = { t: 120, node: 'n2', kind: 'error', message: 'something' };
  const event = { type: 'election.elected', leader: 'n1', term: 1 } as const;
  const state = {
    t: 100,
    node: 'n1',
    kind: 'state',
    machine: 'election',
    value: 'leader',
  } as const;
  history.append([said, state, { t: 100, node: 'n1', kind: 'fact', event }]);
  const note = history.at(1_000).notes.find(({ kind }) => kind === 'election');
  expect(leaderOf(history.at(note?.t ?? 0))?.node).toBe('n1');
});

test('lines between two instants are given oldest first, and the last of them when there are too many', () => {
  const history = historyOf({ segmentLines: 50 });
  const expected = story.lines.filter(({ t }) => t > 2_000 && t <= 2_500);
  expect(history.between(2_000, 2_500)).toEqual(expected);
  expect(history.between(2_000, 2_500, 7)).toEqual(expected.slice(-7));
  expect(history.between(40_000, 50_000)).toEqual([]);
});

test('one steps to the next line of a kind, and back to the one before', () => {
  const history = historyOf({ segmentLines: 50 });
  const isLamps = ({ kind }: JournalLine) => kind === 'lamps';
  const times = [...new Set(story.lines.filter(isLamps).map(({ t }) => t))];
  const walked: number[] = [];
  for (let at = history.timeOf(isLamps, -1); at !== undefined; at = history.timeOf(isLamps, at)) {
    walked.push(at);
  }
  expect(walked).toEqual(times);
  const back: number[] = [];
  const before = (fromMs: number) => history.timeOf(isLamps, fromMs, true);
  for (let at = before(30_001); at !== undefined; at = before(at)) back.push(at);
  expect(back).toEqual(times.toReversed());
});

test('before the first line everything is unknown and nothing is invented', () => {
  const picture = pictureOf(story.opening);
  expect(picture.nodes.size).toBe(5);
  expect([...picture.nodes.values()].map(roleOf)).toEqual(Array(5).fill('unknown'));
  expect(leaderOf(picture)).toBeUndefined();
  expect(new History(story.opening).at(1_000)).toEqual(picture);
});
