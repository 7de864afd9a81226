/**
 * Runs a district for `greenwave up`: starts its processes, hears and shows what they say, starts again
 * what crashed, and ends all of them, the lamps last.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/district.ts';
import type { JournalLine } from '../protocol/journal.ts';
import { complaintsOf, type Ended, leaveNone, stopChild } from './child.ts';
import { livePrinter, missedIn, onStopSignal, startGreenwave } from './host.ts';
import { LiveNetwork } from './live-network.ts';
import { lampsArguments, type NodeOptions, nodeArguments } from './node-arguments.ts';
import { newToken, offerPage } from './page-server.ts';
import { PageStream } from './page-stream.ts';
import { Picture, summaryLine } from './picture.ts';
import { preempted } from './preempt.ts';
import { PROCESS_DEEDS, processDeeds } from './process-deeds.ts';
import { OperatorError } from './read-district.ts';
import { type RestartAfter, Revival, realChance } from './revival.ts';
import { screen } from './screen.ts';
import type { UpTraffic, UpTrafficHeard } from './up-traffic.ts';

/** A node may take this long to stop before it is killed; lamps may need a green and an amber. */
const NODE_STOP_MS_MAX = 4000;
const LAMPS_STOP_MS_MAX = 25_000;

export interface UpOptions extends NodeOptions {
  readonly for?: number;
  readonly data?: string;
  readonly restart?: RestartAfter;
}

/** What is run: a district and its file, and the traffic beside it. */
export interface Laid {
  readonly file: string;
  readonly district: District;
  readonly traffic: (heard: UpTrafficHeard) => UpTraffic | undefined;
}

export class Up {
  readonly #file: string;
  readonly #district: District;
  readonly #options: UpOptions;
  readonly #picture: Picture;
  readonly #print: (line: string) => void;
  readonly #screen: ReturnType<typeof screen>;
  readonly #data: string;
  readonly #children = new Map<string, ChildProcess>();
  readonly #token = newToken();
  readonly #stream: PageStream;
  readonly #traffic: UpTraffic | undefined;
  readonly #network: LiveNetwork;
  readonly #revival: Revival;
  #hasLamps = false;
  #isStopping = false;
  #failure: string | undefined;
  #stop: () => void = () => {};

  constructor({ file, district, traffic }: Laid, options: UpOptions) {
    this.#file = file;
    this.#district = district;
    this.#options = options;
    this.#print = livePrinter(options.json && missedIn(() => 'up'));
    this.#picture = new Picture(district);
    this.#screen = screen(this.#picture, { isQuiet: options.json === true, print: this.#print });
    const tell = (line: JournalLine) => {
      if (options.json) this.#print(JSON.stringify(line));
      this.#see(line);
    };
    this.#traffic = traffic({ tell, over: (why) => this.#over(why) });
    const nodes = district.intersections.flatMap(nodesOf);
    this.#network = new LiveNetwork({ nodes, running: (node) => this.#children.get(node), tell });
    const start = (node: string) => this.#startNode(node);
    this.#revival = new Revival({ after: options.restart, start, ...realChance });
    const act = processDeeds({
      nodes: new Set(nodes),
      running: (node) => this.#children.get(node),
      start,
      say: (node, standing) => this.#say(node, { standing }),
      preempt: (route, forS) => preempted(district, options, { route, forS }),
      network: this.#network,
      demand: this.#traffic?.demand,
    });
    const can = this.#traffic?.demand ? [...PROCESS_DEEDS, 'demand' as const] : PROCESS_DEEDS;
    this.#stream = new PageStream(district, { token: this.#token, can, act });
    this.#data = options.data ?? mkdtempSync(join(tmpdir(), 'greenwave-'));
  }

  /** Gives the exit code: 0 only when all ran and nothing unsafe was shown. */
  async run(): Promise<number> {
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    onStopSignal(this.#stop);
    leaveNone(this.#children);
    const wanted = { ...this.#options, token: this.#token, print: this.#print };
    const server = await offerPage(this.#stream, wanted);
    try {
      await this.#traffic?.open();
    } catch (error) {
      // Whoever serves a page does not end by himself.
      server?.close();
      throw error;
    }
    this.#start('lamps', lampsArguments(this.#place(), this.#options));
    const { for: limitS } = this.#options;
    const limit = limitS === undefined ? undefined : setTimeout(this.#stop, limitS * 1000);
    await stopped;
    clearTimeout(limit);
    await Promise.all([this.#traffic?.end(), this.#stopAll()]);
    this.#screen.close();
    server?.close();
    if (this.#options.data === undefined) rmSync(this.#data, { recursive: true, force: true });
    return this.#report();
  }

  #startNode(node: string): void {
    if (this.#children.has(node)) return;
    this.#start(node, nodeArguments(node, this.#place(), this.#options), ['ipc']);
    this.#network.started(node);
    this.#revival.started(node);
  }

  #place = () => ({ file: this.#file, district: this.#district, data: this.#data });

  #start(name: string, args: readonly string[], more: 'ipc'[] = []): void {
    const child = startGreenwave(args, { stdio: ['ignore', 'pipe', 'pipe', ...more] });
    this.#children.set(name, child);
    this.#picture.processStarted(name, child.pid);
    if (name !== 'lamps') {
      this.#say(name, { standing: 'started', ...(child.pid !== undefined && { pid: child.pid }) });
    }
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (text) => this.#hear(text));
    }
    const complaints = complaintsOf(child);
    child.on('close', (code, signal) => this.#ended({ name, code, signal, complaints }));
  }

  /** Tells what became of a node's process. */
  #say(node: string, what: Pick<ProcessLine, 'standing' | 'pid' | 'how'>): void {
    const line: JournalLine = { t: Date.now(), node, kind: 'process', ...what };
    if (this.#options.json) this.#print(JSON.stringify(line));
    this.#stream.tell(line);
  }

  #hear(text: string): void {
    if (this.#options.json) this.#print(text);
    let line: JournalLine;
    try {
      line = JSON.parse(text) as JournalLine;
    } catch {
      return; // A line cut short by the death of the process that wrote it.
    }
    this.#see(line);
    this.#traffic?.hear(line);
    this.#network.hear(line);
    // The lamps come first: a node that starts without them would say that they are lost.
    if (line.kind === 'lamps' && !this.#hasLamps) {
      this.#hasLamps = true;
      this.#traffic?.begin();
      for (const node of this.#district.intersections.flatMap(nodesOf)) this.#startNode(node);
    }
  }

  #see(line: JournalLine): void {
    this.#picture.see(line);
    this.#screen.tell(line);
    this.#stream.tell(line);
  }

  #ended(end: Ended): void {
    const { name, code, signal, complaints } = end;
    this.#children.delete(name);
    if (this.#isStopping) return;
    const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    const again = name === 'lamps' ? undefined : this.#revival.ended(end);
    const what = again === undefined ? how : `${how}; ${again}`;
    const message = [`${name} ${what}`, ...complaints].join('\n  ');
    this.#picture.processEnded(name);
    const line: JournalLine = { t: Date.now(), node: name, kind: 'error', message };
    if (this.#options.json) this.#print(JSON.stringify(line));
    this.#screen.tell(line);
    this.#stream.tell(line);
    if (name !== 'lamps') return void this.#say(name, { standing: 'ended', how: what });
    // Without lamps there is nothing to run: this is the operator's to mend.
    this.#over(message);
  }

  /** Ends the run, if it does not end already; with a failure, where there is one. */
  #over(failure?: string): void {
    if (this.#isStopping) return;
    this.#failure ??= failure;
    this.#stop();
  }

  async #stopAll(): Promise<void> {
    this.#isStopping = true;
    this.#revival.stop();
    const nodes = [...this.#children.keys()].filter((name) => name !== 'lamps');
    await Promise.all(nodes.map((name) => stopChild(this.#children.get(name), NODE_STOP_MS_MAX)));
    if (this.#children.has('lamps')) this.#screen.note('waiting for the last lamps to turn red …');
    await stopChild(this.#children.get('lamps'), LAMPS_STOP_MS_MAX);
  }

  #report(): number {
    if (this.#failure !== undefined) throw new OperatorError(this.#failure);
    const traffic = this.#traffic?.summary();
    const summary = { ...this.#picture.summary(), ...(traffic && { traffic }) };
    this.#print(this.#options.json ? summaryLine(summary) : this.#screen.summary(summary));
    return summary.unsafe.length === 0 && summary.lampLines > 0 ? 0 : 1;
  }
}

type ProcessLine = Extract<JournalLine, { kind: 'process' }>;
