/**
 * Starts SUMO and speaks to it: one process, of which this is the only client, because a client
 * that is killed ends SUMO, and one that is silent stops it for all.
 *
 * What SUMO complains of reaches whoever waits for an answer, because the connection alone would say
 * that it was closed. The process never outlives its client: it is asked to close, then told,
 * then killed; it is killed when this process exits; and when this process is killed, SUMO ends at
 * the lost connection.
 *
 * SUMO listens on every address of the host, and cannot be told otherwise; it stops as soon as this
 * client is connected.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SumoError } from './sumo-error.ts';
import { type Environment, findSumo, type SumoProgram } from './sumo-program.ts';
import { TraciClient } from './traci-client.ts';
import type { Version } from './traci-commands.ts';
import { TraciError } from './traci-error.ts';
import { connectTo, pipeOver } from './traci-socket.ts';

export interface SumoOptions {
  /** As on SUMO's command line: `['-c', 'town.sumocfg', '--seed', '1']`. */
  readonly args: readonly string[];
  /** Where the program is looked for, and what it is started with. */
  readonly environment: Environment;
  /** With a window or without. Default without. */
  readonly program?: Extract<SumoProgram, 'sumo' | 'sumo-gui'>;
  /** How long it may take until it listens; what it loads, it loads after that. */
  readonly listenMsMax?: number;
  readonly answerMsMax?: number;
  /** How long it may take to end when it is asked to: it writes its outputs then. */
  readonly closeMsMax?: number;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on its standard error, the end of it. */
  readonly errors: string;
}

/** SUMO, running. */
export interface Sumo {
  readonly client: TraciClient;
  readonly pid: number;
  readonly version: Version;
  readonly ended: Promise<Ending>;
  /** Ends the simulation and the process. Resolves when it is gone; never rejects. */
  close(): Promise<Ending>;
}

const LISTEN_MS_MAX = 10_000;
const CLOSE_MS_MAX = 30_000;
/** How often it is asked whether it listens yet. */
const KNOCK_MS = 20;
/** From SIGTERM to SIGKILL, and from the end of a connection to the end of its process. */
const LAST_WORDS_MS_MAX = 2000;
/** Ports that are tried: another program may take a free one before SUMO does. */
const PORTS_MAX = 3;
/** Beside what a step takes anyway; the window has a field to change it. */
const GUI_DELAY_MS = '50';
const ERRORS_CHARACTERS_MAX = 16_384;

/** Starts SUMO and greets it. Rejects with `SumoError`, and then has left no process behind. */
export const startSumo = async (options: SumoOptions): Promise<Sumo> => {
  const file = findSumo(options.program ?? 'sumo', options.environment);
  for (let attempt = 1; ; attempt++) {
    const life = new Life(file, options, await freePort());
    try {
      return await greet(life, options);
    } catch (error) {
      await life.kill();
      const { errors } = await life.ended;
      if (!/address already in use/i.test(errors) || attempt === PORTS_MAX) throw told(error);
    }
  }
};

const told = (error: unknown): unknown => {
  if (!(error instanceof TraciError)) return error;
  return new SumoError(error.fault === 'closed' ? error.message : `SUMO: ${error.message}`);
};

const greet = async (life: Life, options: SumoOptions): Promise<Sumo> => {
  const { closeMsMax = CLOSE_MS_MAX, answerMsMax } = options;
  const socket = await life.connect(options.listenMsMax ?? LISTEN_MS_MAX);
  const client = new TraciClient({
    open: pipeOver(socket, (why) => life.lastWords(why)),
    ...(answerMsMax !== undefined && { answerMsMax }),
  });
  const version = await client.greet();
  const close = async () => {
    const isClosing = await Promise.race([client.close(), patience(closeMsMax)]);
    await Promise.race([life.ended, patience(isClosing ? closeMsMax : LAST_WORDS_MS_MAX)]);
    await life.kill();
    return life.ended;
  };
  return { client, pid: life.pid, version, ended: life.ended, close };
};

/** A wait that keeps no process alive. */
const patience = (ms: number): Promise<false> => wait(ms, false, { ref: false });

/** One process of SUMO. */
class Life {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #port: number;
  #errors = '';
  #ending: Ending | undefined;

  constructor(file: string, options: SumoOptions, port: number) {
    this.#port = port;
    const child = spawn(file, [...options.args, ...ownArguments(options, port)], {
      env: options.environment as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A Ctrl-C at a terminal reaches all of its group at once: when SUMO ends is ours to say.
      detached: true,
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-ERRORS_CHARACTERS_MAX);
    });
    const killNow = () => void child.kill('SIGKILL');
    process.prependListener('exit', killNow);
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        process.off('exit', killNow);
        this.#ending ??= { code, signal, errors: this.#errors };
        resolve(this.#ending);
      };
      child.once('close', end).once('error', ({ message }) => {
        this.#errors = `Error: ${file}: ${message}`;
        end(null, null);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when SUMO has taken our connection. */
  async connect(msMax: number): Promise<Socket> {
    const tooLate = Date.now() + msMax;
    while (!this.#ending) {
      const socket = await connectTo(this.#port).catch(() => undefined);
      if (socket) return socket;
      if (Date.now() > tooLate) throw new SumoError(`SUMO does not listen after ${msMax} ms`);
      await wait(KNOCK_MS);
    }
    throw new SumoError(inWords(this.#ending));
  }

  /** Why the connection ended, once the process has said it. */
  async lastWords(why: string): Promise<string> {
    await Promise.race([this.ended, patience(LAST_WORDS_MS_MAX)]);
    return this.#ending ? inWords(this.#ending) : why;
  }

  async kill(): Promise<void> {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (this.#ending) return;
      this.#child.kill(signal);
      await Promise.race([this.ended, patience(LAST_WORDS_MS_MAX)]);
    }
    await this.ended;
  }
}

/** What this client needs, after what is asked for. */
const ownArguments = ({ args, program }: SumoOptions, port: number): string[] => [
  ...['--remote-port', `${port}`, '--num-clients', '1', '--no-step-log', 'true'],
  // Without its data folder SUMO would fetch the schemas, and refuse every file where it cannot.
  ...(args.includes('--xml-validation') ? [] : ['--xml-validation', 'never']),
  // A window is there to be watched: as fast as it can, an hour is over in a moment.
  ...(program === 'sumo-gui' ? ['--start', '--quit-on-end', '--delay', GUI_DELAY_MS] : []),
];

const inWords = ({ code, signal, errors }: Ending): string => {
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  const lines = errors.split('\n').filter(Boolean);
  const complaints = lines.filter((line) => line.startsWith('Error'));
  const words = (complaints.length > 0 ? complaints : lines).slice(-10).join('\n  ');
  return `SUMO ${how}${words && `:\n  ${words}`}`;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
