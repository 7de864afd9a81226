/**
 * Makes journal lines of what an observer hears: what nodes tell of themselves in beats,
 * announcements and answers about their lamps. They keep no journal here, so that is all there is.
 */
import { arrivalsOf, phiAfter } from '../machines/phi.ts';
import type { Emitted, Heard } from '../protocol/event.ts';
import { facts, messages } from '../protocol/event.ts';
import { type JournalLine, messageId, type Seen, UNTOLD } from '../protocol/journal.ts';

/** Arrivals that φ is told from. */
const ARRIVALS_MAX = 60;

export interface WitnessOptions {
  /** The observer's own name. */
  readonly by: string;
  readonly beatMs: number;
  /** The observer's own clock, which stamps what is heard. */
  readonly now: () => number;
  readonly wall: () => number;
  readonly write: (line: JournalLine) => void;
}

interface Known {
  told: string;
  seen: Seen;
  lastAt: number | undefined;
  intervalsMs: number[];
}

export class Witness {
  readonly #options: WitnessOptions;
  readonly #known = new Map<string, Known>();
  /** Who is in the observer's view: words of others may be late, and must not bring back the dead. */
  readonly #view = new Set<string>();

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** Takes whatever travels on the observer's bus. */
  hear = (event: (Emitted | Heard) & { at: number }): void => {
    const { by, wall, write } = this.#options;
    if (isMessage(event)) {
      const { type, from: peer, bytes, incarnation, counter = 0 } = event;
      const id = messageId(incarnation, counter);
      write({ t: wall(), node: by, kind: 'heard', type, peer, id, bytes });
      this.#learn(event);
      return;
    }
    if (!Object.hasOwn(facts, event.type) || UNTOLD.has(event.type)) return;
    const { at: _, ...told } = event;
    write({ t: wall(), node: by, kind: 'fact', event: told as JournalFact });
    if (told.type === 'membership.joined') {
      this.#view.add(told.peer);
      this.#tell(told.peer, { incarnation: told.peerIncarnation });
    } else if (told.type === 'membership.left') {
      this.#known.delete(told.peer);
      this.#view.delete(told.peer);
      write({ t: wall(), node: told.peer, kind: 'seen', by, standing: 'gone' });
    }
  };

  /** Tells how silent each is. To be called now and then. */
  look(): void {
    const { now, beatMs } = this.#options;
    for (const [node, { lastAt, intervalsMs }] of this.#known) {
      if (lastAt === undefined) continue;
      const arrivals = arrivalsOf(intervalsMs, { expectedMs: beatMs, floorMs: beatMs / 8 });
      const phi = Math.max(0, phiAfter(now() - lastAt, arrivals));
      this.#tell(node, { phi: Math.round(phi * 10) / 10 });
    }
  }

  #learn(message: Heard): void {
    const { from, incarnation, group } = message;
    switch (message.type) {
      case 'detector.beat': {
        const { term, leader, commit, at } = message;
        this.#beat(from, at);
        this.#tell(from, {
          incarnation,
          group,
          term,
          commit,
          ...(leader !== undefined && { leader }),
        });
        return;
      }
      case 'membership.announce': {
        const { term, leader, phase } = message;
        if (phase === 'observer') return;
        this.#tell(from, { incarnation, group, term, ...(leader !== undefined && { leader }) });
        return;
      }
      case 'phases.tell': {
        const { stage, mode, plan } = message;
        this.#tell(from, {
          mode,
          ...(stage !== undefined && { stage }),
          ...(plan !== undefined && { plan }),
        });
        return;
      }
    }
  }

  #beat(node: string, at: number): void {
    const known = this.#of(node);
    if (known.lastAt !== undefined) known.intervalsMs.push(at - known.lastAt);
    if (known.intervalsMs.length > ARRIVALS_MAX) known.intervalsMs.shift();
    known.lastAt = at;
  }

  /** Writes what is known of a node, when it is not what was written last. */
  #tell(node: string, seen: Seen): void {
    const { by, wall, write } = this.#options;
    const known = this.#of(node);
    const { leader: _, ...rest } = known.seen;
    // A beat without a leader says that there is none; other words say nothing of it.
    const isOfLeader = seen.term !== undefined;
    known.seen = { ...(isOfLeader ? rest : known.seen), ...seen };
    const told = JSON.stringify(known.seen);
    if (told === known.told || !this.#view.has(node)) return;
    known.told = told;
    write({ t: wall(), node, kind: 'seen', by, standing: 'there', ...known.seen });
  }

  #of(node: string): Known {
    const known = this.#known.get(node) ?? {
      told: '',
      seen: {},
      lastAt: undefined,
      intervalsMs: [],
    };
    this.#known.set(node, known);
    return known;
  }
}

type JournalFact = Extract<JournalLine, { kind: 'fact' }>['event'];

const isMessage = (event: { type: string }): event is Heard => Object.hasOwn(messages, event.type);
