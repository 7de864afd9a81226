/**
 * `greenwave node`: one node of a district, as a process of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { Command } from 'commander';
import pc from 'picocolors';
import { cabinetSocket, isAnswered } from '../cabinet/address.ts';
import type { District } from '../protocol/check-district.ts';
import { type Intersection, intersectionOf, isShared } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { LampsShowing } from '../protocol/lamp-line.ts';
import { crashesOption, crashFolder, guard } from './crash.ts';
import { liveJsonPrinter, livePrinter, onStopSignal, startGreenwave } from './host.ts';
import { insecureOption, type KeyOptions, keyFileArguments, keyFileOption } from './keys.ts';
import { lampsAt } from './lamp-port.ts';
import { contentsOption, inspectOption, interfaceAddress, whole } from './options.ts';
import { OperatorError, readDistrict } from './read-district.ts';
import { runNode } from './run-node.ts';
import { supervised } from './supervised.ts';
import { textOf, timeOfDay } from './tell.ts';

/** A lamp driver that a node started outlives it by this long, so that lamps end as they should. */
const LINGER_S = 60;

const EXIT_CODES = { failed: 1, refused: 2, duplicate: 3 } as const;

interface Options extends KeyOptions {
  readonly interface: string;
  readonly ttl: number;
  readonly port?: number;
  readonly data?: string;
  readonly lamps?: string;
  readonly inspect?: string;
  readonly json?: true;
  readonly contents?: true;
  readonly crashes?: string;
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
    "Unix socket of a lamp driver, or `own`: the intersection's own, waited for (default: its own, started when there is none)",
  )
  .addOption(inspectOption())
  .option('--json', 'print the journal as JSON lines')
  .addOption(contentsOption())
  .addOption(crashesOption())
  .action(async (file: string, id: string, options: Options) => {
    const district = readDistrict(file);
    const intersection = intersectionOf(district, id);
    if (!intersection) {
      const known = district.intersections.map(({ node }) => node).join(', ');
      throw new OperatorError(`${file} has no node ${id}; it has ${known}`);
    }
    await serve({ file, id, district, intersection }, options);
  });

interface What {
  readonly file: string;
  readonly id: string;
  readonly district: District;
  readonly intersection: Intersection;
}

const serve = async ({ file, id, district, intersection }: What, options: Options) => {
  const print = options.json ? liveJsonPrinter() : plainPrinter();
  const tell = (message: string) => print({ t: Date.now(), node: id, kind: 'error', message });
  // Its lamps have a driver of their own, which lets them end as they should.
  const keep = guard({ name: id, folder: options.crashes ?? crashFolder(district), tell });
  const journal = (line: JournalLine) => {
    keep(line);
    print(line);
  };
  const lamps = await lampDriver({ file, district, intersection }, options);
  const shown = ({ t, lamps: all }: LampsShowing) =>
    journal({ t, node: id, kind: 'lamps', intersection: intersection.id, lamps: all });
  let resolve: (code: number) => void = () => {};
  const ended = new Promise<number>((settle) => {
    resolve = settle;
  });
  const { clock, through } = supervised(id);
  const { keyFile, insecure, port: tcpPort, data, inspect } = options;
  const began = () => {
    const kept = data === undefined ? 'keeps nothing on disk' : `keeps ${data}`;
    const life = `${id} serves ${intersection.id} of ${district.name}, ${kept}`;
    if (!options.json) process.stdout.write(`${pc.dim(life)}\n`);
  };
  const node = await runNode({
    district,
    id,
    interface: options.interface,
    ttl: options.ttl,
    ...(tcpPort !== undefined && { tcpPort }),
    ...(keyFile !== undefined && { keyFile }),
    ...(insecure && { insecure }),
    ...(data !== undefined && { data }),
    ...(inspect !== undefined && { inspect }),
    lamps: lampsAt({
      door: { path: lamps.path },
      now: clock.now,
      ...(lamps.isForeign && { shown }),
    }),
    journal,
    hasContents: options.contents === true,
    clock,
    through,
    began,
    ended: ({ why, reason }) => {
      process.stderr.write(`greenwave: ${reason}\n`);
      resolve(EXIT_CODES[why]);
    },
  }).catch((error: unknown) => {
    lamps.child?.kill('SIGTERM');
    throw error;
  });
  onStopSignal(() => resolve(0));
  process.exitCode = await ended;
  await node.stop();
  // A driver of our own goes with us, once its lamps are red.
  if (!isShared(intersection)) lamps.child?.kill('SIGTERM');
};

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
  const path = cabinetSocket(district, intersection.id);
  if (options.lamps === 'own') return { path, isForeign: true };
  if (options.lamps !== undefined) return { path: options.lamps, isForeign: false };
  if (await isAnswered(path)) return { path, isForeign: true };
  const json = options.json ? ['--json'] : [];
  const child = startGreenwave(
    [
      'lamps',
      file,
      intersection.id,
      '--linger',
      `${LINGER_S}`,
      ...keyFileArguments(options),
      ...json,
    ],
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
