/** What a journal tells of messages: which is which, what came of each, and what they say. */
import { expect, test } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { Town } from './town.ts';

type Said = Extract<JournalLine, { kind: 'said' }>;
type Heard = Extract<JournalLine, { kind: 'heard' }>;

/** Three nodes found a group and elect a leader; the journal of one has contents. */
const founded = async () => {
  const town = new Town(3);
  const places = [
    await town.open('n1', { hasContents: true }),
    await town.open('n2'),
    await town.open('n3'),
  ];
  await town.walk(20_000);
  return places.flatMap(({ lines }) => lines);
};

const lines = await founded();
const said = lines.filter((line): line is Said => line.kind === 'said');
const heard = lines.filter((line): line is Heard => line.kind === 'heard');
const causeOf = (line: JournalLine) => ('cause' in line ? line.cause : undefined);

test('a message that is heard has the id under which its sender said it, and no other has', () => {
  const ids = said.map(({ node, id, type }) => `${node} ${id} ${type}`);
  expect(new Set(ids).size).toBe(ids.length);
  const known = new Set(ids);
  expect(heard.filter(({ peer, id, type }) => !known.has(`${peer} ${id} ${type}`))).toEqual([]);
});

test('what came of a message names one that this node had heard', () => {
  const known = new Map<string, Set<string>>();
  let caused = 0;
  for (const line of lines) {
    const all = known.get(line.node) ?? new Set();
    known.set(line.node, all);
    if (line.kind === 'heard') all.add(`${line.peer} ${line.id}`);
    const cause = causeOf(line);
    if (cause === undefined) continue;
    caused += 1;
    expect({ line, isKnown: all.has(cause) }).toEqual({ line, isKnown: true });
  }
  expect(caused).toBeGreaterThan(100);
});

test('a vote came of the claim, though it was written to disk in between', () => {
  const votes = said.filter(({ type }) => type === 'election.vote');
  expect(votes.length).toBeGreaterThan(0);
  for (const { cause } of votes) {
    const claim = said.find(({ node, id }) => `${node} ${id}` === cause);
    expect(claim?.type).toBe('election.claim');
  }
});

test('that a node leads came of the vote that made a majority', () => {
  const elected = lines.find(
    (line) =>
      line.kind === 'fact' &&
      line.event.type === 'election.elected' &&
      line.event.leader === line.node,
  );
  const vote = said.find(({ node, id }) => elected && `${node} ${id}` === causeOf(elected));
  expect(vote?.type).toBe('election.vote');
});

test('what a timer brings came of no message', () => {
  const beats = said.filter(({ type }) => type === 'detector.beat');
  expect(beats.length).toBeGreaterThan(50);
  const free = beats.filter(({ cause }) => cause === undefined);
  expect(free.length).toBeGreaterThan(beats.length / 2);
});

test('what messages say is told by the node that was asked to, and by no other', () => {
  expect(said.filter(({ node, contents }) => (node === 'n1') !== (contents !== undefined))).toEqual(
    [],
  );
  const beat = said.find(({ node, type }) => node === 'n1' && type === 'detector.beat');
  expect(beat?.contents).toMatchObject({ term: expect.any(Number), store: 's-n1-1' });
});
