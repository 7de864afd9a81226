/**
 * `greenwave preempt`: green for an emergency vehicle, at one intersection or along a route, agreed
 * on through the district's log; or at the cabinet's own input, without any agreement.
 */
import { Command } from 'commander';
import type { District } from '../protocol/check-district.ts';
import { isShared } from '../protocol/district.ts';
import { callOf, type Leg, type Stop } from '../protocol/route.ts';
import { atDoor } from './cabinet-door.ts';
import { insecureOption, type KeyOptions, keyFileOption } from './keys.ts';
import { type Joining, type Observer, observing } from './observer.ts';
import { briefly, interfaceAddress } from './options.ts';
import { callText, followCalls, GREEN_MS_MAX, greenText } from './preempt-follow.ts';
import { OperatorError, readDistrict, shippedDistrict } from './read-district.ts';
import { agreedLegs, readRoute } from './route.ts';
import { duration } from './spread.ts';

const FOR_S = 60;

interface Options extends KeyOptions {
  readonly for: number;
  readonly route?: string;
  readonly clear?: true;
  readonly local?: true;
  readonly interface: string;
  readonly json?: true;
}

const HELP = `
The lamps change safely: what is green has its minimum, amber and clearance (walkers theirs),
then a stage with GROUP is green until the call is cleared or its time is over. A call for the
same place begins anew. The command ends when the lamps have followed; the call goes on,
whatever becomes of the command.

With --route every intersection is called as long before the vehicle arrives as its change may
take, by the lengths and speeds of the links that the district knows; where no link is known, at
once. With --local nobody is asked: the input of the cabinet on this host goes before every call
of the district, and works when the node is cut off from it.

Where several nodes serve an intersection, the command tells when each knew, gave way and was green,
and which holder of a green did not answer: then its right of way has to run out, which takes up to
half a minute. There --local is best effort: what is in the way is lit by other nodes, so its node
proposes the call to the district, renews it while the input stands, and needs a leader and a
majority. The call goes before those that no cabinet made.`;

export const preemptCommand: Command = new Command('preempt')
  .description('Give green to an emergency vehicle, here or along a route')
  .usage(
    '[options] <intersection> <group> [district]\n       greenwave preempt [options] --route <I1:G1,I2:G2> [district]',
  )
  .argument('[words...]', 'intersection, group and district file (default: the shipped one)')
  .option('--for <seconds>', 'how long at most, should nobody clear it', briefly, FOR_S)
  .option('--route <stops>', 'a corridor: INTERSECTION:GROUP,INTERSECTION:GROUP,…')
  .option('--clear', 'end the call')
  .option('--local', 'use the input of the cabinet on this host: no district is needed')
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (words: string[], options: Options) => {
    const { route, file } = readWords(words, options);
    const district = readDistrict(file);
    if (options.local) process.exitCode = await local(district, route, options);
    else {
      process.exitCode = await observing(district, options, (observer) =>
        agreed(observer, route, options),
      );
    }
    process.exit();
  });

const readWords = (words: readonly string[], { route }: Options) => {
  if (route !== undefined) {
    if (words.length > 1) throw new OperatorError('with --route only a district file is named');
    return { route: readRoute(route), file: words[0] ?? shippedDistrict };
  }
  const [intersection, group, file = shippedDistrict, ...more] = words;
  if (intersection === undefined || group === undefined || more.length > 0) {
    throw new OperatorError('name an intersection and a group, and the district file if need be');
  }
  return { route: [{ intersection, group }], file };
};

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Sets the inputs of the cabinets on this host. */
const local = async (
  district: District,
  route: readonly Stop[],
  options: Options,
): Promise<number> => {
  const active = options.clear !== true;
  const all = await Promise.all(
    route.map(async (stop) => {
      const input = { ...stop, input: 'preempt' as const, active, forMs: options.for * 1000 };
      const isDone = (lamps: Record<string, string>) => !active || lamps[stop.group] === 'green';
      const greenMs = await atDoor({ district, input, isDone, limitMs: GREEN_MS_MAX });
      return { ...stop, greenMs };
    }),
  );
  if (options.json) print(JSON.stringify({ local: true, cleared: !active, calls: all }));
  for (const { intersection, group, greenMs } of options.json ? [] : all) {
    const what = active ? greenText(greenMs) : 'the input is taken back';
    print(`${intersection} ${group}: ${what}${howText(district, intersection)}`);
  }
  return all.every(({ greenMs }) => greenMs !== null) ? 0 : 1;
};

/** At a shared intersection others must make way, which takes their agreement. */
const howText = ({ intersections }: District, intersection: string): string => {
  const found = intersections.find(({ id }) => id === intersection);
  return found && isShared(found) ? ', asked of the district: several nodes serve it' : '';
};

/** Has green along a route agreed on, and does not wait for the lamps. */
export const preempted = (
  district: District,
  joining: Joining,
  { route, forS }: { route: readonly Stop[]; forS: number },
): Promise<void> =>
  observing(district, joining, async (observer) => {
    const legs = agreedLegs(observer.state(), route, forS);
    await Promise.all(legs.map((leg) => observer.commit(callOf(leg))));
  });

const agreed = async (
  observer: Observer,
  route: readonly Stop[],
  options: Options,
): Promise<number> => {
  const legs = agreedLegs(observer.state(), route, options.for);
  if (options.clear) return clear(observer, legs, options);
  const calls = await followCalls(observer, legs);
  if (options.json) print(JSON.stringify({ local: false, cleared: false, calls }));
  for (const call of options.json ? [] : calls) print(callText(call));
  return calls.every(({ greenMs }) => greenMs !== null) ? 0 : 1;
};

const clear = async (
  observer: Observer,
  legs: readonly Leg[],
  { json }: Options,
): Promise<number> => {
  const cleared = [];
  for (const { intersection, group, id } of legs) {
    const { index, ms } = await observer.commit({ kind: 'preempt.clear', id });
    cleared.push({ intersection, group, id, index, commitMs: ms });
  }
  if (json) print(JSON.stringify({ local: false, cleared: true, calls: cleared }));
  for (const { intersection, group, index, commitMs } of json ? [] : cleared) {
    print(`${intersection} ${group}: cleared as entry ${index} after ${duration(commitMs)}`);
  }
  return 0;
};
