/**
 * Decides what of all that a network carries a node's machines hear. In this order, cheapest first:
 * its length, its seal, its form, whether it concerns this node, whether it is new. What is refused
 * is counted and told; what merely does not concern us is dropped without a word.
 */
import type { NodeInput } from '../machines/node.ts';
import { type Decoded, isOpen } from '../protocol/codec.ts';
import { isOperators } from '../protocol/command.ts';
import type { Heard } from '../protocol/event.ts';
import { type Author, isSealed, SEALED_TEXT, type Seal, sealFaultText } from '../protocol/seal.ts';
import { DATAGRAM_BYTES_MAX, FRAME_BYTES_MAX, type Origin } from '../transport/transport.ts';
import { Bucket } from './bucket.ts';
import { latestTermOf, placeIn } from './claims.ts';
import { Flood } from './flood.ts';
import { isOfWires, Newness, said } from './newness.ts';
import { INDEX_STEP_MAX, Pace, TERM_STEP_MAX } from './pace.ts';
import type { Proof } from './proof.ts';
import { RecentSeals } from './recent-seals.ts';
import type { Refusals } from './refusals.ts';

/** So much of what was said before comes by networks that repeat it. */
const REPETITIONS = { aSecond: 5, atOnce: 20 };

/** What may be heard under our own id: from another node that goes by it. */
const DOUBLE_SAYS: ReadonlySet<string> = new Set([
  'membership.announce',
  'membership.challenge',
  'membership.present',
]);

/** A message without the time when it came, and its counter. */
export type Arrived = Omit<Heard, 'at' | 'counter'>;

export interface GateOptions {
  readonly node: NodeInput;
  readonly decode: (bytes: Uint8Array) => Decoded;
  readonly refusals: Refusals;
  readonly now: () => number;
  /** Where the node's log ends. */
  readonly logEnd: () => number;
  /** With keys: what opens seals, and what asks those for proof that nothing is remembered of. */
  readonly keyed: { readonly seal: Seal; readonly proof: Proof } | undefined;
  /** Told what came once more, where it had to be opened to be known again. */
  readonly repeated: (message: Arrived, counter: number) => void;
}

/** What the machines are to hear, and its place among what its sender says. */
export interface Admitted {
  readonly message: Arrived;
  readonly counter: number;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #newness: Newness;
  readonly #flood: Flood;
  readonly #terms: Pace;
  readonly #places: Pace;
  readonly #seals = new RecentSeals();
  readonly #repetitions: Bucket;
  /** Which life of a peer is in the view: another one's words do not count. */
  readonly #lives = new Map<string, number>();
  #group = '';

  constructor(options: GateOptions) {
    this.#options = options;
    this.#newness = new Newness(options.now, options.keyed?.proof);
    this.#flood = new Flood(options.now);
    this.#repetitions = new Bucket(REPETITIONS, options.now());
    this.#terms = new Pace(options.now, TERM_STEP_MAX);
    this.#places = new Pace(options.now, INDEX_STEP_MAX);
  }

  /** The node belongs to this group from now on. */
  set group(group: string) {
    this.#group = group;
  }

  get group(): string {
    return this.#group;
  }

  /** The node is in this term. */
  entered(term: number): void {
    this.#terms.reached(term);
  }

  /** This life of a peer is in the view. */
  joined(peer: string, incarnation: number): void {
    this.#lives.set(peer, incarnation);
    this.#flood.joined(peer);
  }

  left(peer: string): void {
    this.#lives.delete(peer);
    this.#flood.left(peer);
  }

  /** What the machines are to hear of these bytes, if anything. */
  admit(bytes: Uint8Array, origin: Origin): Admitted | undefined {
    const author = this.#authorOf(bytes, origin);
    if (author === undefined) return undefined;
    const decoded = this.#options.decode(bytes);
    if ('refused' in decoded) {
      const detail = () => decoded.refused;
      this.#options.refusals.add({ why: decoded.fault, source: origin.host, detail });
      return undefined;
    }
    const { message, counter } = decoded;
    if (!this.#isForUs(message)) return undefined;
    const newness = this.#newness.of(decoded, origin);
    if (newness === 'repeated') this.#hearAgain(message, counter, origin);
    if (newness === 'unproven') this.#tellUnproven(message);
    if (newness !== 'new') return undefined;
    if (this.#isTooMuch(message) || this.#isAhead(message)) return undefined;
    return this.#mayBeSaid(message, author) ? { message, counter } : undefined;
  }

  /** Who wrote it, when its length and its seal are as they must be. */
  #authorOf(bytes: Uint8Array, { via, host: source }: Origin): Author | undefined {
    const { refusals, keyed } = this.#options;
    const limit = via === 'all' ? DATAGRAM_BYTES_MAX : FRAME_BYTES_MAX;
    if (bytes.length > limit) {
      const detail = () => `${bytes.length} bytes are more than ${limit}`;
      refusals.add({ why: 'too long', source, detail });
      return undefined;
    }
    if (!keyed) {
      if (!isSealed(bytes)) return 'operator';
      refusals.add({ why: 'sealed', source, detail: () => SEALED_TEXT });
      return undefined;
    }
    if (this.#seals.has(bytes)) {
      this.#tellSaidBefore(source);
      return undefined;
    }
    const opened = keyed.seal.open(bytes);
    if ('by' in opened) {
      this.#seals.add(bytes);
      return opened.by;
    }
    const detail = () => sealFaultText[opened.fault];
    refusals.add({ why: opened.fault, source, detail });
    return undefined;
  }

  #hearAgain(message: Arrived, counter: number, { host }: Origin): void {
    this.#options.repeated(message, counter);
    if (this.#options.keyed) this.#tellSaidBefore(host);
  }

  /** Networks repeat a datagram now and then: that is nobody's fault, and is not told. */
  #tellSaidBefore(source: string): void {
    if (this.#repetitions.take(this.#options.now())) return;
    const detail = () => 'what was said before comes again, and more of it than networks repeat';
    this.#options.refusals.add({ why: 'said before', source, detail });
  }

  #tellUnproven({ from: source, type }: Arrived): void {
    const detail = () => `${type} of ${source}, who was asked in vain whether he speaks now`;
    this.#options.refusals.add({ why: 'unproven', source, detail });
  }

  /** Whether a message concerns this node: of its district, its group, and a life that counts. */
  #isForUs(message: Arrived): boolean {
    const { type, from, group, incarnation } = message;
    if (from === this.#options.node.id && !this.#isDouble(message)) return false;
    // Nodes meet before they share a group, but never across districts.
    if (isOpen(type)) return !('district' in message) || this.#isOurDistrict(message);
    if (this.#group === '' || group !== this.#group) return false;
    const life = this.#lives.get(from);
    return life === undefined || life === incarnation;
  }

  #isOurDistrict({ district, from }: Arrived & { district: unknown }): boolean {
    const { node, keyed, refusals } = this.#options;
    if (district === node.district) return true;
    // Without keys, districts may share a network; with them, nobody else has ours.
    const detail = () => `it is of the district ${JSON.stringify(district)}`;
    if (keyed) refusals.add({ why: 'another district', source: from, detail });
    return false;
  }

  /** Whether this is another node under our id, and not the echo of our own words. */
  #isDouble(message: Arrived): boolean {
    const { node } = this.#options;
    if (isOfWires(message)) return message.incarnation !== node.incarnation;
    if (!DOUBLE_SAYS.has(message.type)) return false;
    return 'store' in message && message.store !== node.store;
  }

  #isTooMuch({ from, type }: Arrived): boolean {
    if (this.#flood.allows(from, type)) return false;
    const detail = () => `${from} says too much at once: one ${type} less is heard`;
    this.#options.refusals.add({ why: 'too many', source: from, detail });
    return true;
  }

  /** Whether what it says of terms and places in the log cannot have come about. */
  #isAhead(message: Arrived): boolean {
    const { refusals } = this.#options;
    const { from: source, type } = message;
    if ('term' in message) {
      const term = message.term as number;
      const latest = latestTermOf(message);
      if (latest > term) {
        const detail = () => `${type} of term ${term} tells of a log in term ${latest}`;
        refusals.add({ why: 'term ahead', source, detail });
        return true;
      }
      if (!this.#terms.allows(term)) {
        const detail = () => `${type} is of term ${term}, more than ${TERM_STEP_MAX} ahead`;
        refusals.add({ why: 'term ahead', source, detail });
        return true;
      }
    }
    const place = placeIn(message);
    if (place <= INDEX_STEP_MAX || this.#isInReach(place)) return false;
    const detail = () => `${type} is of entry ${place}, more than ${INDEX_STEP_MAX} ahead`;
    refusals.add({ why: 'entry ahead', source, detail });
    return true;
  }

  /** The node is asked how far it has come only by what is far ahead of where all logs begin. */
  #isInReach(place: number): boolean {
    this.#places.reached(this.#options.logEnd());
    return this.#places.allows(place);
  }

  /** Operators have a key of their own for what only they may say. */
  #mayBeSaid(message: Arrived, author: Author): boolean {
    const { keyed, refusals } = this.#options;
    if (author === 'operator' || message.type !== 'replica.propose') return true;
    if (!keyed?.seal.hasOperators) return true;
    const { command, from: source } = said<'replica.propose'>(message);
    if (!isOperators(command)) return true;
    const detail = () => `${command.kind} takes the operator’s key`;
    refusals.add({ why: 'no operator', source, detail });
    return false;
  }
}
