/**
 * Operation in a simulated city: a node that is cut off goes on alone and comes back into step, and
 * who calls has green, by the real lamp drivers and with the judge watching.
 */
import { expect, test } from 'vitest';
import { quantile } from '../../bin/spread.ts';
import type { Emitted } from '../../protocol/event.ts';
import type { JournalLine } from '../../protocol/journal.ts';
import type { Lamps } from '../../protocol/lamp.ts';
import type { Plan } from '../../protocol/plan.ts';
import { type City, createCity } from '../../simulation/city.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A city that keeps what its lamps showed and what its nodes said of their stages. */
const watched = (
  seed: number,
  count: number,
  clocks?: { offsetMsMax: number; driftPpmMax: number },
) => {
  const shown: { t: number; intersection: string; lamps: Lamps }[] = [];
  const facts: { t: number; node: string; event: Emitted }[] = [];
  const journal = (line: JournalLine) => {
    if (line.kind === 'lamps') shown.push(line);
    if (line.kind === 'fact') facts.push(line);
  };
  const city = createCity({ seed, district: count, journal, ...(clocks && { clocks }) });
  return { city, shown, facts };
};

type Watched = ReturnType<typeof watched>;

const greensAt = ({ shown }: Watched, intersection: string, fromMs: number, untilMs: number) => {
  const there = shown.filter((line) => line.intersection === intersection);
  return there.filter(
    ({ t, lamps }, k) =>
      t >= fromMs &&
      t < untilMs &&
      lamps['NS'] === 'green' &&
      there[k - 1]?.lamps['NS'] !== 'green',
  );
};

const isKeeper = (city: City, id: string) =>
  city.place(id).stateOf('timekeeper')?.value === 'keeping';

/** How far the greens of a node begin from where its plan and the leader's time want them. In ms. */
const astrayMs = ({ city, facts }: Watched, node: string, fromMs: number): number[] => {
  const phases = city.place(node).stateOf('phases')?.context as { plan: Plan } | undefined;
  const plan = phases?.plan ?? { id: '', cycleS: 1, intersections: [] };
  const planned = plan.intersections.find(({ id }) => id === `x${node.slice(1)}`);
  const first = planned?.splits[0]?.stage;
  const keeper = city.place(city.ids.find((id) => isKeeper(city, id)) ?? '');
  const time = keeper.stateOf('timekeeper')?.context as { offsetMs: number } | undefined;
  const groupMs = keeper.clock.now() + (time?.offsetMs ?? 0) - city.now();
  const cycleMs = plan.cycleS * SECOND;
  return facts.flatMap(({ t, node: who, event }) => {
    if (who !== node || t < fromMs || event.type !== 'phases.changed' || event.stage !== first) {
      return [];
    }
    const phase = (t + groupMs - (planned?.offsetS ?? 0) * SECOND + cycleMs / 2) % cycleMs;
    return [Math.abs(phase - cycleMs / 2)];
  });
};

test.each([3, 11, 29])(
  'a node that is cut off goes on alone, and comes back into step without breaking a minimum: seed %i',
  async (seed) => {
    const run = watched(seed, 4, { offsetMsMax: 100_000, driftPpmMax: 0 });
    const { city } = run;
    city.start();
    await city.run(3 * MINUTE);
    const [cut = ''] = city.ids.filter((id) => !isKeeper(city, id));
    // So bad a clock is out of step after minutes: 10,000 ppm are 3 s in five.
    city.drift(cut, 10_000);
    const sides = [[cut]];
    city.partition(sides);
    const cutMs = city.now();
    await city.run(cutMs + 5 * MINUTE);
    expect(Math.max(...astrayMs(run, cut, cutMs + 4 * MINUTE))).toBeGreaterThan(1.5 * SECOND);
    const alone = greensAt(run, `x${cut.slice(1)}`, cutMs, city.now());
    // No cycle is longer than 28 s.
    expect(alone.length).toBeGreaterThan(10);
    city.drift(cut, 0);
    city.reunite(sides);
    const healedMs = city.now();
    await city.run(healedMs + 3 * MINUTE);
    const astray = astrayMs(run, cut, healedMs + 2 * MINUTE);
    expect(astray.length).toBeGreaterThan(1);
    expect(Math.max(...astray)).toBeLessThan(100);
    expect(city.violations).toEqual([]);
  },
  120_000,
);

test('a node that is cut off obeys the inputs of its cabinet', async () => {
  const run = watched(5, 3);
  const { city, shown } = run;
  city.start();
  await city.run(MINUTE);
  city.partition([['n2']]);
  await city.run(city.now() + 30 * SECOND);
  const lampNow = () => shown.findLast(({ intersection }) => intersection === 'x2')?.lamps['EW'];
  for (const active of [true, false]) {
    city.place('n2').cabinet?.input({ input: 'preempt', group: 'EW', active });
    await city.run(city.now() + 20 * SECOND);
    if (active) expect(lampNow()).toBe('green');
    const changes = shown.length;
    await city.run(city.now() + 40 * SECOND);
    if (active) expect(lampNow()).toBe('green');
    else expect(shown.length).toBeGreaterThan(changes);
  }
  expect(city.violations).toEqual([]);
}, 60_000);

/** Calls for green somewhere; gives how long until it was agreed on and until it was green. */
const preempt = async ({ city, shown, facts }: Watched, call: { at: string; group: string }) => {
  const { at, group } = call;
  const id = `${at}/${group}`;
  const marks = { shown: shown.length, facts: facts.length };
  const t = city.now();
  const [proposer = ''] = city.ids;
  city.place(proposer).propose({ kind: 'preempt.call', id, intersection: at, group, forS: 60 });
  await city.run(t + 25 * SECOND);
  const green = shown
    .slice(marks.shown)
    .find(({ intersection, lamps }) => intersection === at && lamps[group] === 'green');
  const agreed = facts
    .slice(marks.facts)
    .find(
      ({ event }) =>
        event.type === 'replica.committed' &&
        event.command.kind === 'preempt.call' &&
        event.command.id === id,
    );
  city.place(proposer).propose({ kind: 'preempt.clear', id });
  await city.run(city.now() + 5 * SECOND + (t % 7) * SECOND);
  return { commitMs: (agreed?.t ?? Infinity) - t, greenMs: (green?.t ?? Infinity) - t };
};

const startedCity = async (seed: number): Promise<{ run: Watched; city: City }> => {
  const run = watched(seed, 6);
  run.city.start();
  await run.city.run(MINUTE);
  return { run, city: run.city };
};

test('who calls at any moment has green within a minimum and two changes', async () => {
  const { run, city } = await startedCity(17);
  const draw = city.random('calls');
  const waits: number[] = [];
  const commits: number[] = [];
  for (let k = 0; k < 30; k += 1) {
    await city.run(city.now() + draw.between(0, 12 * SECOND));
    const at = `x${draw.below(6) + 1}`;
    const group = draw.below(2) === 0 ? 'NS' : 'EW';
    const lampBefore = run.shown.findLast(({ intersection }) => intersection === at)?.lamps[group];
    const { greenMs, commitMs } = await preempt(run, { at, group });
    commits.push(commitMs);
    // Where it is green already there is nothing to wait for.
    if (lampBefore !== 'green') waits.push(greenMs);
  }
  // A walk of 4 s with its clearance of 5 s, and the late timers of both sides.
  expect(Math.max(...waits)).toBeLessThan(10_500);
  expect(quantile(commits, 0.99)).toBeLessThan(100);
  expect(waits.length).toBeGreaterThan(10);
  expect(city.violations).toEqual([]);
}, 120_000);
