/**
 * Measures the page in a real browser, with no GPU: how many frames a second it draws of a city of
 * two hundred intersections, and whether its memory, or that of who streams to it, grows while a
 * live district is streamed for minutes.
 *
 * The district is a simulated one, recorded and streamed faster, again and again, by the real
 * server, because what is measured is the page and not the district. It says as much as two hundred
 * processes would, so that what the page keeps is full after some minutes.
 */
import Table from 'cli-table3';
import type { Page } from 'playwright-core';
import { servePage } from '../bin/page-server.ts';
import { PageStream } from '../bin/page-stream.ts';
import type { District } from '../protocol/check-district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { createCity } from '../simulation/city.ts';
import { town } from '../simulation/town.ts';
import { launch, serveStatic } from './browser.ts';
import { spreadOf } from './statistics.ts';

/** How long frames are counted. In milliseconds. */
const FRAMES_MS = 20_000;
const FRAMES_ROUNDS = 3;
/** The views that are looked at in turn while memory is measured. */
const VIEWS = 5;
/** Memory may waver by so much of itself. */
const WAVER = 0.15;
const NODES = 25;
/** How long the district is recorded, and from when on that is told again. In milliseconds. */
const RECORDED_MS = 30_000;
const FOUNDED_MS = 10_000;
/** So many times as fast as it was recorded, so that all that the page keeps is full in time. */
const SPEED = 8;
/** How often lines are streamed. In milliseconds. */
const STEP_MS = 50;
/** Frames a second that are aimed at. */
export const FRAMES_AIM = 30;

export interface Frames {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Virtual seconds of the city in a second. */
  readonly speed: number;
}

const CLOCK = '.clock';

/** Runs in the page: when each frame was drawn. */
const FRAMES_SCRIPT = `new Promise((resolve) => {
  const times = [];
  const next = (t) => {
    times.push(t);
    if (t - times[0] < ${FRAMES_MS}) requestAnimationFrame(next);
    else resolve(times);
  };
  requestAnimationFrame(next);
})`;

/** How the map of two hundred intersections is drawn while the city runs in the page. */
export const measureFrames = async (): Promise<Frames> => {
  const [browser, site] = await Promise.all([launch(), serveStatic()]);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(600_000);
    await page.goto(`${site.url}?district=town200&seed=7`);
    await page.locator('[data-leader]:not([data-leader=""])').waitFor();
    const fromS = await secondsShown(page);
    const frames = await page.evaluate<number[]>(FRAMES_SCRIPT);
    const passedS = (await secondsShown(page)) - fromS;
    const gaps = frames
      .slice(1)
      .map((t, k) => t - (frames[k] ?? t))
      .toSorted((a, b) => a - b);
    const at = (share: number) => gaps[Math.floor(gaps.length * share)] ?? Number.NaN;
    const perSecond = (gaps.length * 1000) / FRAMES_MS;
    return {
      perSecond,
      medianMs: at(0.5),
      p95Ms: at(0.95),
      speed: (passedS * 1000) / FRAMES_MS,
    };
  } finally {
    await browser.close();
    site.close();
  }
};

/** What the page's clock shows, of a city: minutes and seconds. */
const secondsShown = async (page: Page): Promise<number> => {
  const text = await page.locator(CLOCK).innerText();
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
};

export interface Sample {
  readonly minute: number;
  readonly lines: number;
  readonly pageMb: number;
  readonly serverMb: number;
}

/** Streams a district to a page for so many minutes; tells of each. */
export const measureMemory = async (
  minutes: number,
  told: (sample: Sample) => void,
): Promise<Sample[]> => {
  const district = town(NODES);
  const stream = new PageStream(district, 'nothing can be done to a measurement');
  const loop = endless(await record(district), stream);
  const server = await servePage(stream, { port: 0 });
  const browser = await launch();
  const streaming = setInterval(loop.tell, STEP_MS);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(server.url);
    const heapMb = await heapOf(page);
    const samples: Sample[] = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      await lookAtViews(page);
      const { lines } = loop;
      const sample = { minute, lines, pageMb: await heapMb(), serverMb: ownMb() };
      samples.push(sample);
      told(sample);
    }
    return samples;
  } finally {
    clearInterval(streaming);
    await browser.close();
    server.close();
  }
};

/** What a city says from its founding on. */
const record = async (district: District): Promise<JournalLine[]> => {
  const lines: JournalLine[] = [];
  const journal = (line: JournalLine) => lines.push(line);
  const city = createCity({ seed: 7, district, hasContents: true, journal });
  city.start();
  await city.run(RECORDED_MS);
  return lines;
};

/** Streams a record, and what it says of a founded district again and again. */
const endless = (record: readonly JournalLine[], stream: PageStream) => {
  const again = record.filter(({ t }) => t >= FOUNDED_MS);
  const startMs = Date.now();
  let round = 0;
  let place = 0;
  let lines = 0;
  const next = () => (round === 0 ? record : again)[place];
  const dueMs = ({ t }: JournalLine) => (t + round * (RECORDED_MS - FOUNDED_MS)) / SPEED;
  const tell = () => {
    for (let line = next(); line; line = next()) {
      if (startMs + dueMs(line) > Date.now()) return;
      stream.tell(renamed({ ...line, t: startMs + dueMs(line) }, round));
      lines += 1;
      place += 1;
      if (next()) continue;
      round += 1;
      place = 0;
    }
  };
  return {
    tell,
    get lines() {
      return lines;
    },
  };
};

/** Messages of each round have names of their own. */
const renamed = (line: JournalLine, round: number): JournalLine => ({
  ...line,
  ...('id' in line && { id: `${line.id}${round}` }),
  ...('cause' in line && { cause: `${line.cause}${round}` }),
});

/** A minute, in which every view is looked at. */
export const lookAtViews = async (page: Page): Promise<void> => {
  for (let view = 1; view <= VIEWS; view += 1) {
    await page.keyboard.press(`${view}`);
    await page.waitForTimeout(60_000 / VIEWS);
  }
};

/** Tells what a page uses after everything that can be freed was. */
export const heapOf = async (page: Page): Promise<() => Promise<number>> => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.enable');
  return async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    return usedSize / 1e6;
  };
};

const ownMb = (): number => {
  global.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

/** Whether the last third used more than the third before it, by more than it wavers. */
export const hasGrown = (samples: readonly Pick<Sample, 'pageMb'>[]): boolean => {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const largest = (some: readonly Pick<Sample, 'pageMb'>[]) =>
    Math.max(...some.map(({ pageMb }) => pageMb));
  return largest(samples.slice(-third)) > largest(samples.slice(-2 * third, -third)) * (1 + WAVER);
};

/** Measures both, prints the figures, and tells whether they are as they should be. */
export const soakPage = async (minutes: number): Promise<boolean> => {
  process.stderr.write('the page, 200 intersections: frames …\n');
  const drawn = new Table({
    head: ['intersections', 'frames a second', 'median ms', 'p95 ms', '× real time'],
    style: { head: [], border: [], compact: true },
  });
  const rates: number[] = [];
  for (let round = 0; round < FRAMES_ROUNDS; round += 1) {
    const { perSecond, medianMs, p95Ms, speed } = await measureFrames();
    const figures = [perSecond.toFixed(1), medianMs.toFixed(1), p95Ms.toFixed(1)];
    drawn.push([200, ...figures, speed.toFixed(2)]);
    rates.push(perSecond);
  }
  process.stdout.write(`${drawn}\n`);
  process.stderr.write(`the page, streamed to for ${minutes} minutes …\n`);
  const samples = await measureMemory(minutes, ({ minute, lines, pageMb, serverMb }) =>
    process.stderr.write(
      `  ${minute} min, ${lines} lines, page ${pageMb.toFixed(0)} MB, server ${serverMb.toFixed(0)} MB\n`,
    ),
  );
  const used = new Table({
    head: ['minute', 'lines', 'page MB', 'server MB'],
    style: { head: [], border: [], compact: true },
  });
  for (const { minute, lines, pageMb, serverMb } of samples)
    used.push([minute, lines, pageMb.toFixed(1), serverMb.toFixed(1)]);
  process.stdout.write(`${used}\n`);
  return !hasGrown(samples) && spreadOf(rates).median >= FRAMES_AIM;
};
