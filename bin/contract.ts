/**
 * `greenwave contract`: changes the timing of a running district in two steps that it agrees on, and
 * tells when each node was ready and when the new contract was in effect there.
 */
import { Command } from 'commander';
import type { Command as Agreed, State } from '../protocol/command.ts';
import { changeProblems, changesBetween, takesEffect } from '../protocol/contract.ts';
import { digestOf } from '../protocol/digest.ts';
import type { HeardAs } from '../protocol/event.ts';
import { contractDigest, type Timing } from '../protocol/timing.ts';
import { readContract, type Wanted } from './contract-file.ts';
import { type Changed, type NodeChanged, summaryOf } from './contract-words.ts';
import { onStopSignal, printer } from './host.ts';
import { insecureOption, type KeyOptions, keyFileOption } from './keys.ts';
import { type Observer, observing } from './observer.ts';
import { interfaceAddress } from './options.ts';
import { OtherContractError } from './other-contract.ts';
import { OperatorError } from './read-district.ts';
import { duration } from './spread.ts';

/** How long the nodes may take to be ready, and then to say that they follow. In milliseconds. */
const READY_MS_MAX = 60_000;
const FOLLOW_MS_MIN = 10_000;
/** Announcements of a node that may be lost. */
const MISSED_MAX = 2;

interface Options extends KeyOptions {
  readonly withdraw?: true;
  readonly interface: string;
  readonly json?: true;
}

const HELP = `
FILE is a district file, whose timing is to be in force, or a file with "timing" alone, which changes
the keys that it names. It is refused with all its problems (exit code 2), or agreed on in two steps:
first every node learns to accept both contracts and says that it is ready, then all change over.
The command may be repeated when it was interrupted, and takes a change that is half-way to its end.
Exit code 1: it was agreed on, but is half-way, was taken back by somebody else, or was not seen in
effect everywhere in time.

Members that are absent are named. They learn the contract when they come back, as does everybody
who starts by the file of one of the last contracts; all the same, give every node the new file.`;

export const contractCommand: Command = new Command('contract')
  .description('Change the timing of a running district, in two steps that it agrees on')
  .argument('<file>', 'a district file, or a file with timing alone')
  .argument('[district]', 'district file (default: FILE, if it is one, or the shipped one)')
  .option('--withdraw', 'take back a change that is half-way')
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (file: string, other: string | undefined, options: Options) => {
    const wanted = readContract(file, other);
    const print = printer();
    const say = options.json ? () => {} : print;
    const act = (observer: Observer) =>
      options.withdraw ? withdraw(observer) : change(observer, wanted, say);
    const said = await joining(wanted, options, act);
    print(options.json ? JSON.stringify(said) : summaryOf(said));
    const isDone = ['changed', 'same'].includes(said.outcome);
    process.exit(isDone || (options.withdraw && said.outcome === 'withdrawn') ? 0 : 1);
  });

/** Who is to change a contract need not know which one is in force: the district says it. */
const joining = async <T>(
  { district }: Wanted,
  options: Options,
  act: (observer: Observer) => Promise<T>,
): Promise<T> => {
  try {
    return await observing(district, options, act);
  } catch (error) {
    if (!(error instanceof OtherContractError)) throw error;
    const { timing, discovery } = error.contract;
    if (digestOf(discovery) !== digestOf(district.discovery)) throw error;
    return observing({ ...district, timing }, options, act);
  }
};

interface InForce {
  readonly state: State;
  readonly timing: Timing;
  readonly next: Timing | undefined;
}

const inForce = (observer: Observer): InForce => {
  const state = observer.state();
  const own = observer.node.stateOf('contract')?.context as { timing: Timing };
  const { timing = own.timing, next } = state.contract ?? {};
  return { state, timing, next: next?.timing };
};

const withdraw = async (observer: Observer): Promise<Changed> => {
  const { timing, next } = inForce(observer);
  if (!next) throw new OperatorError('no change of the contract is half-way');
  await observer.commit({ kind: 'contract.withdraw', next: digestOf(next) });
  const changes = changesBetween(timing, next).map((text) => ({ text, when: 'taken back' }));
  return { outcome: 'withdrawn', changes, nodes: [], absent: [], timing };
};

/** What was heard of the change, by the clock of this command. */
interface Heard {
  readonly ready: Map<string, number>;
  readonly follows: Map<string, number>;
  over?: { readonly atMs: number; readonly absent: readonly string[] };
  /** Somebody else has taken it back. */
  isWithdrawn?: true;
}

const change = async (
  observer: Observer,
  { from, refusal, district: { discovery } }: Wanted,
  say: (line: string) => void,
): Promise<Changed> => {
  const { state, timing, next } = inForce(observer);
  const to = from(timing);
  const isResumed = next !== undefined && digestOf(next) === digestOf(to);
  const keys = (Object.keys(to) as (keyof Timing)[]).filter((key) => to[key] !== timing[key]);
  const changes = keys.map((key) => ({
    text: `${key} ${timing[key]} → ${to[key]}`,
    when: takesEffect(key),
  }));
  if (keys.length === 0 && !next) {
    return { outcome: 'same', changes, nodes: [], absent: [], timing };
  }
  const problems = isResumed ? [] : changeProblems(timing, to);
  if (problems.length > 0) throw refusal(problems);
  for (const { text, when } of changes) say(`  ${text}: ${when}`);
  const heard: Heard = { ready: new Map(), follows: new Map() };
  for (const { node } of state.contract?.next?.ready ?? []) heard.ready.set(node, 0);
  const sinceMs = performance.now();
  const news = listen(observer, { heard, digest: contractDigest({ timing: to, discovery }), to });
  if (isResumed) say('step 1 was agreed on before: going on');
  else {
    const { index, term, ms } = await observer.commit({
      kind: 'contract.prepare',
      from: timing,
      to,
    });
    say(`step 1 is agreed as entry ${index} of term ${term}, after ${duration(ms)}`);
  }
  const since = (atMs: number | undefined) =>
    atMs === undefined ? null : Math.max(0, atMs - sinceMs);
  await news(() => heard.over !== undefined || heard.isWithdrawn === true, READY_MS_MAX);
  if (heard.isWithdrawn) return { outcome: 'withdrawn', changes, nodes: [], absent: [], timing };
  if (heard.over) {
    const { atMs, absent } = heard.over;
    const named = absent.length > 0 ? `; absent: ${absent.join(', ')}` : '';
    say(`step 2 is agreed after ${duration(atMs - sinceMs)}: it is in force${named}`);
  }
  const members = (observer.state().members ?? []).map(({ node }) => node);
  const absent = heard.over?.absent ?? [];
  const here = members.filter((node) => !absent.includes(node));
  const isSeen = () => here.every((node) => heard.follows.has(node));
  const rounds = MISSED_MAX * to.announceMs * Math.max(1, members.length / 4);
  if (heard.over) await news(isSeen, Math.max(FOLLOW_MS_MIN, rounds));
  const nodes = members.map((node): NodeChanged => {
    const readyMs = since(heard.ready.get(node));
    return { node, readyMs, inEffectMs: since(heard.follows.get(node)) };
  });
  const outcome = heard.over ? (isSeen() ? 'changed' : 'unseen') : 'half-way';
  return { outcome, changes, nodes, absent, timing: heard.over ? to : timing };
};

interface Sought {
  readonly heard: Heard;
  readonly to: Timing;
  readonly digest: string;
}

/** Takes note of all that bears on the change; gives what waits until something is so. */
const listen = (observer: Observer, { heard, digest, to }: Sought) => {
  const next = digestOf(to);
  let look: () => void = () => {};
  const take = (command: Agreed) => {
    const atMs = performance.now();
    if (command.kind === 'contract.ready' && command.next === next) {
      if (!heard.ready.has(command.node)) heard.ready.set(command.node, atMs);
    }
    if (command.kind === 'contract.switch' && command.next === next) {
      heard.over ??= { atMs, absent: command.absent };
    }
    if (command.kind === 'contract.withdraw' && command.next === next) heard.isWithdrawn = true;
  };
  observer.node.watch((event) => {
    if (event.type === 'replica.committed') take(event.command);
    const { type } = event as { type: string };
    if (type === 'membership.announce') {
      const { from, contract } = event as unknown as HeardAs<'membership.announce'>;
      if (contract === digest && !heard.follows.has(from)) {
        heard.follows.set(from, performance.now());
      }
    }
    look();
  });
  return (is: () => boolean, limitMs: number): Promise<void> =>
    new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs);
      const end = () => {
        clearTimeout(limit);
        resolve();
      };
      onStopSignal(end);
      look = () => is() && end();
      look();
    });
};
