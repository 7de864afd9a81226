/**
 * Where a node is tried: the group that is played to it, what it says, its shadow, and what was
 * found. Scripts say one message after another here, and wait for what is said to it.
 */
import type { Message, Send } from '../protocol/event.ts';
import type { Address, Transport } from '../transport/transport.ts';
import { Conduct } from './conduct.ts';
import { Director, type Script } from './director.ts';
import { Ear, isOf, type Said, type Subject } from './ear.ts';
import { Group, type GroupOptions } from './group.ts';
import type { Guise, Part } from './part.ts';
import { Shadow } from './shadow.ts';
import { Verdicts } from './verdicts.ts';

export interface StageOptions extends GroupOptions {
  readonly transports: readonly [Transport, Transport];
  readonly target: Address;
}

export class Stage {
  readonly verdicts = new Verdicts();
  readonly group: Group;
  readonly ear: Ear;
  /** What the node has said. */
  readonly said: Said[] = [];
  shadow: Shadow | undefined;
  /** Why connections to the node were lost. */
  readonly losses: string[] = [];
  /** Questions that nothing was said to, one after another. */
  unanswered = 0;
  /** The answer by which it was known to have heard all that was said. */
  heardAll = { counter: 0, at: 0 };
  readonly options: StageOptions;
  readonly #conduct: Conduct;
  readonly #director: Director;
  /** When it beat last, and the longest time between two beats. In milliseconds. */
  #beatenMs: number | undefined;
  #pauseMs = 0;

  constructor(options: StageOptions) {
    this.options = options;
    const { clock, wall, district, target } = options;
    this.group = new Group(options);
    this.#director = new Director(clock);
    this.#conduct = new Conduct({ verdicts: this.verdicts, wall });
    this.ear = new Ear({
      target,
      district: district.name,
      group: this.group.name,
      isOurs: (id) => this.group.parts.some((part) => part.id === id),
      now: clock.now,
      heard: (said) => this.#hear(said),
      malformed: (why) => this.verdicts.check('form', false, () => why),
    });
  }

  get subject(): Subject {
    if (!this.ear.subject) throw new Error('nobody is tried yet');
    return this.ear.subject;
  }

  get now(): number {
    return this.options.clock.now();
  }

  async open(): Promise<void> {
    const { transports, target } = this.options;
    const [first] = this.group.parts;
    for (const [k, part] of this.group.parts.entries()) {
      await part.open(
        transports[k] as Transport,
        (bytes, origin) => {
          // Of what is for all, one of us keeps account.
          if (origin.via === 'one' || part === first) this.ear.hear(bytes, origin, part);
          this.#director.look();
        },
        (to, why) => {
          if (to.host === target.host && to.port === target.port) this.losses.push(why);
        },
      );
    }
    const say = (part: Part, message: Message) => {
      if (message.type === 'membership.announce') this.tell(part, message, 'all');
      else this.say(part, message);
    };
    this.group.begin(say, () => this.#director.look());
  }

  play(script: Script): Promise<void> {
    return this.#director.play(script);
  }

  async close(): Promise<void> {
    this.#conduct.close();
    await this.group.end();
  }

  until(ms: number, is: () => boolean): Script<boolean> {
    return this.#director.until(ms, is);
  }

  pause(ms: number): Script {
    return this.#director.pause(ms);
  }

  /** Says a message, and lets the shadow hear it; what the node should say. */
  say(by: Part, message: Message, via: 'all' | 'one' = 'all'): Send[] {
    this.tell(by, message, via);
    if (!this.shadow) return [];
    const says = this.shadow.hear(message, by);
    this.#conduct.note(this.shadow);
    // Beats say no more than what has been sent: else each would make the node ask for the rest.
    this.group.sent = this.shadow.standing.index;
    return says;
  }

  /** Says what the shadow is not to hear. */
  tell(by: Part, message: Message, via: 'all' | 'one' = 'one', guise: Guise = {}): void {
    this.send(by, by.bytesOf(message, guise), via);
  }

  send(by: Part, bytes: Uint8Array, via: 'all' | 'one' = 'one'): void {
    if (via === 'all') by.sayAll(bytes);
    else by.sayOne(this.options.target, bytes);
  }

  /** Whether it was said in the knowledge of all that had been said to the node. */
  isInformed({ counter, message: { at } }: Said): boolean {
    const { heardAll, group } = this;
    // Where numbers do not grow, what comes much later was said later.
    return counter > heardAll.counter || at > heardAll.at + group.timing.beatMs;
  }

  /** The node has taken the group: from now on it has a shadow. */
  beginShadow(): void {
    const { id, store } = this.subject;
    const { timing, name: group, parts } = this.group;
    this.shadow = new Shadow({ id, store, timing, group });
    for (const { id: peer, incarnation, store: kept, address } of parts) {
      const life = { peer, peerIncarnation: incarnation, store: kept };
      this.shadow.learn({ type: 'membership.joined', ...life, ...address });
    }
  }

  #hear(said: Said): void {
    this.said.push(said);
    this.#conduct.watch(said, this.subject, this.shadow);
    if (!isOf(said, 'detector.beat')) return;
    const { at, leader } = said.message;
    if (this.#beatenMs !== undefined) this.#pauseMs = Math.max(this.#pauseMs, at - this.#beatenMs);
    this.#beatenMs = at;
    if (this.isInformed(said)) this.#compareLeader(leader);
  }

  /** Who lost its leader without a word of ours is no shadow's node any more: it must lose it too. */
  #compareLeader(leader: string | undefined): void {
    const { shadow, group } = this;
    const known = shadow?.standing.leader ?? null;
    if (!shadow || known === null || group.isHeld || group.isLeaderSilent) return;
    if (leader !== undefined) {
      this.verdicts.check('keeps', leader === known, () => `it follows ${leader}, not ${known}`);
      return;
    }
    const { beatMs, acceptablePauseMs } = group.timing;
    // On a busy host beats come late, or are read late.
    const wereLate = Math.max(group.pauseMs, this.#pauseMs) > beatMs + acceptablePauseMs / 2;
    const detail = () => `it beats without a leader, though ${known} beats`;
    if (!wereLate) this.verdicts.check('keeps', false, detail);
    shadow.learn({ type: 'detector.suspected', peer: known, reason: 'lost', phi: 8 });
  }
}
