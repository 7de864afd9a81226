/**
 * Runs a node on this host, one life after another: on a real network, on the host's clock, on a
 * store in a folder. `greenwave node` is this, and so is a node inside another program. What lights
 * the lamps is handed in, or is the lamp driver of the node's intersection.
 */
import { type Clock, realClock } from '../actors/clock.ts';
import { Inspector } from '../actors/inspector.ts';
import type { OpenLamps } from '../actors/lamps.ts';
import { createNode, type GreenwaveNode } from '../actors/node.ts';
import type { OpenSensors } from '../actors/sensors.ts';
import { cabinetSocket, sensorSocket } from '../cabinet/address.ts';
import { ConfigError } from '../protocol/assert.ts';
import type { District } from '../protocol/check-district.ts';
import { intersectionOf } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Keyring } from '../transport/keyring.ts';
import type { Transport } from '../transport/transport.ts';
import { udpTcp } from '../transport/udp-tcp.ts';
import { InspectorStream } from './inspect-stream.ts';
import { followKeyFile, INSECURE, isInsecure, type KeyOptions, keyringOf } from './keys.ts';
import { lampsAt } from './lamp-port.ts';
import { type Create, live, storesIn } from './lives.ts';
import { OperatorError } from './read-district.ts';
import { sensorsAt } from './sensor-port.ts';
import { noteOperators } from './store-operators.ts';
import { hostUptimeMs, watchSuspension } from './suspension.ts';

/** What a node on this host is made of. What is left out is as of `greenwave node`. */
export interface RunNodeOptions extends KeyOptions {
  readonly district: District;
  /** Which node of the district this is. */
  readonly id: string;
  /** The IPv4 address of the interface to use. 127.0.0.1, unless said otherwise; on any other a
   *  `keyFile` is needed, or `insecure`. */
  readonly interface?: string;
  /** How many routers multicast may pass, plus one. 1, unless said otherwise. */
  readonly ttl?: number;
  /** The first TCP port tried; the district's, unless said otherwise. */
  readonly tcpPort?: number;
  /** The folder of the node's store. Without one it forgets all with its process, and comes back as
   *  another voter. */
  readonly data?: string;
  /** How the lamps are reached: by default through the lamp driver at the intersection's own socket
   *  (`runLamps`, or `greenwave lamps`), which is looked for until it is there. */
  readonly lamps?: OpenLamps;
  /** How the sensors are reached: by default at the socket beside the lamp driver's, if at all. */
  readonly sensors?: OpenSensors;
  /** Told what happens, line by line. */
  readonly journal?: (line: JournalLine) => void;
  /** What messages say is in the journal too. */
  readonly hasContents?: boolean;
  /** Told each life before it starts, to watch it. */
  readonly began?: (node: GreenwaveNode) => void;
  /** Told that the node has ended by itself. Its lamps end in red; `stop` it all the same. */
  readonly ended: (end: End) => void;
  /** The host's clock, unless said otherwise. */
  readonly clock?: Clock;
  /** Puts something between a life and its network. */
  readonly through?: (transport: Transport) => Transport;
  /** The URL of an inspector, to which all statecharts are streamed. */
  readonly inspect?: string;
}

/** Why a node ended by itself: a fault of it; another that answers under its id; a store, a network
 *  or a key that cannot be used. */
export interface End {
  readonly why: 'failed' | 'duplicate' | 'refused';
  readonly reason: string;
}

/** A node that runs, one life after another. */
export interface RunningNode {
  /** The life that runs. The next begins when the node leaves its group for another, and when
   *  others know a later life of it. */
  now(): GreenwaveNode;
  /** Says goodbye, hands leadership over, leaves the lamps to end in red; resolves when it is over. */
  stop(): Promise<void>;
}

/**
 * Starts a node. Throws a `ConfigError` when the district does not name it, and an `OperatorError`
 * when its store or keys cannot be used; then nothing was started.
 */
export const runNode = async (options: RunNodeOptions): Promise<RunningNode> => {
  const { district, id, journal = () => {}, ended } = options;
  const { interface: address = '127.0.0.1' } = options;
  const intersection = intersectionOf(district, id);
  if (!intersection) {
    const message = `no intersection of ${district.name} names ${id} as its node`;
    throw new ConfigError([{ path: ['id'], message }]);
  }
  const trouble = (message: string) => journal({ t: Date.now(), node: id, kind: 'error', message });
  const keyring = keyringOf(district.name, address, options);
  const open = storesIn(options.data, trouble);
  const store = await open();
  if (options.data !== undefined) noteOperators(options.data, keyring, trouble);
  if (isInsecure(address, options)) trouble(INSECURE);
  const unfollow = followKeys(keyring, options, trouble);
  const { clock = realClock, through = (transport) => transport, inspect: url, began } = options;
  const name = `${district.name}/${id}`;
  const stream = url === undefined ? undefined : new InspectorStream({ url, name, trouble });
  let current: GreenwaveNode | undefined;
  const create: Create = (opened, next) => {
    const inspector =
      stream && new Inspector({ district: district.name, node: id, outlet: stream });
    const node = createNode({
      id,
      district,
      store: opened,
      clock,
      transport: through(transportOf(options, keyring)),
      seal: keyring,
      lamps:
        options.lamps ??
        lampsAt({ door: { path: cabinetSocket(district, intersection.id) }, now: clock.now }),
      sensors: options.sensors ?? sensorsAt(sensorSocket(district, intersection.id), trouble),
      journal,
      hasContents: options.hasContents === true,
      suspension: (jumped) => watchSuspension(realClock, hostUptimeMs, jumped),
      failed: (reason) => ended({ why: 'failed', reason: `${id} failed: ${reason}` }),
      ...next,
      ...(inspector && { inspect: inspector.step }),
    });
    if (inspector) {
      node.watch(inspector.hear);
      stream?.show(inspector);
    }
    node.watch((event) => {
      if (event.type === 'membership.duplicate') ended({ why: 'duplicate', reason: event.reason });
    });
    began?.(node);
    current = node;
    return node;
  };
  const failed = (error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    const reason = `${id} cannot begin its next life: ${cause}`;
    ended({ why: error instanceof OperatorError ? 'refused' : 'failed', reason });
  };
  const stop = live(store, { create, open, failed });
  return {
    now: () => current as GreenwaveNode,
    stop: async () => {
      unfollow();
      await stop();
      await stream?.close();
    },
  };
};

/** Takes new keys while the node runs, and says so. */
const followKeys = (
  keyring: Keyring | undefined,
  { keyFile }: KeyOptions,
  trouble: (message: string) => void,
): (() => void) =>
  keyring && keyFile !== undefined ? followKeyFile(keyring, keyFile, trouble) : () => {};

const transportOf = (options: RunNodeOptions, keys: Keyring | undefined) =>
  udpTcp({
    discovery: options.district.discovery,
    keys,
    ...(options.interface !== undefined && { interface: options.interface }),
    ...(options.ttl !== undefined && { ttl: options.ttl }),
    ...(options.tcpPort !== undefined && { tcpPort: options.tcpPort }),
  });
