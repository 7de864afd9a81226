/**
 * `greenwave plan`: has an operator's plan adopted by a running district, and tells when each node
 * knew of it and when its lamps followed.
 */
import Table from 'cli-table3';
import { Command } from 'commander';
import { checkPlan, readPlan } from '../protocol/check-district.ts';
import type { State } from '../protocol/command.ts';
import { canonicalJson } from '../protocol/digest.ts';
import type { DistrictFile, Group, Intersection } from '../protocol/district.ts';
import type { Plan } from '../protocol/plan.ts';
import { onStopSignal } from './host.ts';
import { insecureOption, type KeyOptions, keyFileOption } from './keys.ts';
import { type Committed, type Observer, observing } from './observer.ts';
import { interfaceAddress } from './options.ts';
import {
  OperatorError,
  parseFile,
  problemsError,
  readDistrict,
  shippedDistrict,
} from './read-district.ts';
import { serversOf } from './served.ts';
import { duration, spread } from './spread.ts';

/** Lamps follow from the next decision on, which a green of the old plan may put off, and at a shared
 *  intersection what is granted already. */
const WAIT_CYCLES = 2;
const WAIT_MS = 60_000;

interface Options extends KeyOptions {
  readonly plan?: string;
  readonly interface: string;
  readonly json?: true;
}

const HELP = `
FILE is a plan, or a district file with plans. It is checked against what the district has
agreed on, and refused with all its problems (exit code 2). A plan that covers every
intersection stays in force under the next leader; when an intersection comes to the district,
its leader makes a plan for all again. Exit code 1: it was agreed on, but not all lamps followed
in time.`;

export const planCommand: Command = new Command('plan')
  .description('Have a plan adopted by a running district, and tell where it took effect')
  .argument('<file>', 'a plan, or a district file with plans')
  .argument('[district]', 'district file (default: FILE, if it is one, or the shipped one)')
  .option('--plan <id>', 'which plan of a district file (default: the first)')
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (file: string, other: string | undefined, options: Options) => {
    const { plan, list, district } = readPlanOf(file, other, options);
    const said = await observing(district, options, (observer) =>
      adopt(observer, plan, (problems) =>
        problemsError(file, list(problems), 'nothing was proposed'),
      ),
    );
    process.stdout.write(`${options.json ? JSON.stringify(said) : textOf(said)}\n`);
    process.exit(said.nodes.every(({ litMs, onCall }) => litMs !== null || onCall) ? 0 : 1);
  });

type Problems = Parameters<ReturnType<typeof parseFile>['list']>[0];

/** The plan, how problems of it are told, and the district that it is for. */
const readPlanOf = (file: string, other: string | undefined, options: Options) => {
  const parsed = parseFile(file, 'plan');
  if (!isDistrict(parsed.value)) {
    const read = readPlan(parsed.value);
    if ('problems' in read) {
      throw problemsError(file, parsed.list(read.problems), 'nothing was proposed');
    }
    return { plan: read.plan, list: parsed.list, district: readDistrict(other ?? shippedDistrict) };
  }
  const filed = readDistrict(file);
  const { plan: id = filed.plans[0]?.id } = options;
  const place = filed.plans.findIndex((plan) => plan.id === id);
  const plan = filed.plans[place];
  if (!plan) {
    const known = filed.plans.map((one) => one.id).join(', ');
    throw new OperatorError(`${file} has no plan ${id ?? ''}; it has ${known || 'none'}`);
  }
  const list = (problems: Problems) =>
    parsed.list(problems.map((one) => ({ ...one, path: ['plans', place, ...one.path] })));
  const { hours: _, ...now } = plan;
  return { plan: now, list, district: other === undefined ? filed : readDistrict(other) };
};

const isDistrict = (value: unknown): value is DistrictFile =>
  typeof value === 'object' && value !== null && 'name' in value;

/** When a node knew of the plan and when its lamps followed, from the command on. */
interface Followed {
  readonly node: string;
  readonly intersection: string;
  readonly takenMs: number | null;
  readonly litMs: number | null;
  readonly stage: string | null;
  /** All its groups wait for somebody to call: until then it may have nothing to follow with. */
  readonly onCall: boolean;
}

interface Said {
  readonly plan: string;
  readonly index: number;
  readonly term: number;
  readonly commitMs: number;
  readonly nodes: readonly Followed[];
}

/** Has the plan agreed on and waits until all lamps follow it, have had the time to, or `onStop` says. */
export const adopt = async (
  observer: Observer,
  plan: Plan,
  refusal: (problems: Problems) => Error,
  onStop: (stop: () => void) => void = onStopSignal,
): Promise<Said> => {
  const state = observer.state();
  const known = [...new Map(intersectionsOf(state)).values()];
  const problems = [...checkPlan(plan, known), ...sameName(state, plan)];
  if (problems.length > 0) throw refusal(problems);
  const planned = new Set(plan.intersections.map(({ id }) => id));
  const nodes = serversOf(state)
    .filter(({ intersection }) => planned.has(intersection))
    .map((server) => ({ ...server, onCall: isOnCall(known, server) }));
  const taken = new Map<string, number>();
  const lit = new Map<string, { atMs: number; stage: string | undefined }>();
  let look: () => void = () => {};
  observer.follow((tell) => {
    if (tell.plan !== plan.id || tell.moment === 'asked') return;
    const atMs = performance.now();
    if (tell.moment === 'taken' && !taken.has(tell.from)) taken.set(tell.from, atMs);
    if (tell.moment === 'lit' && !lit.has(tell.from)) {
      lit.set(tell.from, { atMs, stage: tell.stage });
    }
    look();
  });
  const sinceMs = performance.now();
  const committed: Committed = await observer.commit({ kind: 'plan.adopt', plan });
  const cycleS = Math.max(plan.cycleS, state.plan?.cycleS ?? 0);
  await new Promise<void>((resolve) => {
    setTimeout(resolve, WAIT_CYCLES * cycleS * 1000 + WAIT_MS);
    onStop(resolve);
    look = () => nodes.every(({ node, onCall }) => onCall || lit.has(node)) && resolve();
    look();
  });
  const since = (atMs: number | undefined) => (atMs === undefined ? null : atMs - sinceMs);
  return {
    plan: plan.id,
    index: committed.index,
    term: committed.term,
    commitMs: committed.ms,
    nodes: nodes.map(({ node, intersection, onCall }) => ({
      node,
      intersection,
      takenMs: since(taken.get(node)),
      litMs: since(lit.get(node)?.atMs),
      stage: lit.get(node)?.stage ?? null,
      onCall,
    })),
  };
};

const intersectionsOf = ({ members }: State) =>
  members.flatMap(({ intersection }) =>
    intersection ? [[intersection.id, intersection] as const] : [],
  );

/** Where all wait for calls, and nobody calls, all have their turns. */
const isOnCall = (
  known: readonly Intersection[],
  { node, intersection }: { node: string; intersection: string },
): boolean => {
  const { groups = [], nodes } = known.find(({ id }) => id === intersection) ?? {};
  if (!nodes) return false;
  const isWaiting = ({ onCall }: Group) => onCall === true;
  return groups.filter(({ id }) => nodes[id] === node).every(isWaiting) && !groups.every(isWaiting);
};

/** Nodes say which plan they follow by its name. */
const sameName = ({ plan: present }: State, plan: Plan) => {
  if (present?.id !== plan.id) return [];
  const isSame = canonicalJson(present) === canonicalJson(plan);
  const message = isSame
    ? `${plan.id} is in force already`
    : `${plan.id} is the name of the plan in force, which is another: give this one its own`;
  return [{ path: ['id'], message }];
};

const textOf = ({ plan, index, term, commitMs, nodes }: Said): string => {
  const times = (of: (node: Followed) => number | null) => nodes.flatMap((node) => of(node) ?? []);
  const told = (values: readonly number[]) => {
    if (values.length === 0) return `0 of ${nodes.length} nodes`;
    const { n, p50, p99 } = spread(values);
    const last = duration(Math.max(...values));
    return `${n} of ${nodes.length} nodes after ${last} (p50 ${duration(p50)}, p99 ${duration(p99)})`;
  };
  const table = new Table({
    head: ['node', 'intersection', 'known after', 'lamps after', 'first stage'],
    style: { head: [], border: [] },
  });
  for (const { node, intersection, takenMs, litMs, stage, onCall } of nodes) {
    const after = (ms: number | null) => (ms === null ? '–' : duration(ms));
    const lit = litMs === null && onCall ? 'when called' : after(litMs);
    table.push([node, intersection, after(takenMs), lit, stage ?? '–']);
  }
  return [
    `plan ${plan} is agreed as entry ${index} of term ${term}, after ${duration(commitMs)}`,
    `  known at      ${told(times(({ takenMs }) => takenMs))}`,
    `  in effect at  ${told(times(({ litMs }) => litMs))}`,
    String(table),
  ].join('\n');
};
