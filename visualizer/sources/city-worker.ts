/**
 * The worker in which a city runs: it does what it is told, in the order in which it is told, and
 * lets no time pass by itself.
 */
import { CityRun } from './city-run.ts';
import type { CityPlan, FromCity, ToCity } from './city-words.ts';
import { districtNamed } from './districts.ts';

/** How much virtual time passes before what happened is told. In milliseconds. */
const PIECE_MS = 1000;

const tell = (word: FromCity) => postMessage(word);

let run: CityRun | undefined;

const ran = (now: CityRun): FromCity => {
  const { violation } = now;
  const common = { kind: 'ran' as const, nowMs: now.nowMs, lines: now.take() };
  return violation === undefined ? common : { ...common, violation };
};

const begin = async (plan: CityPlan): Promise<void> => {
  run = new CityRun({ seed: plan.seed, district: await districtNamed(plan.district) });
  tell({ kind: 'began', opening: run.opening });
  for (const { atMs, deed } of plan.done) {
    await passTo(run, atMs);
    run.act(deed);
  }
  // Lines are stamped in whole milliseconds: all of the last one are there.
  await passTo(run, plan.untilMs > 0 ? Math.floor(plan.untilMs) + 1 : 0);
  tell(ran(run));
};

const passTo = async (now: CityRun, untilMs: number): Promise<void> => {
  while (now.nowMs + PIECE_MS < untilMs && now.violation === undefined) {
    await now.run(now.nowMs + PIECE_MS);
    tell({ kind: 'ran', nowMs: now.nowMs, lines: now.take() });
  }
  await now.run(untilMs);
};

const hear = async (word: ToCity): Promise<void> => {
  if (word.kind === 'begin') return begin(word.plan);
  if (!run) return;
  if (word.kind === 'run') {
    await run.run(run.nowMs + word.ms);
    tell(ran(run));
    return;
  }
  if (word.kind === 'look') {
    const { ticket, node, machine } = word;
    tell({ kind: 'looked', ticket, context: run.contextOf(node, machine) });
    return;
  }
  if (word.kind === 'read') {
    tell({ kind: 'looked', ticket: word.ticket, context: run.contentsOf(word.key) });
    return;
  }
  if (word.kind === 'readAll') {
    tell({ kind: 'looked', ticket: word.ticket, context: run.allContents() });
    return;
  }
  const { ticket, deed } = word;
  const acted = { kind: 'acted' as const, ticket, atMs: run.nowMs };
  try {
    run.act(deed);
    tell(acted);
  } catch (error) {
    tell({ ...acted, problem: (error as Error).message });
  }
};

// One after the other: a city must not be told something while it runs.
let last = Promise.resolve();
addEventListener('message', ({ data }: MessageEvent<ToCity>) => {
  last = last.then(() => hear(data));
});
