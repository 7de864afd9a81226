/**
 * Words about the time that nobody asked for, in the name of who leads: they are not heeded, since only
 * who was asked knows when. So time is never made wrong, and where nodes share an intersection, which
 * rests on it, greens go on.
 */
import { expect, test } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { createCity } from '../../simulation/city.ts';
import { leaderOf } from '../../simulation/load.ts';
import { sharedTown } from '../../simulation/shared-town.ts';
import { Liar } from './liar.ts';
import { LIT_MS } from './shared-words.ts';

/** What a liar says of the group's time is off by so much, this way and that. */
const OFF_MS = 3_600_000;

test('who tells the time unasked is not heeded, and shared lamps go on', async () => {
  const lines: JournalLine[] = [];
  const city = createCity({
    seed: 31,
    district: sharedTown([4]),
    clocks: { offsetMsMax: 100_000_000, driftPpmMax: 100 },
    journal: (line) => lines.push(line),
  });
  city.start();
  const liar = await Liar.in(city);
  await city.run(LIT_MS);
  lines.length = 0;
  const leader = leaderOf(city) ?? '';
  const backups = city.ids.filter((id) => id !== leader);
  const tell = (to: string) => {
    // Its clock is taken to be known to a tenth of a millisecond, which no liar knows.
    const nowMs = city.place(to).clock.now();
    const { term } = liar.of(leader).beat;
    const { incarnation: life } = liar.of(to);
    for (const groupMs of [nowMs + OFF_MS, nowMs - OFF_MS]) {
      const sentMs = Math.round(nowMs * 10) / 10 - 0.1;
      liar.say(leader, { type: 'timekeeper.tell', term, sentMs, groupMs, life }, { to });
    }
  };
  for (let atMs = city.now(); atMs < LIT_MS + 40_000; atMs += 500) {
    city.at(atMs, () => backups.forEach(tell));
  }
  await city.run(LIT_MS + 40_000);
  const facts = lines.flatMap((line) => (line.kind === 'fact' ? [line.event] : []));
  expect(facts.filter(({ type }) => type === 'timekeeper.voided')).toEqual([]);
  const greens = lines.flatMap((line) =>
    line.kind === 'lamps'
      ? Object.entries(line.lamps).flatMap(([group, lamp]) => (lamp === 'green' ? [group] : []))
      : [],
  );
  expect([...new Set(greens)].sort()).toEqual(expect.arrayContaining(['E', 'N', 'S', 'W']));
  expect(city.violations).toEqual([]);
});
