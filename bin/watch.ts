/**
 * `greenwave watch`: shows a running district in the browser. It joins as an observer, streams what
 * it hears to the page, and changes nothing: it votes for nobody and is in nobody's view.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import { realClock } from '../actors/clock.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { livePrinter, missedIn, onStopSignal } from './host.ts';
import { insecureOption, type KeyOptions, keyFileOption } from './keys.ts';
import { observing } from './observer.ts';
import { interfaceAddress, whole } from './options.ts';
import { servePage } from './page-server.ts';
import { PageStream } from './page-stream.ts';
import { readDistrict, shippedDistrict } from './read-district.ts';
import { Witness } from './witness.ts';

/** How often φ is told. In milliseconds. */
const LOOK_MS = 500;
/** How long nodes tell what their lamps follow, unless they are asked again. In milliseconds. */
const FOLLOW_MS = 600_000;

interface Options extends KeyOptions {
  readonly interface: string;
  readonly pagePort?: number;
  readonly json?: true;
}

const HELP = `
The page is served on this machine alone. It shows what an observer can know: views, roles, terms,
the log, and the stages that nodes tell of; lamps themselves, and journals of the nodes, are shown by
the page of greenwave up.`;

export const watchCommand: Command = new Command('watch')
  .description('Show a running district in the browser, as an observer that changes nothing')
  .argument('[district]', 'district file that the district runs by', shippedDistrict)
  .option('--interface <ip>', 'address to use', interfaceAddress, '127.0.0.1')
  .addOption(keyFileOption())
  .addOption(insecureOption())
  .option(
    '--page-port <number>',
    'port of the page (default: the first free one)',
    whole(0, 65_535),
  )
  .option('--json', 'print what is heard as journal lines; the address of the page goes to stderr')
  .addHelpText('after', HELP)
  .action(async (file: string, options: Options) => {
    const district = readDistrict(file);
    const stream = new PageStream(district, 'greenwave watch only watches');
    const print = livePrinter(options.json && missedIn(() => 'watch'));
    const write = (line: JournalLine) => {
      if (options.json) print(JSON.stringify(line));
      stream.tell(line);
    };
    const witness = new Witness({
      by: 'watch',
      beatMs: district.timing.beatMs,
      now: realClock.now,
      wall: Date.now,
      write,
    });
    const server = await servePage(stream, { port: options.pagePort });
    try {
      const say = options.json ? (text: string) => void process.stderr.write(`${text}\n`) : print;
      say(`${district.name} is shown at ${pc.underline(server.url)} (Ctrl-C ends this)`);
      const joining = { ...options, heard: witness.hear, onlyWatches: true };
      await observing(district, joining, async ({ node }) => {
        const ask = () => node.survey(FOLLOW_MS);
        ask();
        const looking = setInterval(() => witness.look(), LOOK_MS);
        const following = setInterval(ask, FOLLOW_MS / 2);
        await new Promise<void>((resolve) => onStopSignal(resolve));
        clearInterval(looking);
        clearInterval(following);
      });
    } finally {
      server.close();
    }
    // Timers of the observer's transport must not keep the program.
    process.exit();
  });
