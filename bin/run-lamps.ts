/**
 * Runs the lamp drivers of intersections on this host, each at its own door: on the host's clock,
 * with latches that outlive the process. `greenwave lamps` is this, and so is a lamp driver with
 * bulbs of its own (`docs/write-a-lamp-driver.md`).
 */
import { CabinetError, cabinetSocket, makeSocketFolder } from '../cabinet/address.ts';
import type { DriverClock } from '../cabinet/alarm.ts';
import type { Driver } from '../cabinet/driver.ts';
import { fileLatch, latchFile } from '../cabinet/file-latch.ts';
import type { Hardware } from '../cabinet/hardware.ts';
import { hostClock, hostStamp } from '../cabinet/host-clock.ts';
import { type Cabinet, openCabinet, type Report } from '../cabinet/server.ts';
import type { Operators } from '../cabinet/visitor.ts';
import type { District } from '../protocol/check-district.ts';
import type { Intersection } from '../protocol/district.ts';
import type { LampsShowing } from '../protocol/lamp-line.ts';
import { followKeyFile, namedKeyring } from './keys.ts';
import { latchFolder } from './latch-folder.ts';
import { OperatorError } from './read-district.ts';
import { hostUptimeMs, watchSuspension } from './suspension.ts';

/** What lamp drivers show: `t` in milliseconds since the Unix epoch, `nowMs` on the host's clock. */
export type Shown = Omit<LampsShowing, 'type'>;

/** What lamp drivers drive, and who is told. */
export interface LampsOptions {
  readonly district: District;
  /** Those to be driven; all of the district by default. */
  readonly intersections?: readonly Intersection[];
  /**
   * The bulbs of an intersection; without them its lamps are in `shown` alone. Throws a
   * `CabinetError` where bulbs are missing.
   */
  readonly hardwareOf?: (intersection: Intersection) => Hardware | undefined;
  /** The Unix socket to listen at, for one intersection; by default its own, `cabinetSocket`. */
  readonly socket?: string;
  /** The folder in which latches outlive this process; by default one of the user's state. */
  readonly latch?: string;
  /** A key file of nodes: with it latches are cleared by operators alone, with theirs. */
  readonly keyFile?: string;
  /** Told at every change. */
  readonly shown?: (shown: Shown) => void;
  /** Told what an operator should know: latches, refused sequences, a host that slept. */
  readonly report: (report: Report) => void;
}

/** Lamp drivers that run. */
export interface RunningLamps {
  /** Whether a node is connected, or somebody may be moving on what is lit. */
  isNeeded(): boolean;
  /** Latches all to flashing red at once, until an operator has looked. */
  fail(reason: string): void;
  /** Ends every green with its amber and clearance, then closes the doors. Red is left on. */
  end(): Promise<void>;
}

/**
 * Opens all doors, or none and throws an `OperatorError`: another driver serves one of them, say.
 * From then on lamps are red, then flash, until a node commands them.
 */
export const runLamps = async (options: LampsOptions): Promise<RunningLamps> => {
  const cabinets: Cabinet[] = [];
  const { operators, unfollow } = operatorsOf(options);
  const suspension = watchSuspension(hostClock, hostUptimeMs, (byMs) => {
    for (const cabinet of cabinets) cabinet.suspended(byMs);
  });
  // Whoever asks what time it is hears first that the clock stood still, and does nothing stale.
  const now = () => {
    suspension.look();
    return hostClock.now();
  };
  const close = async () => {
    await Promise.all(cabinets.map((cabinet) => cabinet.close()));
    suspension.stop();
    unfollow();
  };
  try {
    await openAll(cabinets, { ...hostClock, now }, { ...options, operators });
  } catch (error) {
    for (const driver of driversOf(cabinets)) driver.end(() => {});
    await close();
    throw error instanceof CabinetError ? new OperatorError(error.message) : error;
  }
  return {
    isNeeded: () =>
      cabinets.some((cabinet) => cabinet.entered() > 0) ||
      driversOf(cabinets).some((driver) => driver.isBusy()),
    fail: (reason) => {
      for (const driver of driversOf(cabinets)) driver.fail(reason);
    },
    end: async () => {
      await Promise.all(
        driversOf(cabinets).map((driver) => new Promise<void>((ended) => driver.end(ended))),
      );
      await close();
    },
  };
};

/** Who may clear latches, by a key file that may change. */
const operatorsOf = ({ district, keyFile, report }: LampsOptions) => {
  const operators = namedKeyring(district.name, keyFile === undefined ? {} : { keyFile });
  if (!operators || keyFile === undefined) return { operators, unfollow: () => {} };
  const tell = (message: string) => report({ kind: 'error', message });
  return { operators, unfollow: followKeyFile(operators, keyFile, tell) };
};

interface Opening extends LampsOptions {
  readonly operators: Operators | undefined;
}

const driversOf = (cabinets: readonly Cabinet[]): Driver[] =>
  cabinets.flatMap((cabinet) => [...cabinet.drivers.values()]);

const openAll = async (
  cabinets: Cabinet[],
  clock: DriverClock,
  { district, intersections = district.intersections, socket, ...options }: Opening,
): Promise<void> => {
  const {
    hardwareOf,
    latch = latchFolder(district),
    shown = () => {},
    report,
    operators,
  } = options;
  for (const one of intersections) {
    const path = socket ?? cabinetSocket(district, one.id);
    if (socket === undefined) makeSocketFolder(path);
    const cabinet = await openCabinet(
      { path },
      {
        intersections: [one],
        clock,
        operators,
        stamp: hostStamp,
        latchOf: (id) => fileLatch(latchFile(latch, id)),
        ...(hardwareOf && { hardwareOf }),
        show: (intersection, lamps, t, nowMs) => shown({ intersection, lamps, t, nowMs }),
        report: (what) => report({ intersection: one.id, ...what }),
      },
    );
    cabinets.push(cabinet);
  }
};
