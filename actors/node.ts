/**
 * Composes a node: the one place where machines meet a transport, a clock, a store and lamps. The
 * same `createNode` runs at the kerb, in a simulated city and in a page, because everything that
 * touches the world is handed in.
 */
import { type AnyActorRef, createActor, type InspectionEvent } from 'xstate';
import { lastIndexOf } from '../machines/log.ts';
import { concerns, nodeMachine } from '../machines/node.ts';
import type { Replica } from '../machines/replication.ts';
import type { Stored } from '../machines/stored.ts';
import { ConfigError, type Problem } from '../protocol/assert.ts';
import type { District } from '../protocol/check-district.ts';
import { decode, PROTOCOL_VERSION } from '../protocol/codec.ts';
import type { Command, State } from '../protocol/command.ts';
import { digestOf } from '../protocol/digest.ts';
import { intersectionOf } from '../protocol/district.ts';
import { ALL, type Emitted } from '../protocol/event.ts';
import type { JournalLine } from '../protocol/journal.ts';
import type { Seal } from '../protocol/seal.ts';
import type { Transport } from '../transport/transport.ts';
import { alarms } from './alarms.ts';
import { audienceOf, busBetween, busQueue, type OnBus, type Stopwatch } from './bus.ts';
import {
  type Clock,
  minuteOfDay,
  realClock,
  type Suspension,
  type WatchSuspension,
} from './clock.ts';
import { journalTo } from './journal.ts';
import { lampsHear, lampsThrough, type OpenLamps } from './lamps.ts';
import { type Answer, Operator } from './operator.ts';
import { noSensors, type OpenSensors, sensorsThrough } from './sensors.ts';
import { type Store, storageHears, storageOn } from './storage.ts';
import { Trace } from './trace.ts';
import { wireHears, wireOver } from './wire.ts';

/** What a node is made of: everything through which it touches the world. */
export interface NodeOptions {
  /** The node's name, unique in its district. */
  readonly id: string;
  readonly district: District;
  readonly transport: Transport;
  readonly store: Store;
  /** How the lamp driver of the node's intersection is reached. */
  readonly lamps: OpenLamps;
  /** How the sensors of the node's intersection are reached. Without them it runs by its plan. */
  readonly sensors?: OpenSensors;
  readonly clock?: Clock;
  /** How the host finds out that its clock stood still. Without it, it is taken never to. */
  readonly suspension?: WatchSuspension;
  /** Milliseconds since the Unix epoch, for journals and headers. Nothing is decided by it but which
   *  plan has its hour. */
  readonly wall?: () => number;
  /** Minutes since midnight, for plans that have their hours. The host's, where it stands, by default. */
  readonly minute?: () => number;
  readonly journal?: (line: JournalLine) => void;
  /** What messages say is in the journal too. */
  readonly hasContents?: boolean;
  readonly inspect?: (event: InspectionEvent) => void;
  /** Times what is done with each event of the bus. */
  readonly stopwatch?: Stopwatch | undefined;
  /** A part of the node failed: its lamps end in red, and nothing else will happen. */
  readonly failed?: (reason: string) => void;
  /** How bytes become messages. Who carries the same bytes to hundreds may decode them once. */
  readonly decode?: typeof decode;
  /** With keys: what is said is sealed, and nothing else is heard. The transport must have the same
   *  keys for its connections. */
  readonly seal?: Seal | undefined;
  /** The node has left its group for another: end it, and start it anew on the same store. */
  readonly yielded?: (group: string) => void;
  /** Others know the life `by` of this node, which is later: end it, and start it anew in a later
   *  one, as nobody else answers to its id. */
  readonly outlived?: (by: number) => void;
  /** How often that has been done in this process. */
  readonly outbids?: number;
  /** Watches the group without taking part in it. */
  readonly isObserver?: boolean;
}

type Watch = (event: Emitted & { at: number }, by?: string) => void;

/** A node that was made. One life: after `stop` or `kill` it does nothing more. */
export interface GreenwaveNode {
  readonly id: string;
  start(): void;
  /** Says goodbye, hands leadership over, leaves the lamps to end in red; then everything ends. */
  stop(): Promise<void>;
  /** Ends everything at once and says nothing, as a killed process does. */
  kill(): void;
  /** The snapshot of one concern, or undefined when it does not run. */
  stateOf(concern: keyof typeof concerns): { value: unknown; context: unknown } | undefined;
  /** Asks the district to agree on `command`. Resolves when it is in the log, or refused; an
   *  answer may be lost with a leader, so watch `replica.committed` for what is agreed. */
  propose(command: Command): Promise<Answer>;
  /** Reads what is agreed, under the leader's lease. Another node than the leader refuses, and says
   *  who leads. Reads of one group never go back, whoever answers them. */
  read(): Promise<Reading>;
  /** Asks all nodes what their lamps follow, and to be told of changes for a while. Watch
   *  `phases.tell` for their answers; a question may be lost, and may be asked again. */
  survey(forMs: number): void;
  /** Calls `heard` for every fact and request on the node's bus, with the actor that says it. */
  watch(heard: Watch): void;
}

/** Tells and asks of the group's time: for these, it matters whether the clock stood still. */
const isOfTime = ({ type }: { type: string }) =>
  type.startsWith('timekeeper.') || type.startsWith('lease.');

/** The state after all entries up to `index`, or why it cannot be told. */
export type Reading =
  | { readonly state: State; readonly index: number }
  | Pick<Answer, 'problems' | 'transient'>;

/** A node stops at the latest this long after it was asked to. In milliseconds. */
const STOP_MS_MAX = 1500;

const problemsOf = ({ id, district, isObserver }: NodeOptions): Problem[] => {
  const problems: Problem[] = [];
  if (id === ALL || id.length === 0 || id.length > 64) {
    problems.push({ path: ['id'], message: `${JSON.stringify(id)} cannot be a node's id` });
  }
  if (!isObserver && !intersectionOf(district, id)) {
    const message = `no intersection of ${district.name} names ${id} as its node`;
    problems.push({ path: ['id'], message });
  }
  return problems;
};

/** Throws one `ConfigError` that lists every problem; starts nothing by itself. */
export const createNode = (options: NodeOptions): GreenwaveNode => {
  const problems = problemsOf(options);
  if (problems.length > 0) throw new ConfigError(problems);
  return compose(options);
};

/** Every step is observed for those who want to read it; for nobody it would cost as much. */
const inspector = (inspects: readonly (((event: InspectionEvent) => void) | undefined)[]) => {
  const wanted = inspects.filter((inspect) => inspect !== undefined);
  if (wanted.length === 0) return {};
  return {
    inspect: (event: InspectionEvent) => {
      for (const inspect of wanted) inspect(event);
    },
  };
};

/** A contract that another group agreed on says nothing here. */
const storedIn = ({ contract, ...stored }: Stored): Stored => ({
  ...stored,
  contract: contract && contract.group === stored.group?.group ? contract : null,
});

const compose = (options: NodeOptions): GreenwaveNode => {
  const { id, district, store, clock = realClock, wall = Date.now } = options;
  const { name, discovery, links, plans } = district;
  const stored = storedIn(store.recovered);
  const intersection = intersectionOf(district, id) ?? null;
  const watchers: Watch[] = [];
  const write = options.journal ?? (() => {});
  const trouble = (message: string) => write({ t: wall(), node: id, kind: 'error', message });

  const trace = options.journal && new Trace();
  const { incarnation } = store;
  const minute = options.minute ?? (() => minuteOfDay(wall()));
  const hasContents = options.hasContents ?? false;
  const journal = trace && journalTo({ node: id, incarnation, trace, hasContents, wall, write });
  if (journal) watchers.push(journal.event);

  watchers.push((event) => {
    // Not within the event that told it: the bus finishes that one first.
    const soon = (act: () => void) => void clock.setTimeout(act, 0);
    if (event.type === 'merge.yielded') soon(() => options.yielded?.(event.group));
    if (event.type === 'membership.outlived') soon(() => options.outlived?.(event.by));
  });
  const fail = (reason: string) => {
    trouble(`fail-safe: ${reason}`);
    options.failed?.(reason);
  };

  let reply: { host: string; port: number } | undefined;
  watchers.push((event) => {
    if (event.type === 'wire.opened') reply = { host: event.host, port: event.port };
  });
  const survey = (forMs: number) => {
    if (!reply) return;
    const message = { type: 'phases.ask' as const, reply, forMs };
    const asking = { type: 'wire.send', to: ALL, message };
    send(asking);
  };

  const operator = new Operator((request) => lookFirst(request));
  watchers.push(operator.hear);

  const audience = audienceOf(concerns, {
    clock: ['clock.wake', 'clock.ask'],
    storage: storageHears,
    lamps: lampsHear,
    wire: wireHears,
  });
  const put = busQueue({
    audience,
    hearer: (concern) => actor.system.get(concern),
    now: clock.now,
    trace,
    stopwatch: options.stopwatch,
    tell: (event, by) => {
      for (const watch of watchers) watch(event as Emitted & OnBus, by);
    },
  });
  /** Nothing is put on the bus of a node that has ended. */
  const send = (event: { type: string; at?: number }, by?: string) => {
    if (actor.system.get('bus')) put(event, by);
  };
  /** What is done by the clock is done after the word that it stood still, if it did. */
  let suspension: Suspension | undefined;
  const lookFirst = (event: { type: string; at?: number }, by?: string) => {
    suspension?.look();
    send(event, by);
  };

  const actor = createActor(
    nodeMachine.provide({
      actors: {
        bus: busBetween(concerns, send),
        clock: alarms(clock, minute, (event) => lookFirst(event, 'clock')),
        storage: storageOn(store, (event) => send(event, 'storage')),
        lamps: lampsThrough(options.lamps, digestOf, (event) => send(event, 'lamps')),
        sensors: sensorsThrough(options.sensors ?? noSensors, (event) => send(event, 'sensors')),
        wire: wireOver({
          transport: options.transport,
          clock,
          timestamp: () => Math.floor(wall() / 1000),
          decode: options.decode ?? decode,
          seal: options.seal,
          logEnd: () => {
            const replica = stateOf('replica')?.context as Replica | undefined;
            return replica ? lastIndexOf(replica.log) : 0;
          },
          deliver: (event) => (isOfTime(event) ? lookFirst : send)(event, 'wire'),
          fail: (reason) => actor.send({ type: 'node.failed', reason }),
          trouble,
        }),
      },
    }),
    {
      clock,
      input: {
        id,
        incarnation,
        outbids: options.outbids ?? 0,
        store: store.id,
        district: name,
        contract: { timing: stored.contract?.contract.timing ?? district.timing, discovery },
        filed: district.timing,
        versions: [PROTOCOL_VERSION, PROTOCOL_VERSION],
        expect: district.expect ?? 1,
        isObserver: options.isObserver ?? false,
        intersection,
        links: links.filter(({ from, to }) => [from, to].includes(intersection?.id ?? '')),
        filedPlans: plans,
        stored,
      },
      ...inspector([journal?.step, options.inspect]),
    },
  );
  actor.on('node.failed', ({ reason }) => fail(reason));
  actor.subscribe({ error: (error) => fail(String(error)) });

  const stateOf: GreenwaveNode['stateOf'] = (concern) => actor.system.get(concern)?.getSnapshot();
  const start = () => {
    actor.start();
    const jumped = (byMs: number): Emitted => ({ type: 'clock.jumped', byMs });
    suspension = options.suspension?.((byMs) => send(jumped(byMs)));
  };
  const end = () => {
    suspension?.stop();
    suspension = undefined;
  };
  const kill = () => {
    end();
    actor.stop();
    void store.close();
  };
  return {
    id,
    start,
    stop: () =>
      new Promise((resolve) => {
        const finish = () => {
          clock.clearTimeout(limit);
          end();
          if (actor.getSnapshot().status === 'active') actor.send({ type: 'node.stop' });
          void store.close().then(resolve);
        };
        const limit = clock.setTimeout(finish, STOP_MS_MAX);
        const membership = actor.system.get('membership') as AnyActorRef | undefined;
        if (!membership) return finish();
        membership.subscribe((snapshot) => {
          if ((snapshot as { value?: unknown }).value === 'left') finish();
        });
        send({ type: 'node.stopping' });
      }),
    kill,
    propose: (command) => operator.ask({ type: 'replica.request', command }),
    read: async () => {
      const { problems, transient } = await operator.ask({ type: 'lease.ask' });
      const replica = stateOf('replica')?.context as Replica | undefined;
      if (problems.length > 0 || !replica) return { problems, transient };
      // The replica has applied as much as the answer says, or more.
      return { state: replica.state, index: replica.commit };
    },
    stateOf,
    survey,
    watch: (heard) => void watchers.push(heard),
  };
};
