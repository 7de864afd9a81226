/**
 * `greenwave lamps`: the lamp drivers of one or more intersections, as a process of their own. The
 * lamps are a terminal, memory, or files as of GPIO pins; with `--json` every change is a line on
 * standard output besides, for programs that judge and draw.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import { CabinetError, cabinetSocket, makeSocketFolder } from '../cabinet/address.ts';
import type { DriverClock } from '../cabinet/alarm.ts';
import { fileHardware } from '../cabinet/file-hardware.ts';
import { fileLatch, latchFile } from '../cabinet/file-latch.ts';
import { type Hardware, memoryHardware } from '../cabinet/hardware.ts';
import { hostClock, hostStamp } from '../cabinet/host-clock.ts';
import { type Cabinet, openCabinet, type Report } from '../cabinet/server.ts';
import type { District } from '../protocol/check-district.ts';
import type { Intersection } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import { liveJsonPrinter, livePrinter, onStopSignal } from './host.ts';
import { latchFolder } from './latch-folder.ts';
import { type LampsKind, lampsKind, seconds } from './options.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { hostUptimeMs, watchSuspension } from './suspension.ts';
import { timeOfDay } from './tell.ts';

/** How often a driver that may end by itself looks whether it is still needed. */
const LINGER_LOOK_MS = 250;

interface Options {
  readonly driver: LampsKind;
  readonly socket?: string;
  readonly linger?: number;
  readonly latch?: string;
  readonly json?: true;
}

const HELP = `
With --driver files:DIR each bulb is DIR/INTERSECTION/GROUP/BULB/value, 1 for on and 0 for off; BULB
is red, amber or green (pedestrians: red or green). Where DIR/INTERSECTION is not there it is made.
To drive pins, make BULB a link to /sys/class/gpio/gpioN; to have lamps watched by inputs of their
own, make BULB-sensed such a link too. What shines is read back after each change and four times a
second: a bulb that does not follow its switch, or cannot be switched, latches the intersection to
flashing until greenwave clear.`;

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
  .option(
    '--driver <kind>',
    'what the lamps are: terminal, memory, or files:DIR with a file for each bulb, as of GPIO pins',
    lampsKind,
    { kind: 'terminal' },
  )
  .option('--socket <path>', 'Unix socket to listen on (for one intersection only)')
  .option('--linger <seconds>', 'end when no node has been connected for so long', seconds)
  .option(
    '--latch <dir>',
    "folder in which a latch to flashing outlives this process (default: of this district, in the user's state)",
  )
  .option('--json', 'print journal lines')
  .addHelpText('after', HELP)
  .action(async (file: string, ids: string[], options: Options) => {
    const district = readDistrict(file);
    const intersections = chosen(file, district, ids);
    if (options.socket !== undefined && intersections.length !== 1) {
      throw new OperatorError(`--socket is for one intersection, not ${intersections.length}`);
    }
    const { json, driver, latch = latchFolder(district) } = options;
    const journal = json ? jsonJournal(liveJsonPrinter()) : plainJournal(livePrinter(), driver);
    const cabinets: Cabinet[] = [];
    const suspension = watchSuspension(hostClock, hostUptimeMs, (byMs) => {
      for (const cabinet of cabinets) cabinet.suspended(byMs);
    });
    // Whoever asks what time it is hears first that the clock stood still, and does nothing stale.
    const now = () => {
      suspension.look();
      return hostClock.now();
    };
    const clock = { ...hostClock, now };
    try {
      await openAll(district, intersections, { ...options, latch, clock, journal, cabinets });
      await lastRed(cabinets, options.linger);
      await Promise.all(cabinets.map((cabinet) => cabinet.close()));
    } finally {
      suspension.stop();
    }
  });

/** The intersections of these ids, or all; throws an `OperatorError` that lists those there are. */
export const chosen = (file: string, { intersections }: District, ids: readonly string[]) => {
  if (ids.length === 0) return intersections;
  return [...new Set(ids)].map((id) => {
    const found = intersections.find((intersection) => intersection.id === id);
    if (found) return found;
    const known = intersections.map((intersection) => intersection.id).join(', ');
    throw new OperatorError(`${file} has no intersection ${id}; it has ${known}`);
  });
};

interface Opening extends Options {
  readonly latch: string;
  readonly clock: DriverClock;
  readonly journal: Journal;
  /** Those that are open. */
  readonly cabinets: Cabinet[];
}

/** All cabinets, or none and an `OperatorError`. */
const openAll = async (
  district: District,
  intersections: readonly Intersection[],
  options: Opening,
): Promise<void> => {
  const { cabinets } = options;
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
};

const open = (
  path: string,
  intersection: Intersection,
  { journal, latch, clock, driver }: Opening,
): Promise<Cabinet> =>
  openCabinet(
    { path },
    {
      intersections: [intersection],
      clock,
      stamp: hostStamp,
      latchOf: (id) => fileLatch(latchFile(latch, id)),
      hardwareOf: (one) => hardwareOf(driver, one),
      show: (_, lamps, t, nowMs) => journal.lamps(intersection, lamps, t, nowMs),
      report: (what) => journal.report(intersection, what),
    },
  );

/** The bulbs; a terminal has none. */
const hardwareOf = (driver: LampsKind, intersection: Intersection): Hardware | undefined => {
  if (driver.kind === 'files') return fileHardware(driver.folder, intersection);
  return driver.kind === 'memory' ? memoryHardware(intersection) : undefined;
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

const plainJournal = (print: (line: string) => void, { kind }: LampsKind): Journal => ({
  lamps: ({ id }, lamps, t) => {
    if (kind !== 'terminal') return;
    const heads = Object.entries(lamps).map(([group, lamp]) => PAINTS[lamp](`${group} ${lamp}`));
    print(`${pc.dim(timeOfDay(t))} ${pc.bold(id)}  ${heads.join('  ')}`);
  },
  report: ({ id }, { kind, message }) => {
    process.stderr.write(`${timeOfDay(hostStamp())} ${id}: ${kind}: ${message}\n`);
  },
});
