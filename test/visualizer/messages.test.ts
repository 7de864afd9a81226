/** What the messages view shows of journals of real cities: who had what, and what was lost. */
import { expect, test } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { blankPicture } from '../../visualizer/picture.ts';
import { see } from '../../visualizer/see.ts';
import { cameOf, chainOf, effectsOf } from '../../visualizer/views/messages/chain.ts';
import { countsOf, type Exchange, exchangesOf } from '../../visualizer/views/messages/exchange.ts';
import { heardKey, rowsOf } from '../../visualizer/views/messages/rows.ts';
import { pictureBy, type Story, storyOf } from './story.ts';

const UNTIL_MS = 14_000;
const story = await storyOf(4, UNTIL_MS, (city) => {
  city.at(7_000, () => city.weather({ lossRatio: 0.3, duplicationRatio: 0.2 }));
  city.at(9_000, () => city.weather({ lossRatio: 0, duplicationRatio: 0 }));
  city.at(10_000, () => city.kill('n2'));
  city.at(12_000, () => city.partition([['n3'], ['n1', 'n4']]));
});

/** The messages that were said from one instant to another, as known at the end of that. */
const read = ({
  fromMs,
  toMs,
  untilMs = toMs,
}: {
  fromMs: number;
  toMs: number;
  untilMs?: number;
}) =>
  exchangesOf({
    picture: pictureBy(story, fromMs),
    lines: story.lines.filter(({ t }) => t > fromMs && t <= untilMs),
    untilMs,
    wants: () => true,
  }).filter(({ saidMs }) => saidMs <= toMs);

const all = read({ fromMs: 0, toMs: UNTIL_MS });
const rankOf = ({ kind }: JournalLine) => (kind === 'said' ? 1 : 0);
const toAll = (exchanges: readonly Exchange[]) => exchanges.filter(({ to }) => to === 'all');

test('each message is there once, with all who took it', () => {
  expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
  const heard = story.lines.filter(({ kind }) => kind === 'heard').length;
  expect(all.reduce((sum, { taken }) => sum + taken.length, 0)).toBe(heard);
});

test('a message of which the hearers tell before its sender does is the same', () => {
  const hearersFirst = story.lines.toSorted((a, b) => rankOf(a) - rankOf(b));
  const picture = pictureBy(story, 0);
  const told = exchangesOf({ picture, lines: hearersFirst, untilMs: UNTIL_MS, wants: () => true });
  const byKey = new Map(all.map((exchange) => [exchange.key, exchange]));
  expect(told.length).toBe(all.length);
  for (const { key, isTold, saidMs, taken } of told) {
    const { saidMs: atMs, taken: by } = byKey.get(key) as Exchange;
    expect({ key, isTold, saidMs, taken }).toEqual({ key, isTold: true, saidMs: atMs, taken: by });
  }
});

test('on a whole network everybody has what is for all, but who was not there', () => {
  const calm = toAll(read({ fromMs: 4_000, toMs: 6_500 }));
  expect(calm.length).toBeGreaterThan(20);
  for (const { from, taken, missed } of calm) {
    expect({ missed, count: taken.length, from }).toEqual({ missed: [], count: 3, from });
  }
});

test('what the network lost is missed by whom it was for, and what it doubled came again', () => {
  const stormy = toAll(read({ fromMs: 7_000, toMs: 8_900, untilMs: 9_900 }));
  const missed = stormy.filter((exchange) => exchange.missed.length > 0);
  expect(missed.length).toBeGreaterThan(stormy.length * 0.4);
  expect(stormy.some(({ repeated }) => repeated.length > 0)).toBe(true);
  for (const { from, taken, missed: lost } of stormy) {
    expect([...taken.map(({ node }) => node), ...lost, from].toSorted()).toEqual([
      ...['n1', 'n2', 'n3', 'n4'],
    ]);
  }
});

test('the dead are not waited for, and over a cut nothing comes', () => {
  const parted = toAll(read({ fromMs: 12_000, toMs: 12_800, untilMs: UNTIL_MS }));
  for (const { from, missed, isOver } of parted) {
    expect({ from, missed, isOver }).toEqual({
      ...{ from, isOver: true },
      missed: from === 'n3' ? ['n1', 'n4'] : ['n3'],
    });
  }
});

test('what was said a moment ago may still come', () => {
  const last = read({ fromMs: 12_000, toMs: 12_400 });
  expect(last.length).toBeGreaterThan(2);
  expect(last.filter(({ isOver }) => isOver)).toEqual([]);
});

test('of an observer’s journal there are the messages that it heard', () => {
  const lines: JournalLine[] = story.lines.flatMap((line) =>
    line.kind === 'heard' && line.node === 'n1' ? [{ ...line, node: 'watch' }] : [],
  );
  const picture = blankPicture(story.opening.name, story.opening.streets);
  const heard = exchangesOf({ picture, lines, untilMs: UNTIL_MS, wants: () => true });
  expect(heard).toHaveLength(lines.length);
  expect(heard.every(({ taken, isTold }) => taken[0]?.node === 'watch' && !isTold)).toBe(true);
  expect(countsOf(lines).get('detector.beat')).toBeGreaterThan(10);
});

test('types that nobody wants are left out, and counted all the same', () => {
  const lines = story.lines;
  const picture = pictureBy(story, -1);
  const wants = (type: string) => type.startsWith('election.');
  const some = exchangesOf({ picture, lines, untilMs: UNTIL_MS, wants });
  expect(new Set(some.map(({ type }) => type.split('.')[0]))).toEqual(new Set(['election']));
  const said = lines.filter((line) => line.kind === 'said' && line.type === 'election.claim');
  expect(countsOf(lines).get('election.claim')).toBe(said.length);
});

test('downwards is later: who hears stands below who says, an answer below what it answers', () => {
  const { said, heard, instants } = rowsOf(all);
  for (const { key, from, cause, taken } of all) {
    const y = said.get(key) ?? Number.NaN;
    for (const { node } of taken) expect(heard.get(heardKey(key, node))).toBeGreaterThan(y);
    const before = cause === undefined ? undefined : heard.get(heardKey(cause, from));
    if (before !== undefined) expect(y).toBeGreaterThan(before);
  }
  const heights = instants.map(({ y }) => y);
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
});

const electedLine = ({ lines }: Story) =>
  lines.find(
    (line) => line.kind === 'fact' && line.event.type === 'election.elected' && line.cause,
  );

test('from the poll to the leader’s first order everything is one chain', () => {
  const elected = electedLine(story);
  const vote = elected && 'cause' in elected ? (elected.cause ?? '') : '';
  const effects = effectsOf(story.lines);
  const causes = new Map(all.map(({ key, cause }) => [key, cause]));
  const chain = chainOf(vote, causes, effects);
  const types = new Set(all.filter(({ key }) => chain.has(key)).map(({ type }) => type));
  for (const type of ['election.poll', 'election.lean', 'election.claim', 'election.vote']) {
    expect(types).toContain(type);
  }
  expect(cameOf(vote, story.lines)).toContain(elected);
});

test('a journal of former days, whose messages have no names, is no trouble', () => {
  const lines = story.lines.map((line) => {
    const { id: _, ...rest } = line as JournalLine & { id?: string };
    return rest as JournalLine;
  });
  const picture = blankPicture(story.opening.name, story.opening.streets);
  for (const line of lines) see(picture, line);
  expect(exchangesOf({ picture, lines, untilMs: UNTIL_MS, wants: () => true })).toEqual([]);
});
