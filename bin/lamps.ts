/**
 * `greenwave lamps`: the lamp drivers of one or more intersections, as a process of their own. A
 * terminal stands in for the lamps: every change is a line on standard output, for people or, with
 * `--json`, for programs that judge and draw.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import { CabinetError, cabinetSocket, makeSocketFolder } from '../cabinet/address.ts';
import { fileLatch, latchFile } from '../cabinet/file-latch.ts';
import { hostClock, hostStamp } from '../cabinet/host-clock.ts';
import { memoryLatch } from '../cabinet/latch.ts';
import { type Cabinet, openCabinet, type Report } from '../cabinet/server.ts';
import type { District } from '../protocol/check-district.ts';
import type { Intersection } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import { jsonPrinter, onStopSignal, printer } from './host.ts';
import { seconds } from './options.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { timeOfDay } from './tell.ts';

/** How often a driver that may end by itself looks whether it is still needed. */
const LINGER_LOOK_MS = 250;

interface Options {
  readonly socket?: string;
  readonly linger?: number;
  readonly latch?: string;
  readonly json?: true;
}

/** What is printed. */
interface Journal {
  lamps(intersection: Intersection, lamps: Lamps, t: number, nowMs: number): void;
  report(intersection: Intersection, report: Report): void;
}

/** Ends after SIGTERM or SIGINT, with all lamps red; at once on the second signal. */
export const lampsCommand: Command = new Command('lamps')
  .description('Drive the lamps of intersections: the last gate before the lamps')
  .argument('<district>', 'district file')
  .argument('[intersection...]', 'which intersections to drive (default: all)')
  .option('--socket <path>', 'Unix socket to listen on (for one intersection only)')
  .option('--linger <seconds>', 'end when no node has been connected for so long', seconds)
  .option('--latch <dir>', 'folder in which a latch to flashing outlives this process')
  .option('--json', 'print journal lines')
  .action(async (file: string, ids: string[], options: Options) => {
    const district = readDistrict(file);
    const intersections = chosen(file, district, ids);
    if (options.socket !== undefined && intersections.length !== 1) {
      throw new OperatorError(`--socket is for one intersection, not ${intersections.length}`);
    }
    const journal = options.json ? jsonJournal(jsonPrinter()) : plainJournal(printer());
    const cabinets = await openAll(district, intersections, { ...options, journal });
    await lastRed(cabinets, options.linger);
    await Promise.all(cabinets.map((cabinet) => cabinet.close()));
  });

const chosen = (file: string, { intersections }: District, ids: readonly string[]) => {
  if (ids.length === 0) return intersections;
  return [...new Set(ids)].map((id) => {
    const found = intersections.find((intersection) => intersection.id === id);
    if (found) return found;
    const known = intersections.map((intersection) => intersection.id).join(', ');
    throw new OperatorError(`${file} has no intersection ${id}; it has ${known}`);
  });
};

/** All cabinets, or none and an `OperatorError`. */
const openAll = async (
  district: District,
  intersections: readonly Intersection[],
  options: Options & { journal: Journal },
): Promise<readonly Cabinet[]> => {
  const cabinets: Cabinet[] = [];
  try {
    for (const intersection of intersections) {
      const path = options.socket ?? cabinetSocket(district, intersection.id);
      if (options.socket === undefined) makeSocketFolder(path);
      cabinets.push(await open(path, intersection, options));
    }
  } catch (error) {
    for (const cabinet of cabinets) {
      for (const driver of cabinet.drivers.values()) driver.end(() => {});
    }
    await Promise.all(cabinets.map((cabinet) => cabinet.close()));
    throw error instanceof CabinetError ? new OperatorError(error.message) : error;
  }
  return cabinets;
};

const open = (
  path: string,
  intersection: Intersection,
  { journal, latch }: Options & { journal: Journal },
): Promise<Cabinet> => {
  const report = (what: Report) => journal.report(intersection, what);
  const complain = (message: string) => report({ kind: 'error', message });
  return openCabinet(
    { path },
    {
      intersections: [intersection],
      clock: hostClock,
      stamp: hostStamp,
      latchOf: (id) =>
        latch === undefined ? memoryLatch() : fileLatch(latchFile(latch, id), complain),
      show: (_, lamps, t, nowMs) => journal.lamps(intersection, lamps, t, nowMs),
      report,
    },
  );
};

/** Resolves when the lamps have been brought to their end: at a signal, or for want of nodes. */
const lastRed = (cabinets: readonly Cabinet[], lingerS: number | undefined): Promise<void> =>
  new Promise((resolve) => {
    const drivers = cabinets.flatMap((cabinet) => [...cabinet.drivers.values()]);
    let waiting = drivers.length;
    let neededMs = hostClock.now();
    const ended = () => {
      waiting -= 1;
      if (waiting === 0) resolve();
    };
    const end = () => {
      clearInterval(lingering);
      for (const driver of drivers) driver.end(ended);
    };
    const look = () => {
      const isNeeded =
        cabinets.some((cabinet) => cabinet.entered() > 0) ||
        drivers.some((driver) => driver.isBusy());
      if (isNeeded) neededMs = hostClock.now();
      else if (hostClock.now() - neededMs >= (lingerS ?? Infinity) * 1000) end();
    };
    const lingering = lingerS === undefined ? undefined : setInterval(look, LINGER_LOOK_MS);
    onStopSignal(end);
  });

const jsonJournal = (print: (line: JournalLine) => void): Journal => ({
  lamps: ({ id, node = id }, lamps, t, nowMs) =>
    print({ t, node, kind: 'lamps', intersection: id, nowMs, lamps }),
  report: ({ id, node = id }, { kind, message }) => {
    const common = { t: hostStamp(), node };
    print(kind === 'error' ? { ...common, kind, message } : { ...common, kind, reason: message });
  },
});

const PAINTS: Record<Lamp, (text: string) => string> = {
  red: pc.red,
  redAmber: pc.yellow,
  green: pc.green,
  greenPermissive: pc.green,
  amber: pc.yellow,
  flashingAmber: pc.yellow,
  flashingRed: pc.red,
  dark: pc.dim,
};

const plainJournal = (print: (line: string) => void): Journal => ({
  lamps: ({ id }, lamps, t) => {
    const heads = Object.entries(lamps).map(([group, lamp]) => PAINTS[lamp](`${group} ${lamp}`));
    print(`${pc.dim(timeOfDay(t))} ${pc.bold(id)}  ${heads.join('  ')}`);
  },
  report: ({ id }, { kind, message }) => {
    process.stderr.write(`${timeOfDay(hostStamp())} ${id}: ${kind}: ${message}\n`);
  },
});
