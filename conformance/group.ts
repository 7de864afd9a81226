/**
 * The group that is played: two parts that announce themselves and beat as members do, the log of
 * whoever of them leads, and its term. It goes on by itself while scripts wait.
 */
import type { Clock } from '../actors/clock.ts';
import { PROTOCOL_VERSION } from '../protocol/codec.ts';
import type { Message } from '../protocol/event.ts';
import type { Seal } from '../protocol/seal.ts';
import { type Contract, contractDigest } from '../protocol/timing.ts';
import { Ledger } from './ledger.ts';
import { Part } from './part.ts';

export interface GroupOptions {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wall: () => number;
  readonly district: { readonly name: string; readonly contract: Contract };
  readonly seal?: Seal | undefined;
}

/** How often it is looked whether something is due. */
const TICK_MS = 40;
/** How often the parts announce themselves. */
const ANNOUNCE_MS = 500;
/** Beats wait for an exchange to end, but no longer than this. */
const HOLD_MS = 150;

export class Group {
  readonly name: string;
  readonly parts: readonly [Part, Part];
  readonly ledger: Ledger;
  /** Who leads, as the parts say; and in which term they are. */
  leader: Part | null;
  term = 1;
  /** Up to where the leader says that its log goes: no farther than what it has sent. */
  sent = 0;
  /** The longest time between two beats of one leader. In milliseconds. */
  pauseMs = 0;
  #isLeaderSilent = false;
  #heldMs: number | undefined;
  #beatenMs: number | undefined;
  #announcedMs = Number.NEGATIVE_INFINITY;
  #ticking: unknown;
  readonly #options: GroupOptions;

  constructor(options: GroupOptions) {
    this.#options = options;
    const { clock, wall, district, seal } = options;
    const incarnation = Math.floor(wall());
    const tail = incarnation.toString(36);
    this.name = `1.3.conform.${tail}`;
    const common = { incarnation, group: this.name, district: district.name, clock, wall, seal };
    const part = (letter: string) =>
      new Part({ id: `conform-${letter}-${tail}`, store: `${letter}-${tail}`, ...common });
    this.parts = [part('a'), part('b')];
    this.leader = this.parts[0];
    const voters = this.parts.map(({ id: node, store }) => ({ node, store }));
    const members = voters.map((voter) => ({ ...voter, links: [] }));
    this.ledger = new Ledger({ index: 3, term: 1, state: { voters, members } });
  }

  get timing() {
    return this.#options.district.contract.timing;
  }

  /** Goes on until `end`. `say` sends to all; `looked` is called after each look. */
  begin(say: (part: Part, message: Message) => void, looked: () => void): void {
    const look = () => {
      this.#look(say);
      this.#ticking = this.#options.clock.setTimeout(look, TICK_MS);
      looked();
    };
    look();
  }

  async end(): Promise<void> {
    this.#options.clock.clearTimeout(this.#ticking);
    for (const part of this.parts) await part.close();
  }

  other(part: Part): Part {
    return part === this.parts[0] ? this.parts[1] : this.parts[0];
  }

  /** While something is asked, beats wait. */
  hold(isHeld: boolean): void {
    this.#heldMs = isHeld ? this.#options.clock.now() : undefined;
  }

  get isHeld(): boolean {
    return this.#heldMs !== undefined;
  }

  /** The leader is not heard any more, as if it were gone; or again. */
  set isLeaderSilent(isSilent: boolean) {
    this.#isLeaderSilent = isSilent;
    this.#beatenMs = undefined;
  }

  get isLeaderSilent(): boolean {
    return this.#isLeaderSilent;
  }

  beatOf({ store }: Part): Message {
    const isLed = this.leader !== null && !this.#isLeaderSilent;
    return {
      type: 'detector.beat',
      term: this.term,
      ...(isLed && { leader: this.leader?.id ?? '' }),
      store,
      index: this.sent,
      commit: Math.min(this.sent, this.ledger.commit),
    };
  }

  announcementOf({ store, address }: Part, asks: boolean): Message {
    const { name: district, contract } = this.#options.district;
    return {
      type: 'membership.announce',
      district,
      ...address,
      store,
      phase: 'member',
      asks,
      versions: [PROTOCOL_VERSION, PROTOCOL_VERSION],
      contract: contractDigest(contract),
      ...(this.leader && { leader: this.leader.id }),
      term: this.term,
    };
  }

  #look(say: (part: Part, message: Message) => void): void {
    const now = this.#options.clock.now();
    if (now - this.#announcedMs >= ANNOUNCE_MS) {
      this.#announcedMs = now;
      for (const part of this.parts) say(part, this.announcementOf(part, false));
    }
    const isHeld = this.#heldMs !== undefined && now - this.#heldMs < HOLD_MS;
    const sinceMs = now - (this.#beatenMs ?? Number.NEGATIVE_INFINITY);
    if (isHeld || sinceMs < this.timing.beatMs) return;
    if (this.#beatenMs !== undefined) this.pauseMs = Math.max(this.pauseMs, sinceMs);
    this.#beatenMs = now;
    for (const part of this.parts) {
      if (part !== this.leader || !this.#isLeaderSilent) say(part, this.beatOf(part));
    }
  }
}
