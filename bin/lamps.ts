/**
 * `greenwave lamps`: the lamp drivers of one or more intersections, as a process of their own. The
 * lamps are a terminal, memory, or files as of GPIO pins; with `--json` every change is a line on
 * standard output besides, for programs that judge and draw.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import { fileHardware } from '../cabinet/file-hardware.ts';
import { type Hardware, memoryHardware } from '../cabinet/hardware.ts';
import { hostClock, hostStamp } from '../cabinet/host-clock.ts';
import type { Report } from '../cabinet/server.ts';
import type { District } from '../protocol/check-district.ts';
import type { Intersection } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Lamp } from '../protocol/lamp.ts';
import { crashesOption, crashFolder, guard } from './crash.ts';
import { liveJsonPrinter, livePrinter, onStopSignal } from './host.ts';
import { keyFileOption } from './keys.ts';
import { type LampsKind, lampsKind, seconds } from './options.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { type RunningLamps, runLamps, type Shown } from './run-lamps.ts';
import { timeOfDay } from './tell.ts';

/** How often a driver that may end by itself looks whether it is still needed. */
const LINGER_LOOK_MS = 250;

interface Options {
  readonly driver: LampsKind;
  readonly socket?: string;
  readonly linger?: number;
  readonly latch?: string;
  readonly keyFile?: string;
  readonly json?: true;
  readonly crashes?: string;
}

const HELP = `
With --driver files:DIR each bulb is DIR/INTERSECTION/GROUP/BULB/value, 1 for on and 0 for off; BULB
is red, amber or green (pedestrians: red or green). Where DIR/INTERSECTION is not there it is made.
To drive pins, make BULB a link to /sys/class/gpio/gpioN; to have lamps watched by inputs of their
own, make BULB-sensed such a link too. What shines is read back after each change and four times a
second: a bulb that does not follow its switch, or cannot be switched, latches the intersection to
flashing until greenwave clear; with --key-file, until an operator does it with his key.`;

/** What is printed. */
interface Journal {
  lamps(shown: Shown, node: string): void;
  report(report: Report, node: string): void;
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
  .addOption(keyFileOption())
  .option('--json', 'print journal lines')
  .addOption(crashesOption())
  .addHelpText('after', HELP)
  .action(async (file: string, ids: string[], options: Options) => {
    const district = readDistrict(file);
    const intersections = chosen(file, district, ids);
    const { json, driver, socket, latch, keyFile } = options;
    if (socket !== undefined && intersections.length !== 1) {
      throw new OperatorError(`--socket is for one intersection, not ${intersections.length}`);
    }
    const tellers = json ? jsonJournal(liveJsonPrinter()) : plainJournal(livePrinter(), driver);
    let running: RunningLamps | undefined;
    const keep = guard({
      name: 'lamps',
      folder: options.crashes ?? crashFolder(district),
      // After an error in the last gate somebody is to look before it is trusted again.
      safe: (reason) => running?.fail(reason),
      tell: (message) => process.stderr.write(`greenwave: ${message}\n`),
    });
    const journal = both(jsonJournal(keep), tellers);
    const ownerOf = (id = '') => intersections.find((one) => one.id === id)?.node ?? id;
    const lamps = await runLamps({
      district,
      intersections,
      hardwareOf: (one) => hardwareOf(driver, one),
      ...(socket !== undefined && { socket }),
      ...(latch !== undefined && { latch }),
      ...(keyFile !== undefined && { keyFile }),
      shown: (shown) => journal.lamps(shown, ownerOf(shown.intersection)),
      report: (report) => journal.report(report, ownerOf(report.intersection)),
    });
    running = lamps;
    await toEnd(lamps, options.linger);
    await lamps.end();
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

/** The bulbs; a terminal has none. */
const hardwareOf = (driver: LampsKind, intersection: Intersection): Hardware | undefined => {
  if (driver.kind === 'files') return fileHardware(driver.folder, intersection);
  return driver.kind === 'memory' ? memoryHardware(intersection) : undefined;
};

/** Resolves when the lamps are to come to their end: at a signal, or for want of nodes. */
const toEnd = (lamps: RunningLamps, lingerS: number | undefined): Promise<void> =>
  new Promise((resolve) => {
    let neededMs = hostClock.now();
    const end = () => {
      clearInterval(lingering);
      resolve();
    };
    const look = () => {
      if (lamps.isNeeded()) neededMs = hostClock.now();
      else if (hostClock.now() - neededMs >= (lingerS ?? Infinity) * 1000) end();
    };
    const lingering = lingerS === undefined ? undefined : setInterval(look, LINGER_LOOK_MS);
    onStopSignal(end);
  });

const both = (some: Journal, others: Journal): Journal => ({
  lamps: (...what) => {
    some.lamps(...what);
    others.lamps(...what);
  },
  report: (...what) => {
    some.report(...what);
    others.report(...what);
  },
});

const jsonJournal = (print: (line: JournalLine) => void): Journal => ({
  lamps: ({ t, nowMs, intersection, lamps }, node) =>
    print({ t, node, kind: 'lamps', intersection, nowMs, lamps }),
  report: ({ kind, message }, node) => {
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
  lamps: ({ t, intersection, lamps }) => {
    if (kind !== 'terminal') return;
    const heads = Object.entries(lamps).map(([group, lamp]) => PAINTS[lamp](`${group} ${lamp}`));
    print(`${pc.dim(timeOfDay(t))} ${pc.bold(intersection)}  ${heads.join('  ')}`);
  },
  report: ({ kind, intersection = '', message }) => {
    process.stderr.write(`${timeOfDay(hostStamp())} ${intersection}: ${kind}: ${message}\n`);
  },
});
