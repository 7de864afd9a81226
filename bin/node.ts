/**
 * `greenwave node`: one node of a district, as a process of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { Command } from 'commander';
import pc from 'picocolors';
import { realClock } from '../actors/clock.ts';
import { Inspector } from '../actors/inspector.ts';
import { createNode } from '../actors/node.ts';
import { cabinetSocket, isAnswered, sensorSocket } from '../cabinet/address.ts';
import type { District } from '../protocol/check-district.ts';
import { type Intersection, intersectionOf, isShared } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { LampsShowing } from '../protocol/lamp-line.ts';
import type { Keyring } from '../transport/keyring.ts';
import { udpTcp } from '../transport/udp-tcp.ts';
import { liveJsonPrinter, livePrinter, onStopSignal, startGreenwave } from './host.ts';
import { InspectorStream } from './inspect-stream.ts';
import {
  followKeyFile,
  INSECURE,
  insecureOption,
  isInsecure,
  type KeyOptions,
  keyFileOption,
  keyringOf,
} from './keys.ts';
import { lampsAt } from './lamp-port.ts';
import { type Create, live, storesIn } from './lives.ts';
import { contentsOption, inspectOption, interfaceAddress, whole } from './options.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { sensorsAt } from './sensor-port.ts';
import { supervised } from './supervised.ts';
import { hostUptimeMs, watchSuspension } from './suspension.ts';
import { textOf, timeOfDay } from './tell.ts';

/** A lamp driver that a node started outlives it by this long, so that lamps end as they should. */
const LINGER_S = 60;

interface Options extends KeyOptions {
  readonly interface: string;
  readonly ttl: number;
  readonly port?: number;
  readonly data?: string;
  readonly lamps?: string;
  readonly inspect?: string;
  readonly json?: true;
  readonly contents?: true;
}

export const nodeCommand: Command = new Command('node')
  .description('Run one node: the controller of one intersection')
  .argument('<district>', 'district file')
  .argument('<node>', 'which node of the district this is')
  .option(
    '--interface <ip>',
    'address to use; 127.0.0.1 keeps everything on this machine',
    interfaceAddress,
    '127.0.0.1',
  )
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--ttl <hops>', 'how far multicast goes', whole(0, 255), 1)
  .option('--port <number>', 'first TCP port tried (default: of the district)', whole(1, 65_535))
  .option('--data <dir>', "folder of the node's store (default: none, the node forgets)")
  .option(
    '--lamps <socket>',
    "Unix socket of a lamp driver (default: the intersection's own, started when there is none)",
  )
  .addOption(inspectOption())
  .option('--json', 'print the journal as JSON lines')
  .addOption(contentsOption())
  .action(async (file: string, id: string, options: Options) => {
    const district = readDistrict(file);
    const intersection = intersectionOf(district, id);
    if (!intersection) {
      const known = district.intersections.map(({ node }) => node).join(', ');
      throw new OperatorError(`${file} has no node ${id}; it has ${known}`);
    }
    await runNode({ file, id, district, intersection }, options);
  });

interface What {
  readonly file: string;
  readonly id: string;
  readonly district: District;
  readonly intersection: Intersection;
}

const runNode = async ({ file, id, district, intersection }: What, options: Options) => {
  const { inspect } = options;
  const journal = options.json ? liveJsonPrinter() : plainPrinter();
  const trouble = (message: string) => journal({ t: Date.now(), node: id, kind: 'error', message });
  const keyring = keyringOf(district.name, options.interface, options);
  const open = storesIn(options.data, trouble);
  const store = await open();
  const lamps = await lampDriver({ file, district, intersection }, options);
  if (!options.json) {
    const kept = options.data === undefined ? 'keeps nothing on disk' : `keeps ${options.data}`;
    const life = `${id} serves ${intersection.id} of ${district.name}, ${kept}`;
    process.stdout.write(`${pc.dim(life)}\n`);
  }
  if (isInsecure(options.interface, options)) trouble(INSECURE);
  const unfollow = followKeys({ keyring, trouble }, options);
  const shown = ({ t, lamps: all }: LampsShowing) =>
    journal({ t, node: id, kind: 'lamps', intersection: intersection.id, lamps: all });
  let resolve: (code: number) => void = () => {};
  const ended = new Promise<number>((settle) => {
    resolve = settle;
  });
  const end = (message: string, code: number) => {
    process.stderr.write(`greenwave: ${message}\n`);
    resolve(code);
  };
  const name = `${district.name}/${id}`;
  const stream =
    inspect === undefined ? undefined : new InspectorStream({ url: inspect, name, trouble });
  const { clock, through } = supervised(id);
  const create: Create = (store, next) => {
    const inspector =
      stream && new Inspector({ district: district.name, node: id, outlet: stream });
    const node = createNode({
      id,
      district,
      store,
      clock,
      transport: through(transportOf(district, options, keyring)),
      seal: keyring,
      lamps: lampsAt({
        door: { path: lamps.path },
        now: clock.now,
        ...(lamps.isForeign && { shown }),
      }),
      sensors: sensorsAt(sensorSocket(district, intersection.id), trouble),
      journal,
      hasContents: options.contents === true,
      suspension: (jumped) => watchSuspension(realClock, hostUptimeMs, jumped),
      failed: (reason) => end(`${id} failed: ${reason}`, 1),
      ...next,
      ...(inspector && { inspect: inspector.step }),
    });
    if (inspector) {
      node.watch(inspector.hear);
      stream.show(inspector);
    }
    node.watch((event) => {
      if (event.type === 'membership.duplicate') end(event.reason, 3);
    });
    return node;
  };
  onStopSignal(() => resolve(0));
  const failed = (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    end(`${id} cannot begin its next life: ${reason}`, error instanceof OperatorError ? 2 : 1);
  };
  const stop = live(store, { create, open, failed });
  process.exitCode = await ended;
  unfollow();
  await stop();
  await stream?.close();
  // A driver of our own goes with us, once its lamps are red.
  if (!isShared(intersection)) lamps.child?.kill('SIGTERM');
};

interface Keyed {
  readonly keyring: Keyring | undefined;
  readonly trouble: (message: string) => void;
}

/** Takes new keys while the node runs, and says so. */
const followKeys = ({ keyring, trouble }: Keyed, { keyFile }: Options): (() => void) =>
  keyring && keyFile !== undefined ? followKeyFile(keyring, keyFile, trouble) : () => {};

const transportOf = ({ discovery }: District, options: Options, keys: Keyring | undefined) =>
  udpTcp({
    discovery,
    interface: options.interface,
    keys,
    ttl: options.ttl,
    ...(options.port !== undefined && { tcpPort: options.port }),
  });

interface Driver {
  readonly path: string;
  /** The driver that we started, if we did. */
  readonly child?: ChildProcess;
  /** Somebody else's: its lamps are in nobody's journal unless we tell them. */
  readonly isForeign: boolean;
}

const lampDriver = async (
  { file, district, intersection }: Omit<What, 'id'>,
  options: Options,
): Promise<Driver> => {
  if (options.lamps !== undefined) return { path: options.lamps, isForeign: false };
  const path = cabinetSocket(district, intersection.id);
  if (await isAnswered(path)) return { path, isForeign: true };
  const json = options.json ? ['--json'] : [];
  const child = startGreenwave(
    ['lamps', file, intersection.id, '--linger', `${LINGER_S}`, ...json],
    {
      // Lamps outlive their node, so the driver is no part of the node's process group.
      detached: true,
      stdio: ['ignore', options.json ? 'inherit' : 'ignore', 'inherit'],
    },
  );
  child.unref();
  return { path, child, isForeign: false };
};

const plainPrinter = () => {
  const print = livePrinter();
  return (line: JournalLine) => {
    const text = textOf(line);
    if (text !== undefined) print(`${pc.dim(timeOfDay(line.t))} ${pc.bold(line.node)} ${text}`);
  };
};
