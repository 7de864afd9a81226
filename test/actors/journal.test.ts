/**
 * The journal: every line that a district writes has the form that outside programs are promised,
 * and one can read from it what happened.
 */
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { facts } from '../../protocol/event.ts';
import { journalSchema, UNTOLD } from '../../protocol/journal.ts';
import { Town } from './town.ts';

const line = Compile(journalSchema);

/** Three nodes meet, one is killed and started anew, one stops, an observer looks on. */
const eventful = async () => {
  const town = new Town(3);
  const places = [await town.open('n1'), await town.open('n2'), await town.open('n3')];
  const observer = await town.open('watcher', { isObserver: true });
  await town.walk(20_000);
  places[0]?.node.kill();
  town.network.crash('n1');
  await town.walk(6000);
  places.push(await town.open('n1', { incarnation: 2 }));
  await town.walk(20_000);
  void places[1]?.node.stop();
  await town.walk(3000);
  return {
    town,
    places: [...places, observer],
    lines: [...places, observer].flatMap((p) => p.lines),
  };
};

const story = await eventful();

test('every line passes the journal’s schema, as it is and as JSON', () => {
  const { lines } = story;
  expect(lines.length).toBeGreaterThan(1000);
  for (const written of lines) {
    for (const value of [written, JSON.parse(JSON.stringify(written))]) {
      const [problem] = line.Check(value) ? [] : line.Errors(value);
      expect({ written, problem }).toEqual({ written, problem: undefined });
    }
  }
});

test('it tells how well the clock of the lamps is known', () => {
  const ready = story.lines.flatMap((written) =>
    written.kind === 'fact' && written.event.type === 'lamps.ready' ? [written.event] : [],
  );
  expect(ready.length).toBeGreaterThanOrEqual(4);
  for (const event of ready) expect(event).toEqual({ type: 'lamps.ready', boundMs: 0 });
});

test('the lines of each node are in the order of time', () => {
  for (const { lines } of story.places) {
    const times = lines.map(({ t }) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('it tells of joining, failing, electing, committing, changing stage and leaving', () => {
  const types = new Set(
    story.lines.flatMap((written) => (written.kind === 'fact' ? [written.event.type] : [])),
  );
  for (const type of [
    'wire.opened',
    'genesis.formed',
    'membership.joined',
    'membership.left',
    'detector.suspected',
    'detector.failed',
    'election.elected',
    'replica.committed',
    'enrolment.enrolled',
    'timekeeper.synced',
    'phases.changed',
    'node.stopping',
  ]) {
    expect(types).toContain(type);
  }
  for (const type of types) {
    expect(Object.keys(facts)).toContain(type);
    expect(UNTOLD).not.toContain(type);
  }
});

test('it tells the state of every concern, by its name', () => {
  const machines = story.lines.flatMap((written) =>
    written.kind === 'state' ? [written.machine] : [],
  );
  for (const name of ['node', 'membership', 'detector', 'election', 'replica', 'phases']) {
    expect(machines).toContain(name);
  }
});

test('what one node says by multicast the others hear, byte for byte', () => {
  const said = story.lines.filter(({ kind }) => kind === 'said');
  const heard = story.lines.filter(({ kind }) => kind === 'heard');
  expect(said.length).toBeGreaterThan(100);
  expect(heard.length).toBeGreaterThan(said.length);
});

test('nothing unsafe was ever shown, and no part of a node failed', () => {
  expect(story.town.judge.verdict().unsafe).toEqual([]);
  expect(story.places.flatMap(({ failures }) => failures)).toEqual([]);
  const errors = story.lines.filter(({ kind }) => kind === 'error');
  expect(errors).toEqual([]);
});

test('an observer hears everything, says only that it is there and what it lacks, and is in nobody’s view', () => {
  const observer = story.places.at(-1);
  const says = new Set(
    observer?.lines.flatMap((written) => (written.kind === 'said' ? [written.type] : [])),
  );
  const allowed = ['membership.announce', 'replica.fetch', 'replica.nack'];
  expect([...says].filter((type) => !allowed.includes(type))).toEqual([]);
  for (const { node } of story.places.slice(0, -1)) {
    const context = node.stateOf('membership')?.context as { view: object } | undefined;
    expect(Object.keys(context?.view ?? {})).not.toContain('watcher');
  }
  const lost = story.lines.filter(
    (written) =>
      written.kind === 'fact' &&
      written.event.type === 'detector.suspected' &&
      written.event.peer === 'watcher',
  );
  expect(lost).toEqual([]);
});
