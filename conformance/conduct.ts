/** Watches over what must hold of a node at any time, whatever it is asked. */
import type { Message, Only } from '../protocol/event.ts';
import { isOf, type Said, type Subject } from './ear.ts';
import type { SentenceId } from './sentences.ts';
import type { Shadow } from './shadow.ts';
import type { Verdicts } from './verdicts.ts';

/** Timestamps are for people, and hosts may be wrong about the time; but not by a factor. */
const TIMESTAMP_FACTOR = 20;
/** Messages of a node that say which term it is in. */
const TERMED: ReadonlySet<string> = new Set([
  ...['detector.beat', 'election.vote', 'replica.ack', 'replica.nack', 'lease.grant'],
]);

export interface ConductOptions {
  readonly verdicts: Verdicts;
  readonly wall: () => number;
}

interface Counted {
  readonly counter: number;
  readonly what: string;
}

export class Conduct {
  readonly #options: ConductOptions;
  readonly #counters = new Map<number, string>();
  /** By way: the last number that came by it. */
  readonly #last = new Map<string, Counted>();
  /** By term: whom it voted for. */
  readonly #votes = new Map<number, string>();
  readonly #terms: { counter: number; term: number; what: string }[] = [];
  /** The farthest that its log ever matched. */
  #matched = 0;

  constructor(options: ConductOptions) {
    this.#options = options;
  }

  /** The shadow has heard something. */
  note({ standing }: Shadow): void {
    this.#matched = Math.max(this.#matched, standing.index);
  }

  watch(said: Said, subject: Subject, shadow: Shadow | undefined): void {
    this.#check('form', true, said);
    this.#header(said, subject);
    this.#counter(said);
    if (TERMED.has(said.message.type)) {
      const { term } = said.message as unknown as { term: number };
      this.#terms.push({ counter: said.counter, term, what: said.message.type });
    }
    if (shadow) this.#log(said, shadow);
    this.#office(said, subject);
  }

  /** Terms are compared when all has come: what goes to different hearers may overtake. */
  close(): void {
    const ordered = [...this.#terms].sort((a, b) => a.counter - b.counter);
    for (const [k, { term, what, counter }] of ordered.entries()) {
      const before = ordered[k - 1];
      const isBack = before !== undefined && before.term > term;
      this.#options.verdicts.check(
        'terms',
        !isBack,
        () => `${what} number ${counter} is of term ${term}, after ${before?.term}`,
      );
    }
  }

  #header({ message, timestamp }: Said, subject: Subject): void {
    const { verdicts, wall } = this.#options;
    const { incarnation } = message;
    const store = 'store' in message ? (message as { store: string }).store : subject.store;
    const limit = (wall() / 1000) * TIMESTAMP_FACTOR;
    const isRight =
      incarnation === subject.incarnation && store === subject.store && timestamp <= limit;
    verdicts.check(
      'header',
      isRight,
      () =>
        `${message.type}: incarnation ${incarnation} (announced ${subject.incarnation}), store ${store} (announced ${subject.store}), timestamp ${timestamp}`,
    );
  }

  #counter({ message, counter, via, by }: Said): void {
    const way = via === 'all' ? 'to all' : `to ${by.id}`;
    const what = `${message.type} ${way}`;
    const same = this.#counters.get(counter);
    const before = this.#last.get(way);
    const isBack = before !== undefined && counter <= before.counter;
    this.#options.verdicts.check('counter', same === undefined && !isBack, () =>
      same === undefined
        ? `${what} has number ${counter}, after ${before?.what} with ${before?.counter}`
        : `number ${counter} is of ${same} and of ${what}`,
    );
    this.#counters.set(counter, what);
    this.#last.set(way, { counter, what });
  }

  #log(said: Said, { standing }: Shadow): void {
    if (isOf(said, 'replica.ack')) {
      const { index } = said.message;
      const most = standing.index;
      this.#check('honest', index <= most, said, `its log matches up to ${most}`);
    }
    if (isOf(said, 'detector.beat')) {
      const { index } = said.message;
      const most = this.#matched;
      this.#check('honest', index <= most, said, `its log matched up to ${most} at most`);
    }
  }

  #office(said: Said, { id }: Subject): void {
    if (isOf(said, 'election.vote') && said.message.granted) {
      const { term } = said.message;
      const first = this.#votes.get(term) ?? said.by.id;
      this.#votes.set(term, first);
      const detail = `in term ${term} it votes for ${said.by.id} after ${first}`;
      this.#check('once', first === said.by.id, said, detail);
    }
    const isLeading =
      (isOf(said, 'detector.beat') && said.message.leader === id) ||
      isOf(said, 'replica.prepare') ||
      isOf(said, 'lease.renew');
    this.#check('alone', !isLeading, said, 'it leads, though nobody voted for it');
  }

  #check(id: SentenceId, held: boolean, { message }: Said, why = ''): void {
    const { index } = message as unknown as Partial<Only<Message, 'replica.ack'>>;
    const where = index === undefined ? '' : ` ${index}`;
    this.#options.verdicts.check(id, held, () => `${message.type}${where}: ${why}`);
  }
}
