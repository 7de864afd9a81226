/**
 * Runs real `greenwave` processes for tests: starts them, reads their journals, waits for what they
 * say with a bound, and ends by id whatever it started.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Fact } from '../../protocol/event.ts';
import type { JournalLine } from '../../protocol/journal.ts';

const program = fileURLToPath(new URL('../../dist/bin/greenwave.js', import.meta.url));
/** Generous, because test machines are busy; every wait ends as soon as its event comes. */
const WAIT_MS = 30_000;

/** A discovery port that no other test of this run uses, so that districts do not meet. */
export const discoveryPort = (place: number): number =>
  30_000 + ((process.pid * 16 + place) % 20_000);

/** Processes that were started with these words. */
export const processesWith = (words: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(words);
    } catch {
      return false; // It has just ended.
    }
  });

/** How a process is started, where not as a plain one of this host. */
export interface Launch {
  /** A command that becomes the process, such as one that enters a host first. */
  readonly via?: readonly string[];
  /** For Node itself. */
  readonly flags?: readonly string[];
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told each line of the journal, with its text. */
  readonly heard?: (line: JournalLine, text: string) => void;
}

export class Process {
  readonly lines: JournalLine[] = [];
  readonly rubbish: string[] = [];
  stderr = '';
  stdout = '';
  code: number | null | undefined;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #news = new EventEmitter();

  readonly #heard: Launch['heard'];

  constructor(
    args: readonly string[],
    cwd: string,
    { via = [], flags = [], env, heard }: Launch = {},
  ) {
    this.#heard = heard;
    const [command = '', ...rest] = [...via, process.execPath, ...flags, program, ...args];
    this.#child = spawn(command, rest, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    this.pid = this.#child.pid ?? 0;
    this.#news.setMaxListeners(0);
    const { stdout, stderr } = this.#child;
    if (stdout) createInterface({ input: stdout }).on('line', (text) => this.#read(text));
    stderr?.on('data', (data) => {
      this.stderr += String(data);
      this.#news.emit('news');
    });
    this.#child.on('exit', (code) => {
      this.code = code;
      this.#news.emit('news');
    });
  }

  #read(text: string): void {
    this.stdout += `${text}\n`;
    try {
      const line = JSON.parse(text) as JournalLine;
      this.lines.push(line);
      this.#heard?.(line, text);
    } catch {
      this.rubbish.push(text);
    }
    this.#news.emit('news');
  }

  /** Resolves with what `look` finds as soon as it finds something. */
  async until<T>(sought: string, look: () => T | undefined | false, limitMs = WAIT_MS): Promise<T> {
    const deadline = AbortSignal.timeout(limitMs);
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      try {
        await once(this.#news, 'news', { signal: deadline });
      } catch {
        const last = this.lines.slice(-5).map((line) => JSON.stringify(line).slice(0, 300));
        const said = `${last.join('\n')}\n${this.stderr.slice(-2000)}`;
        throw new Error(`waited ${limitMs} ms in vain for: ${sought}\nlast heard:\n${said}`);
      }
    }
  }

  /** The first fact of this type at or after line `from` that `is` accepts. */
  fact<K extends Fact['type']>(
    type: K,
    is: (event: Extract<Fact, { type: K }>, line: JournalLine) => boolean = () => true,
    from = 0,
  ): Promise<Extract<Fact, { type: K }>> {
    return this.until(type, () => this.findFact(type, is, from));
  }

  findFact<K extends Fact['type']>(
    type: K,
    is: (event: Extract<Fact, { type: K }>, line: JournalLine) => boolean = () => true,
    from = 0,
  ): Extract<Fact, { type: K }> | undefined {
    for (const line of this.lines.slice(from)) {
      if (line.kind !== 'fact' || line.event.type !== type) continue;
      const event = line.event as Extract<Fact, { type: K }>;
      if (is(event, line)) return event;
    }
    return undefined;
  }

  ended(limitMs = WAIT_MS): Promise<number | null> {
    return this.until(
      'the end of the process',
      () => (this.code === undefined ? undefined : { code: this.code }),
      limitMs,
    ).then(({ code }) => code);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

/** Everything one test starts. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'greenwave-test-'));
  readonly #processes: Process[] = [];

  get processes(): readonly Process[] {
    return this.#processes;
  }

  start(...args: readonly string[]): Process {
    return this.launch(args);
  }

  launch(args: readonly string[], how: Launch = {}): Process {
    const process = new Process(args, this.folder, how);
    this.#processes.push(process);
    return process;
  }

  file(name: string, content: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Ends what still runs: cleanly, because a command ends the processes it started itself. */
  async clear(): Promise<void> {
    const running = this.#processes.filter(({ code }) => code === undefined);
    for (const process of running) process.signal('SIGCONT');
    for (const process of running) process.signal('SIGTERM');
    await Promise.all(
      running.map(async (process) => {
        await process.ended(20_000).catch(() => process.signal('SIGKILL'));
      }),
    );
    rmSync(this.folder, { recursive: true, force: true });
  }
}
