/** What single lines of a journal do to the picture. */
import { expect, test } from 'vitest';
import type { Fact } from '../../protocol/event.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import { town } from '../../simulation/town.ts';
import { lampsOf } from '../../visualizer/lamps-told.ts';
import { isCut } from '../../visualizer/network-picture.ts';
import {
  blankPicture,
  leaderOf,
  NOTES_MAX,
  type Picture,
  roleOf,
} from '../../visualizer/picture.ts';
import { see } from '../../visualizer/see.ts';
import { storyOf } from './story.ts';

const blank = (): Picture => {
  const { name, intersections, links } = town(3);
  return blankPicture(name, { intersections, links });
};
const fact = (node: string, event: Fact, t = 1_000): JournalLine => ({
  t,
  node,
  kind: 'fact',
  event,
});
const after = (...lines: JournalLine[]): Picture => {
  const picture = blank();
  for (const line of lines) see(picture, line);
  return picture;
};
const started = (node: string, t = 500): JournalLine => ({
  t,
  node,
  kind: 'process',
  standing: 'started',
  pid: 42,
});

test('a city comes to one leader that all others follow, with all in each other’s view', async () => {
  const { city, opening, lines } = await storyOf(3, 8_000);
  const picture = blankPicture(opening.name, opening.streets);
  for (const line of lines) see(picture, line);
  expect([...picture.nodes.values()].map(roleOf).sort()).toEqual(['backup', 'backup', 'leader']);
  const leader = leaderOf(picture);
  for (const node of picture.nodes.values()) {
    expect(node.view.size).toBe(2);
    expect(node.leader).toBe(leader?.node);
    expect(node.commit).toBe(picture.log.at(-1)?.index);
    expect(node.incarnation).toBe(city.place(node.node).observed.incarnation);
    expect(node.said.perSecond).toBeGreaterThan(100);
    expect(node.boundMs).toBeDefined();
  }
  expect(picture.log.map(({ index }) => index)).toEqual(picture.log.map((_, k) => k + 1));
  expect(picture.voters).toHaveLength(3);
  expect(picture.intersections.get('x1')?.lamps).toBeDefined();
});

test('of two that believe they lead, the one of the later term leads', () => {
  const picture = after(
    fact('n1', { type: 'election.elected', leader: 'n1', term: 2 }),
    started('n1'),
    fact('n1', { type: 'election.elected', leader: 'n1', term: 2 }),
    started('n2'),
    fact('n2', { type: 'election.elected', leader: 'n2', term: 3 }),
  );
  expect(leaderOf(picture)?.node).toBe('n2');
  expect(roleOf(picture.nodes.get('n1')!)).toBe('leader');
});

test('a process that ended knows nothing, and its next life begins with nothing', () => {
  const led = fact('n1', { type: 'election.elected', leader: 'n1', term: 2 });
  const ended: JournalLine = { t: 2_000, node: 'n1', kind: 'process', standing: 'ended' };
  const down = after(started('n1'), led, ended);
  expect(roleOf(down.nodes.get('n1')!)).toBe('down');
  expect(down.nodes.get('n1')).toMatchObject({ term: 0, leader: undefined, pid: undefined });
  const again = after(started('n1'), led, ended, started('n1', 3_000));
  expect(roleOf(again.nodes.get('n1')!)).toBe('leaderless');
});

test('a stopped process stands still until it says something', () => {
  const stopped: JournalLine = { t: 2_000, node: 'n1', kind: 'process', standing: 'stopped' };
  const said: JournalLine = {
    t: 3_000,
    node: 'n1',
    kind: 'said',
    type: 'detector.beat',
    peer: 'all',
    id: '1.1',
    bytes: 100,
  };
  expect(after(started('n1'), stopped).nodes.get('n1')?.standing).toBe('stalled');
  expect(after(started('n1'), stopped, said).nodes.get('n1')?.standing).toBe('up');
});

test('suspicion is seen with its φ until it is cleared or the peer has left', () => {
  const joined = fact('n1', {
    type: 'membership.joined',
    peer: 'n2',
    peerIncarnation: 7,
    store: 's',
    host: 'h',
    port: 1,
  });
  const reason = 'silent';
  const suspected = fact('n1', { type: 'detector.suspected', peer: 'n2', reason, phi: 9.2 });
  const seen = (...more: JournalLine[]) =>
    after(joined, suspected, ...more)
      .nodes.get('n1')
      ?.view.get('n2');
  expect(seen()?.suspected).toEqual({ phi: 9.2, reason });
  expect(seen(fact('n1', { type: 'detector.cleared', peer: 'n2' }))?.suspected).toBeUndefined();
  const left = fact('n1', { type: 'membership.left', peer: 'n2', how: 'failed', reason });
  expect(seen(left)).toBeUndefined();
});

test('what an observer knows of a node stands for its journal', () => {
  const seen: JournalLine = {
    t: 1_000,
    node: 'n1',
    kind: 'seen',
    by: 'watch',
    standing: 'there',
    term: 4,
    leader: 'n1',
    commit: 9,
    phi: 0.4,
  };
  const picture = after(seen);
  expect(leaderOf(picture)).toMatchObject({ node: 'n1', term: 4, commit: 9, phi: 0.4 });
  const gone = after(seen, { t: 2_000, node: 'n1', kind: 'seen', by: 'watch', standing: 'gone' });
  expect(roleOf(gone.nodes.get('n1')!)).toBe('down');
});

test('an intersection that is admitted later appears with its links', () => {
  const [first, second] = town(2).intersections;
  const picture = blankPicture('town', { intersections: [first!], links: [] });
  see(
    picture,
    fact('n1', {
      type: 'replica.committed',
      index: 5,
      term: 1,
      command: {
        kind: 'district.admit',
        node: 'n2',
        store: 's',
        intersection: second!,
        links: [{ from: 'x1', to: 'x2', lengthM: 300, speedMps: 14 }],
      },
    }),
  );
  expect(picture.streets.intersections.map(({ id }) => id)).toEqual(['x1', 'x2']);
  expect(picture.streets.links).toHaveLength(1);
  expect(picture.nodes.get('n2')?.intersection).toBe('x2');
});

test('the same news of many nodes is one note that counts them', () => {
  const event: Fact = { type: 'election.elected', leader: 'n1', term: 2 };
  const picture = after(fact('n1', event), fact('n2', event, 1_020), fact('n3', event, 1_030));
  expect(picture.notes).toEqual([
    { t: 1_000, kind: 'election', text: 'n1 leads in term 2', by: 3 },
  ]);
});

test('notes are bounded, the oldest go', () => {
  const picture = blank();
  for (let k = 0; k < 2 * NOTES_MAX; k += 1) {
    see(picture, { t: k, node: 'n1', kind: 'error', message: `trouble ${k}` });
  }
  expect(picture.notes).toHaveLength(NOTES_MAX);
  expect(picture.notes.at(-1)?.text).toContain(`trouble ${2 * NOTES_MAX - 1}`);
});

test('a cut parts two nodes both ways, a partition all of different sides', () => {
  const { network } = after({ t: 1, node: 'city', kind: 'error', message: 'cut n1 → n2' });
  expect(isCut(network, 'n2', 'n1')).toBe(true);
  expect(isCut(network, 'n1', 'n3')).toBe(false);
  const parted = after({ t: 1, node: 'city', kind: 'error', message: 'partition n1+n2' }).network;
  expect(isCut(parted, 'n1', 'n2')).toBe(false);
  expect(isCut(parted, 'n2', 'n3')).toBe(true);
});

test('a line of somebody who is not of the district changes no node', () => {
  const picture = after(fact('stranger', { type: 'election.elected', leader: 'n1', term: 2 }));
  expect([...picture.nodes.keys()]).toEqual(['n1', 'n2', 'n3']);
});

test('where no lamp driver is heard, lamps are those of the stage that the node tells', () => {
  const picture = after({
    t: 1_000,
    node: 'n1',
    kind: 'seen',
    by: 'watch',
    standing: 'there',
    stage: 'ns',
    mode: 'coordinated',
  });
  const [first, second] = picture.streets.intersections;
  expect(lampsOf(picture, first!)).toEqual({
    lamps: { NS: 'green', EW: 'red', walk: 'green' },
    isTold: true,
  });
  expect(lampsOf(picture, second!)).toEqual({ lamps: undefined, isTold: false });
  see(picture, { t: 2_000, node: 'n1', kind: 'lamps', intersection: 'x1', lamps: { NS: 'amber' } });
  expect(lampsOf(picture, first!)).toEqual({ lamps: { NS: 'amber' }, isTold: false });
});

test('the last step of a machine is remembered with where it came from, until its process ends', () => {
  const state = (value: string, t: number): JournalLine => ({
    ...({ t, node: 'n1', kind: 'state', machine: 'election', value } as const),
  });
  const stepOf = ({ nodes }: Picture) => nodes.get('n1')?.steps['election'];
  const picture = after(state('follower', 1_000));
  expect(stepOf(picture)).toBeUndefined();
  see(picture, state('leader', 2_000));
  expect(stepOf(picture)).toEqual({ atMs: 2_000, from: 'follower' });
  see(picture, started('n1', 3_000));
  expect(stepOf(picture)).toBeUndefined();
});
