/**
 * A client of SUMO's Traffic Control Interface: sends commands, gives their answers. It knows bytes
 * and no sockets, so that it runs wherever something carries them. After an answer that is
 * malformed or late it ends the connection, because whoever has lost his place in a stream does
 * not find it again.
 */
import {
  askVersion,
  type Command,
  closeSimulation,
  type OutcomesOf,
  readAnswers,
  setOrder,
  stepTo,
  type Version,
} from './traci-commands.ts';
import { TraciError } from './traci-error.ts';
import { MessageReader, messageOf } from './traci-frames.ts';
import type { Observations } from './traci-observations.ts';

/** Carries bytes to SUMO. */
export interface Pipe {
  write(bytes: Uint8Array): void;
  /** Ends now. The listener hears nothing more. */
  end(): void;
}

/** Hears what comes of a pipe. */
export interface PipeListener {
  heard(bytes: Uint8Array): void;
  /** Once, and why, in words. */
  ended(why: string): void;
}

export type OpenPipe = (listener: PipeListener) => Pipe;

/** The least version whose times are seconds and whose programs are as read here: SUMO 1.15 (2022). */
export const API_MIN = 20;
/** How long an answer may take: a step of a large network takes seconds, loading one, minutes. */
export const ANSWER_MS_MAX = 120_000;
/** Messages that may wait for their answer at once. */
const WAITING_MAX = 1000;

interface Waiting {
  readonly commands: readonly Command<unknown>[];
  answered(outcomes: readonly unknown[]): void;
  failed(error: TraciError): void;
}

/** What a step gives, and what SUMO would not do of what went before it. */
export interface Step extends Observations {
  readonly refused: readonly TraciError[];
}

export interface ClientOptions {
  readonly open: OpenPipe;
  readonly answerMsMax?: number;
}

export class TraciClient {
  readonly #pipe: Pipe;
  readonly #reader = new MessageReader();
  readonly #waiting: Waiting[] = [];
  readonly #answerMsMax: number;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #end: TraciError | undefined;

  constructor({ open, answerMsMax = ANSWER_MS_MAX }: ClientOptions) {
    this.#answerMsMax = answerMsMax;
    this.#pipe = open({
      heard: (bytes) => this.#heard(bytes),
      ended: (why) => this.#fail(new TraciError('closed', why), false),
    });
  }

  /** The first words. Rejects where SUMO is too old, and ends the connection. */
  async greet(place = 1): Promise<Version> {
    const version = await this.ask(askVersion);
    if (version.api < API_MIN) {
      const { api, software } = version;
      const error = new TraciError(
        'version',
        `${software} speaks version ${api} of TraCI, but ${API_MIN} is the least (SUMO 1.15)`,
      );
      this.#fail(error, true);
      throw error;
    }
    await this.ask(setOrder(place));
    return version;
  }

  /** Rejects with `TraciError` where SUMO refuses, and whenever the connection fails. */
  async ask<T>(command: Command<T>): Promise<T> {
    const [outcome] = await this.askAll([command] as const);
    if ('refused' in outcome) throw outcome.refused;
    return outcome.value;
  }

  /** Several commands in one message. Rejects only when the connection fails. */
  askAll<const C extends readonly Command<unknown>[]>(commands: C): Promise<OutcomesOf<C>> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      if (this.#waiting.length >= WAITING_MAX) {
        return reject(new TraciError('tooLong', `${WAITING_MAX} messages wait for an answer`));
      }
      const message = messageOf(commands.map(({ bytes }) => bytes));
      this.#waiting.push({
        commands,
        answered: (outcomes) => resolve(outcomes as unknown as OutcomesOf<C>),
        failed: reject,
      });
      if (this.#waiting.length === 1) this.#wait();
      this.#pipe.write(message);
    });
  }

  /** Does these and then makes a step, or all steps up to an instant, in one message. */
  async step(before: readonly Command<unknown>[] = [], timeS = 0): Promise<Step> {
    const outcomes = await this.askAll([...before, stepTo(timeS)]);
    const refused = outcomes.flatMap((outcome) => ('refused' in outcome ? [outcome.refused] : []));
    const last = outcomes.at(-1);
    if (!last || 'refused' in last) throw last?.refused ?? new TraciError('refused', 'no step');
    return { ...(last.value as Observations), refused };
  }

  /** Ends the simulation. Resolves with whether SUMO has taken that. */
  async close(): Promise<boolean> {
    const isTaken = await this.ask(closeSimulation).then(
      () => true,
      () => false,
    );
    this.#fail(new TraciError('closed', 'this client has closed the simulation'), true);
    return isTaken;
  }

  #heard(bytes: Uint8Array): void {
    try {
      this.#reader.read(bytes, (message) => this.#answer(message));
    } catch (error) {
      if (!(error instanceof TraciError)) throw error;
      this.#fail(error, true);
    }
  }

  #answer(message: Uint8Array): void {
    const waiting = this.#waiting[0];
    if (!waiting) throw new TraciError('malformed', 'SUMO answers a question that nobody asked');
    const outcomes = readAnswers(message, waiting.commands);
    this.#waiting.shift();
    this.#wait();
    waiting.answered(outcomes);
  }

  /** Gives the oldest question its time. */
  #wait(): void {
    clearTimeout(this.#patience);
    const command = this.#waiting[0]?.commands.at(-1)?.name;
    if (command === undefined) return;
    this.#patience = setTimeout(() => {
      this.#fail(new TraciError('late', `no answer in ${this.#answerMsMax} ms`, { command }), true);
    }, this.#answerMsMax);
  }

  #fail(error: TraciError, isOurs: boolean): void {
    if (this.#end) return;
    this.#end = error;
    clearTimeout(this.#patience);
    if (isOurs) this.#pipe.end();
    for (const { failed } of this.#waiting.splice(0)) failed(error);
  }
}
