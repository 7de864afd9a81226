/** Changes of the contract in a running city: nobody refuses anybody, whoever dies or is away. */
import { describe, expect, test } from 'vitest';
import { concerns } from '../../machines/node.ts';
import { settlingMs } from '../../machines/rights.ts';
import type { State } from '../../protocol/command.ts';
import { digestOf } from '../../protocol/digest.ts';
import type { Emitted } from '../../protocol/event.ts';
import { lan, type Timing } from '../../protocol/timing.ts';
import { type City, type CityOptions, createCity } from '../../simulation/city.ts';
import { leaderOf, load, readers } from '../../simulation/load.ts';
import { progressOf, SETTLED_MS_MAX, unsettled } from '../../simulation/settling.ts';
import { sharedTown } from '../../simulation/shared-town.ts';
import { town } from '../../simulation/town.ts';
import { LIT_MS } from './shared-words.ts';

/** Shorter beats and a longer lease; what a timescale carries is lowered. */
const to: Timing = {
  ...lan(),
  beatMs: 250,
  retryMs: 500,
  leaseMs: 1150,
  heartbeatTimeoutMs: 3500,
  rightHorizonMs: 40_000,
  clockBoundMsMax: 190,
};
const prepare = { kind: 'contract.prepare' as const, from: lan(), to };
const SETTLED_MS = 10_500;

/** A busy city that keeps what its nodes said of contracts. */
const watched = (options: CityOptions, isBusy = true) => {
  const facts: { t: number; node: string; event: Emitted }[] = [];
  const city = createCity({
    ...options,
    journal: (line) => line.kind === 'fact' && facts.push(line),
  });
  city.start();
  if (isBusy) {
    load(city, 700);
    readers(city, 200);
  }
  const said = <Type extends Emitted['type']>(type: Type) =>
    facts.flatMap(({ t, node, event }) =>
      event.type === type ? [{ t, node, event: event as Extract<Emitted, { type: Type }> }] : [],
    );
  return { city, said };
};
type Watched = ReturnType<typeof watched>;

const stateAt = (city: City, id: string): State =>
  city.place(id).observed.replica()?.state ?? { voters: [], members: [] };

/** Lets time pass, in small steps, until something is so. */
const runUntil = async (city: City, limitMs: number, is: () => boolean) => {
  const endMs = city.now() + limitMs;
  while (!is() && city.now() < endMs && city.violations.length === 0) {
    await city.run(city.now() + 10);
  }
  expect(city.violations).toEqual([]);
  expect(is()).toBe(true);
};

const isHalfWay = (city: City) => () =>
  city.running().some((id) => stateAt(city, id).contract?.next !== undefined);

const isInForce = (city: City, id: string) =>
  Object.keys(concerns).every((concern) => {
    const context = city.place(id).stateOf(concern as keyof typeof concerns)?.context;
    const { timing = to } = context as { timing?: Timing };
    return JSON.stringify(timing) === JSON.stringify(to);
  });
const isInForceEverywhere = (city: City) => () => city.running().every((id) => isInForce(city, id));

const expectSettled = async (city: City) => {
  const since = progressOf(city);
  await runUntil(city, SETTLED_MS_MAX, () => unsettled(city, since) === undefined);
};

/** No node has ever refused another, and none was lost that was not killed. */
const expectTogether = ({ said }: Watched, killed: readonly string[] = []) => {
  expect(said('membership.refused')).toEqual([]);
  const lost = said('membership.left').filter(({ event }) => !killed.includes(event.peer));
  expect(lost.filter(({ node }) => !killed.includes(node))).toEqual([]);
};

describe('the contract of a running district', () => {
  test('changes in two steps: all are ready, then all change over, and nobody is lost', async () => {
    const run = watched({ seed: 71, district: 5 });
    const { city, said } = run;
    await city.run(SETTLED_MS);
    city.place('n1').propose(prepare);
    await runUntil(city, 2_000, isHalfWay(city));
    expect(city.ids.some((id) => isInForce(city, id))).toBe(false);
    await runUntil(city, 5_000, isInForceEverywhere(city));
    const kinds = said('replica.committed').filter(({ node }) => node === 'n1');
    expect(
      kinds.flatMap(({ event: { command } }) =>
        command.kind.startsWith('contract.') ? [command.kind] : [],
      ),
    ).toEqual(['contract.prepare', ...Array(5).fill('contract.ready'), 'contract.switch']);
    await expectSettled(city);
    expectTogether(run);
    expect(said('election.elected').filter(({ t }) => t > SETTLED_MS)).toEqual([]);
  }, 60_000);

  test('changes though its leader dies between both steps, and a node is away', async () => {
    const run = watched({ seed: 72, district: 5 });
    const { city, said } = run;
    await city.run(SETTLED_MS);
    const leader = leaderOf(city) as string;
    const [away = '', asked = ''] = city.ids.filter((id) => id !== leader);
    city.kill(away, { silent: true });
    await city.run(city.now() + 5_000);
    city.place(asked).propose(prepare);
    await runUntil(city, 2_000, isHalfWay(city));
    city.kill(leader);
    await runUntil(city, 20_000, isInForceEverywhere(city));
    const over = said('replica.committed').flatMap(({ event: { command } }) =>
      command.kind === 'contract.switch' ? [command.absent] : [],
    );
    expect(over[0]).toContain(away);
    // The one has its store, and knows nothing or the first step; the other has its file alone.
    city.restart(away);
    city.restart(leader, { wipe: true });
    await runUntil(city, 20_000, isInForceEverywhere(city));
    await expectSettled(city);
    expectTogether(run, [away, leader]);
  }, 60_000);

  test('is found again by all who start anew together, whatever their files say', async () => {
    const run = watched({ seed: 73, district: 4 });
    const { city, said } = run;
    await city.run(SETTLED_MS);
    city.place('n1').propose(prepare);
    await runUntil(city, 8_000, isInForceEverywhere(city));
    for (const id of city.ids) city.kill(id);
    const sinceMs = city.now();
    city.start();
    await expectSettled(city);
    expect(isInForceEverywhere(city)()).toBe(true);
    const found = said('contract.changed').filter(({ t }) => t >= sinceMs);
    // Once for each, at its start: nobody goes back because it reads its log again.
    expect(found.map(({ node }) => node).sort()).toEqual([...city.ids]);
    expect(found[0]?.event.changes).toContain('beatMs 320 → 250');
    expectTogether(run, city.ids);
  }, 60_000);

  test('stays as it was when the change is unsound, or of another contract, or taken back', async () => {
    const run = watched({ seed: 74, district: 4 });
    const { city, said } = run;
    await city.run(SETTLED_MS);
    city.place('n1').propose({ ...prepare, to: { ...to, rightHorizonMs: 60_000 } });
    city.place('n2').propose({ ...prepare, from: to, to: { ...to, beatMs: 200 } });
    await city.run(city.now() + 1_500);
    for (const id of city.ids) expect(stateAt(city, id).contract).toBeUndefined();
    city.place('n1').propose(prepare);
    await runUntil(city, 2_000, isHalfWay(city));
    city.place('n2').propose({ kind: 'contract.withdraw', next: digestOf(to) });
    await city.run(city.now() + 10_000);
    expect(isHalfWay(city)()).toBe(false);
    expect(city.ids.some((id) => isInForce(city, id))).toBe(false);
    expect(said('contract.changed').every(({ event }) => event.changes.length === 0)).toBe(true);
    expectTogether(run);
  }, 60_000);
});

test.each([0, 1])(
  'groups that were founded apart become one, though only that of side %i has changed its contract',
  async (changed) => {
    const { expect: _, ...district } = town(4);
    const run = watched({ seed: 75, district }, false);
    const { city } = run;
    const sides = [
      ['n1', 'n2'],
      ['n3', 'n4'],
    ];
    const [ours = [], theirs = []] = changed === 0 ? sides : [...sides].reverse();
    city.partition(sides);
    await city.run(SETTLED_MS);
    city.place(ours[0] as string).propose(prepare);
    await runUntil(city, 10_000, () => ours.every((id) => isInForce(city, id)));
    expect(theirs.some((id) => isInForce(city, id))).toBe(false);
    city.heal();
    await runUntil(city, 2 * SETTLED_MS_MAX, () => unsettled(city) === undefined);
    const [one, ...others] = city.ids.map((id) => city.place(id).stateOf('contract')?.context);
    const timingOf = (context: unknown) => (context as { timing: Timing }).timing;
    for (const other of others) expect(timingOf(other)).toEqual(timingOf(one));
  },
  60_000,
);

test.each([81, 82, 83])(
  'a change comes to all under loss, and though a leader is cut off: seed %i',
  async (seed) => {
    const network = { lossRatio: 0.1, latencyMsMax: 40, duplicationRatio: 0.05 };
    const run = watched({ seed, district: 7, network });
    const { city, said } = run;
    await city.run(2 * SETTLED_MS);
    const draw = city.random('change');
    city.place(draw.pick(city.running())).propose(prepare);
    await city.run(city.now() + draw.between(0, 2_500));
    const leader = leaderOf(city) ?? 'n1';
    city.partition([[leader]]);
    await city.run(city.now() + 12_000);
    city.heal();
    if (!isHalfWay(city)() && !isInForceEverywhere(city)()) {
      city.place(draw.pick(city.running())).propose(prepare);
    }
    await runUntil(city, 40_000, isInForceEverywhere(city));
    await expectSettled(city);
    expect(said('membership.refused')).toEqual([]);
  },
  120_000,
);

test('where intersections are shared no green is lost, and the next timescale carries what is new', async () => {
  const clocks = { offsetMsMax: 100_000_000, driftPpmMax: lan().clockDriftPpmMax };
  const run = watched({ seed: 91, district: sharedTown([4]), clocks }, false);
  const { city } = run;
  await city.run(LIT_MS);
  city.place('n1e').propose(prepare);
  await runUntil(city, 8_000, isInForceEverywhere(city));
  const newest = () => stateAt(city, leaderOf(city) ?? 'n1n').timescales?.at(-1);
  expect(newest()).toMatchObject({ horizonMs: 45_000, clockBoundMs: 200 });
  const before = city.invariants.streets.counts.greens;
  const leader = leaderOf(city) as string;
  city.kill(leader);
  await city.run(city.now() + 40_000);
  // Its file still has the longer horizon, and it waits for that long.
  city.restart(leader, { wipe: true });
  const startedMs = city.now();
  expect(newest()).toMatchObject({ horizonMs: 40_000, clockBoundMs: 190 });
  await runUntil(city, 2 * LIT_MS, () =>
    run.said('holder.settled').some(({ t, node }) => node === leader && t > startedMs),
  );
  expect(city.now() - startedMs).toBeGreaterThan(settlingMs(lan()));
  await city.run(city.now() + 60_000);
  expect(city.invariants.streets.counts.greens).toBeGreaterThan(before + 4);
  expect(city.violations).toEqual([]);
}, 120_000);
