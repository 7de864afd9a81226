/**
 * Carries frames from one port to another in a memory network as TCP would: in order, without
 * loss, and with the same ends. A closed port refuses, a dead peer resets, a cut holds everything
 * up until it is mended or patience runs out.
 *
 * No clock is asked for the order: each frame has a timer, and whichever timer fires delivers the
 * frame that is first in the queue.
 */
import { QUEUE_BYTES_MAX, QUEUE_SPARE_BYTES_MAX } from './limits.ts';
import type { Hearer, Host, Links } from './memory-links.ts';
import type { Address, Loss } from './transport.ts';

export interface MemoryConnectionOptions {
  readonly links: Links;
  readonly from: Host;
  readonly to: Address;
  /** The host at `to`; there may be none. */
  readonly peer: Host | undefined;
  /** Told once, possibly during `send`: nothing sent from now on gets through. */
  ended(why: Loss): void;
}

export class MemoryConnection {
  readonly #options: MemoryConnectionOptions;
  readonly #frames: Uint8Array[] = [];
  #framesBytes = 0;
  /** Frames whose latency has passed. */
  #due = 0;
  /** Whom the frames go to: the one port that took the connection, not its successor. */
  #hearer: Hearer | undefined;
  #state: 'connecting' | 'established' | 'ended' = 'connecting';
  /** Why frames that are due wait: a packet is being sent again, or the way is cut. */
  #heldBy: 'loss' | 'cut' | undefined;
  /** Counts the times the way was mended, so that patience begun before means nothing after. */
  #mends = 0;
  #isImpatient = false;

  constructor(options: MemoryConnectionOptions) {
    this.#options = options;
    const { links } = options;
    links.later(this.#shakeHands, links.latencyMs() + links.latencyMs());
  }

  send(bytes: Uint8Array, isSpare = false) {
    if (isSpare && this.#framesBytes + bytes.length >= QUEUE_SPARE_BYTES_MAX) return;
    if (this.#framesBytes + bytes.length >= QUEUE_BYTES_MAX) return this.#end('overflow');
    this.#frames.push(bytes);
    this.#framesBytes += bytes.length;
    if (this.#state === 'established') this.#sendFrame();
  }

  /** The sender's process died. What its kernel had sent still arrives, the rest does not. */
  senderCrashed() {
    if (this.#state === 'connecting') this.#end('reset');
  }

  /** The peer's port is gone; its host says so, if it can. */
  peerClosed() {
    if (this.#state !== 'established') return; // Who is still connecting will be refused.
    const { links } = this.#options;
    const hear = () => {
      if (this.#isHeardFrom()) this.#end('reset');
    };
    links.later(hear, links.latencyMs());
  }

  /** Some way was mended, possibly this one: what is held up is sent again. */
  mended() {
    if (!this.#isReached() || !this.#isHeardFrom()) return;
    this.#mends += 1;
    this.#isImpatient = false;
    if (this.#heldBy !== 'cut') return;
    const { links } = this.#options;
    links.later(this.#resume, links.faults.retransmitMs);
  }

  readonly #shakeHands = () => {
    if (this.#state !== 'connecting') return;
    if (!this.#isReached() || !this.#isHeardFrom()) return this.#hold();
    const { peer, to } = this.#options;
    this.#hearer = peer?.address.port === to.port ? peer.hearer : undefined;
    if (!this.#hearer) return this.#end('refused');
    this.#state = 'established';
    for (let count = this.#frames.length; count > 0; count -= 1) this.#sendFrame();
  };

  #sendFrame() {
    const { links, from, peer } = this.#options;
    links.later(this.#arrive, links.latencyMs() + links.delayMs(from, peer));
  }

  readonly #arrive = () => {
    this.#due += 1;
    if (this.#heldBy) return;
    const { links } = this.#options;
    if (!links.happens(links.faults.lossRatio)) return this.#deliver();
    this.#heldBy = 'loss';
    links.later(this.#resume, links.faults.retransmitMs);
  };

  readonly #resume = () => {
    this.#heldBy = undefined;
    if (this.#state === 'connecting') this.#shakeHands();
    else this.#deliver();
  };

  #deliver() {
    const { from, peer } = this.#options;
    while (this.#due > 0 && this.#state === 'established') {
      if (!this.#isReached()) return this.#hold();
      if (peer?.hearer !== this.#hearer) {
        if (this.#isHeardFrom()) this.#end('reset');
        else this.#loseHope();
        return;
      }
      this.#due -= 1;
      const frame = this.#frames.shift()!;
      this.#framesBytes -= frame.length;
      this.#hearer?.heard(frame, from.toOne);
      if (!this.#isHeardFrom()) this.#loseHope(); // It arrives, but no answer comes back.
    }
  }

  #hold() {
    this.#heldBy = 'cut';
    this.#loseHope();
  }

  /** Gives the peer up, unless the way is mended before. */
  #loseHope() {
    if (this.#isImpatient) return;
    this.#isImpatient = true;
    const { links } = this.#options;
    const mends = this.#mends;
    const giveUp = () => {
      if (mends === this.#mends) this.#end('unreachable');
    };
    links.later(giveUp, links.faults.unreachableMs);
  }

  #isReached(): boolean {
    const { links, from, peer } = this.#options;
    return peer !== undefined && links.reaches(from, peer);
  }

  #isHeardFrom(): boolean {
    const { links, from, peer } = this.#options;
    return peer !== undefined && links.reaches(peer, from);
  }

  #end(why: Loss) {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#frames.length = 0;
    this.#framesBytes = 0;
    this.#options.ended(why);
  }
}
