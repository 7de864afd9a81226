/** What an observer hears becomes a journal that says who is there, who leads, and what is agreed. */
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { Witness } from '../../bin/witness.ts';
import { type JournalLine, journalSchema } from '../../protocol/journal.ts';
import { town } from '../../simulation/town.ts';
import { History } from '../../visualizer/history.ts';
import { leaderOf, roleOf } from '../../visualizer/picture.ts';
import { Town } from '../actors/town.ts';

const schema = Compile(journalSchema);

/** Three nodes, the leader of which is killed at last; an observer that keeps no journal of theirs. */
const watched = async () => {
  const place = new Town(3);
  const lines: JournalLine[] = [];
  const opened = [];
  for (const id of ['n1', 'n2', 'n3']) opened.push(await place.open(id));
  const watcher = await place.open('watcher', { isObserver: true });
  const witness = new Witness({
    by: 'watch',
    beatMs: 320,
    now: () => place.clock.now(),
    wall: () => Math.floor(place.clock.now()),
    write: (line) => lines.push(line),
  });
  watcher.node.watch((event) => witness.hear(event));
  await place.walk(12_000);
  watcher.node.survey(60_000);
  await place.walk(12_000);
  witness.look();
  return { place, opened, lines, witness };
};

const historyOf = (lines: readonly JournalLine[]) => {
  const { name, intersections, links } = town(3);
  const history = new History({ name, streets: { intersections, links } });
  history.append(lines);
  return history;
};

test('it tells of every node its role, term, commit, life, φ and stage, in lines of the journal', async () => {
  const { lines } = await watched();
  for (const line of lines) {
    expect({ line, problems: schema.Check(line) ? [] : schema.Errors(line) }).toEqual({
      line,
      problems: [],
    });
  }
  const picture = historyOf(lines).at(Number.POSITIVE_INFINITY);
  const nodes = [...picture.nodes.values()];
  expect(nodes.map(roleOf).sort()).toEqual(['backup', 'backup', 'leader']);
  for (const node of nodes) {
    expect(node).toMatchObject({ term: 1, incarnation: 1, mode: expect.any(String) });
    expect(node.commit).toBeGreaterThan(3);
    expect(node.phi).toBeGreaterThanOrEqual(0);
    expect(node.stage).toBeDefined();
  }
  expect(picture.log.length).toBeGreaterThan(3);
});

test('what has not changed is not said again', async () => {
  const { lines, witness } = await watched();
  const count = lines.length;
  witness.look();
  expect(lines.length).toBe(count);
});

test('a node that is gone is told to be gone, and another leads', async () => {
  const { place, opened, lines } = await watched();
  const former = leaderOf(historyOf(lines).at(Number.POSITIVE_INFINITY))?.node ?? '';
  opened.find(({ node }) => node.id === former)?.node.kill();
  place.network.crash(former);
  await place.walk(8_000);
  const picture = historyOf(lines).at(Number.POSITIVE_INFINITY);
  expect(roleOf(picture.nodes.get(former)!)).toBe('down');
  expect(leaderOf(picture)).toBeDefined();
  expect(leaderOf(picture)?.node).not.toBe(former);
});

test('a word that comes late does not bring back a node that is gone', async () => {
  const { place, lines, witness } = await watched();
  const at = place.clock.now();
  witness.hear({
    type: 'membership.left',
    peer: 'n2',
    how: 'goodbye',
    reason: 'it said goodbye',
    at,
  });
  const beat = {
    type: 'detector.beat',
    term: 1,
    leader: 'n1',
    store: 's',
    index: 9,
    commit: 9,
  } as const;
  witness.hear({ ...beat, from: 'n2', group: 'g', incarnation: 1, bytes: 90, at: at + 1 });
  witness.look();
  const picture = historyOf(lines).at(Number.POSITIVE_INFINITY);
  expect(roleOf(picture.nodes.get('n2')!)).toBe('down');
});
