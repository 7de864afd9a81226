/**
 * `greenwave priority`: an earlier or longer green for a transit vehicle, once, within the bounds of
 * the plan; the others have their time back within the next cycle.
 */
import { Command } from 'commander';
import { onStopSignal } from './host.ts';
import { insecureOption, type KeyOptions, keyFileOption } from './keys.ts';
import { newStoreId } from './level-store.ts';
import { type Observer, observing } from './observer.ts';
import { briefly, interfaceAddress } from './options.ts';
import { readDistrict, shippedDistrict } from './read-district.ts';
import { demandGroup } from './served.ts';
import { duration } from './spread.ts';

const FOR_S = 45;

interface Options extends KeyOptions {
  readonly for: number;
  readonly interface: string;
  readonly json?: true;
}

const HELP = `
What is green for GROUP lasts up to 10 s longer, if it would end before; what is green for
others ends sooner, but keeps half of what it has beyond its minimum. No stage is left out, no
minimum is cut, and the plan's offset is kept: what was taken comes back within a cycle or two.
Nothing happens at an intersection at which somebody is preempting. Where several nodes serve it,
what is granted already stands, for about twenty seconds: the favour is done from there on.`;

export const priorityCommand: Command = new Command('priority')
  .description('Favour a transit vehicle: a green that is longer, or comes sooner')
  .argument('<intersection>', 'intersection')
  .argument('<group>', 'signal group of the vehicle')
  .argument('[district]', 'district file', shippedDistrict)
  .option('--for <seconds>', 'how long the vehicle may be on its way', briefly, FOR_S)
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (intersection: string, group: string, file: string, options: Options) => {
    const call = { id: `transit-${newStoreId()}`, intersection, group, forS: options.for };
    const became = await observing(readDistrict(file), options, (observer) =>
      favour(observer, call),
    );
    const { index, commitMs, greenMs } = became;
    const what =
      greenMs === null
        ? `no green within ${options.for} s`
        : `green from ${duration(greenMs)} on, or longer`;
    const text = `${intersection} ${group}: agreed as entry ${index} after ${duration(commitMs)}, ${what}`;
    process.stdout.write(`${options.json ? JSON.stringify({ ...call, ...became }) : text}\n`);
    process.exit(greenMs === null ? 1 : 0);
  });

interface Call {
  readonly id: string;
  readonly intersection: string;
  readonly group: string;
  readonly forS: number;
}

/** Has the call agreed on, and waits for the green that was meant, as long as the call stands. */
const favour = async (observer: Observer, call: Call) => {
  demandGroup(observer.state(), call.intersection, call.group);
  let lit: (atMs: number | null) => void = () => {};
  const green = new Promise<number | null>((resolve) => {
    lit = resolve;
  });
  observer.follow((tell) => {
    if (tell.moment === 'lit' && tell.call === call.id) lit(performance.now());
  });
  const sinceMs = performance.now();
  const { index, ms: commitMs } = await observer.commit({ kind: 'priority.call', ...call });
  setTimeout(() => lit(null), call.forS * 1000);
  onStopSignal(() => lit(null));
  const atMs = await green;
  return { index, commitMs, greenMs: atMs === null ? null : atMs - sinceMs };
};
