/**
 * `greenwave call`: presses the push button of a crossing, at the cabinet on this host.
 */
import { Command } from 'commander';
import { atDoor } from './cabinet-door.ts';
import { readDistrict, shippedDistrict } from './read-district.ts';
import { duration } from './spread.ts';

/** How long a pedestrian waits. In milliseconds. */
const WALK_MS_MAX = 300_000;

const HELP = `
It matters for groups that are served on call (onCall in the district file). Where several nodes serve
the intersection, their leader is told, and lets the crossing into a stage that is still to come.`;

export const callCommand: Command = new Command('call')
  .description('Press the push button of a crossing, at the cabinet on this host')
  .argument('<intersection>', 'intersection')
  .argument('<group>', 'signal group of the crossing')
  .argument('[district]', 'district file', shippedDistrict)
  .option('--json', 'print one JSON object')
  .addHelpText('after', HELP)
  .action(async (intersection: string, group: string, file: string, { json }: { json?: true }) => {
    const walkMs = await atDoor({
      district: readDistrict(file),
      input: { intersection, input: 'call', group, active: true },
      isDone: (lamps) => lamps[group] === 'green',
      limitMs: WALK_MS_MAX,
    });
    const text = walkMs === null ? 'no green came' : `green after ${duration(walkMs)}`;
    const said = json ? JSON.stringify({ intersection, group, walkMs }) : text;
    process.stdout.write(`${said}\n`);
    process.exit(walkMs === null ? 1 : 0);
  });
