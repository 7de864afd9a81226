/**
 * `greenwave inspect`: a local inspector server, to which nodes that run with `--inspect` stream.
 */
import { Command } from 'commander';
import pc from 'picocolors';
import { livePrinter, onStopSignal } from './host.ts';
import { InspectServer, type News } from './inspect-server.ts';
import { INSPECTOR_PORT } from './inspect-stream.ts';
import { webPage, whole } from './options.ts';
import { OperatorError } from './read-district.ts';
import { timeOfDay } from './tell.ts';

const HOSTED_INSPECTOR = new URL('https://stately.ai/inspect');
const MEGABYTE = 2 ** 20;

interface Options {
  readonly port: number;
  readonly keep: number;
  readonly frame: URL;
  readonly json?: true;
}

export const inspectCommand: Command = new Command('inspect')
  .description('Serve the live statecharts of nodes that run with --inspect, on this machine alone')
  .option(
    '--port <number>',
    'port on 127.0.0.1; 0 takes a free one',
    whole(0, 65_535),
    INSPECTOR_PORT,
  )
  .option(
    '--keep <megabytes>',
    'how much is remembered for who comes late: definitions and last states, then what was last said',
    whole(1, 4096),
    64,
  )
  .option('--frame <url>', 'inspector that the page frames', webPage, HOSTED_INSPECTOR)
  .option('--json', 'print what happens as JSON lines')
  .action(async ({ port: asked, keep, frame, json }: Options) => {
    const print = livePrinter();
    const tell = (news: News) =>
      print(json ? JSON.stringify({ t: Date.now(), ...news }) : textOf(news));
    const server = new InspectServer({ bytesMax: keep * MEGABYTE, frame, tell });
    const port = await server.listen(asked).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
      throw new OperatorError(`port ${asked} is not free (${error.code}); take another by --port`);
    });
    const page = `http://127.0.0.1:${port}`;
    const stream = `ws://127.0.0.1:${port}`;
    if (json) print(JSON.stringify({ t: Date.now(), kind: 'listening', page, stream, frame }));
    else print(greetingOf(page, stream, frame));
    onStopSignal(() => server.close());
  });

const greetingOf = (page: string, stream: string, frame: URL): string =>
  [
    `${pc.bold(page)}  frames ${frame.href}`,
    `${pc.bold(stream)}    for createWebSocketReceiver of @statelyai/inspect, and for nodes:`,
    pc.dim(`  greenwave up --inspect ${stream}`),
  ].join('\n');

const textOf = (news: News): string => {
  const time = pc.dim(timeOfDay(Date.now()));
  switch (news.kind) {
    case 'nodeCame':
      return `${time} ${pc.bold(news.node)} streams`;
    case 'nodeWent':
      return `${time} ${pc.bold(news.node)} is gone`;
    case 'viewerCame':
      return `${time} viewer ${news.viewer} looks on`;
    case 'viewerWent':
      return `${time} viewer ${news.viewer} is gone${news.reason ? `: ${news.reason}` : ''}`;
    case 'dropped':
      return `${time} viewer ${news.viewer} reads too slowly: ${news.count} messages dropped`;
    case 'refused':
      return `${time} refused: ${news.reason}`;
  }
};
