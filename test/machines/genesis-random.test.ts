/**
 * Genesis of a few nodes in thousands of random orders, with loss, repetition, crashes and clocks
 * that run as they like: never are two groups founded, and in the end one is.
 */
import { expect, test } from 'vitest';
import { genesisMachine } from '../../machines/genesis.ts';
import type { Emitted, Message, Write } from '../../protocol/event.ts';
import { random } from '../../simulation/random.ts';
import { type Disk, recovered, written } from '../../simulation/search/disk.ts';
import { input, settled, sighted } from './genesis-words.ts';
import { heard, Play } from './play.ts';

interface Node {
  readonly id: string;
  play: Play<typeof genesisMachine>;
  disk: Disk;
  writes: Write[];
  isUp: boolean;
}

interface Letter {
  readonly from: string;
  readonly to: string;
  readonly message: Message;
}

/** `GENESIS_SEEDS=50` looks at so many times more seeds. */
const MORE = Number(process.env['GENESIS_SEEDS'] ?? 1);
/** Letters under way, for each node. */
const LETTERS_MAX = 4;
/** Turns come quickly, so that ballots get into each other's way. */
const hasty = { ...input.timing, discoveryMs: 80, retryMs: 120 };

/** A district of nodes in which everything happens when the seed says so. */
class Founding {
  readonly nodes: Node[];
  readonly #draw;
  readonly #expect: number;
  #letters: Letter[] = [];
  #isWild = true;
  /** Every group that a node ever said it belongs to. */
  readonly groups = new Set<string>();

  constructor(seed: number, { count, expected }: { count: number; expected: number }) {
    this.#draw = random(seed, 'founding');
    this.#expect = expected;
    this.nodes = Array.from({ length: count }, (_, k) => {
      const id = String.fromCharCode(97 + k);
      return { id, play: this.#begin(id, {}), disk: {}, writes: [], isUp: true };
    });
    for (const node of this.nodes) this.#hear(node, settled);
  }

  /** The greatest round that any node has heard of. */
  get ballots(): number {
    return Math.max(...this.nodes.map(({ play }) => play.snapshot.context.heard));
  }

  step(): void {
    const node = this.#draw.pick(this.nodes);
    const dice = this.#draw.below(100);
    if (dice < 50) this.#deliver();
    else if (dice < 75) this.#write(node);
    else if (dice < 85) this.#pass(node, this.#draw.below(400));
    else if (dice < 95) this.#greet(node, this.#draw.pick(this.nodes));
    else if (dice < 97) this.#crash(node);
    else this.#start(node);
  }

  /** Everybody is up, hears and meets everybody, until all have a group or time is up. */
  calm(): void {
    this.#isWild = false;
    for (const node of this.nodes) this.#start(node);
    for (let turn = 0; turn < 200 && !this.nodes.every((node) => isFormed(node)); turn += 1) {
      for (const node of this.nodes) {
        for (const other of this.nodes) this.#meet(node, other);
        this.#pass(node, 100);
      }
      for (let k = 0; k < 4; k += 1) {
        for (const node of this.nodes) while (node.writes.length > 0) this.#write(node);
        for (const letter of this.#letters.splice(0)) this.#hand(letter);
      }
    }
  }

  #begin(id: string, disk: Disk): Play<typeof genesisMachine> {
    const { group: stored, ballot } = recovered(disk);
    const who = { id, store: `s${id}`, expect: this.#expect, timing: hasty };
    return new Play(genesisMachine, { ...input, ...who, stored, ballot });
  }

  #deliver(): void {
    if (this.#letters.length === 0) return;
    const place = this.#draw.below(this.#letters.length);
    const letter = this.#letters[place] as Letter;
    const fate = this.#draw.next();
    // A tenth comes again later, a fifth is lost.
    if (fate > 0.1) this.#letters.splice(place, 1);
    if (fate < 0.8) this.#hand(letter);
  }

  #hand({ from, to, message }: Letter): void {
    const node = this.nodes.find(({ id }) => id === to) as Node;
    if (node.isUp) this.#hear(node, heard(from, message) as never);
  }

  #write(node: Node): void {
    const [write] = node.writes;
    if (!write || !node.isUp) return;
    node.writes.shift();
    node.disk = written(node.disk, write);
    const { owner, ticket } = write;
    this.#hear(node, { type: 'storage.written', owner, ticket });
  }

  #pass(node: Node, ms: number): void {
    if (node.isUp) this.#take(node, node.play.pass(ms));
  }

  #meet(node: Node, other: Node): void {
    if (!node.isUp || !other.isUp || node === other) return;
    const { group } = other.play.snapshot.context;
    this.#hear(node, sighted(other.id, isFormed(other) ? group : ''));
  }

  /** Whoever has a group keeps it to itself as long as it is wild, so that ballots go on. */
  #greet(node: Node, other: Node): void {
    if (!isFormed(other)) this.#meet(node, other);
  }

  /** Some of what was asked to be written is on disk all the same, in its order. */
  #crash(node: Node): void {
    if (!node.isUp) return;
    const kept = this.#draw.below(node.writes.length + 1);
    node.disk = node.writes.slice(0, kept).reduce(written, node.disk);
    node.writes = [];
    node.isUp = false;
  }

  #start(node: Node): void {
    if (node.isUp) return;
    node.isUp = true;
    node.play = this.#begin(node.id, node.disk);
    this.#hear(node, settled);
  }

  #hear(node: Node, event: Parameters<Play<typeof genesisMachine>['hear']>[0]): void {
    this.#take(node, node.play.hear(event));
  }

  #take(node: Node, said: readonly Emitted[]): void {
    for (const event of said) {
      if (event.type === 'storage.write') node.writes.push(event);
      if (event.type === 'genesis.formed') this.groups.add(event.group);
      if (event.type !== 'wire.send') continue;
      const { message } = event;
      const others = this.nodes.filter(({ id }) => id !== node.id);
      this.#letters.push(...others.map(({ id: to }) => ({ from: node.id, to, message })));
      // What is under way for long is lost.
      if (this.#isWild) this.#letters = this.#letters.slice(-LETTERS_MAX * this.nodes.length);
    }
  }
}

const isFormed = ({ play }: Node) => play.value === 'formed';

test.each([
  { count: 3, expected: 3, seeds: 60 * MORE, steps: 300 },
  { count: 5, expected: 5, seeds: 30 * MORE, steps: 700 },
  { count: 4, expected: 5, seeds: 30 * MORE, steps: 500 },
])(
  'of $count nodes of $expected expected never two groups are founded, and in the end one is',
  ({ count, expected, seeds, steps }) => {
    const early = { founded: 0, ballots: 0 };
    for (let seed = 1; seed <= seeds; seed += 1) {
      const founding = new Founding(seed, { count, expected });
      for (let k = 0; k < steps; k += 1) founding.step();
      early.founded += founding.groups.size;
      early.ballots = Math.max(early.ballots, founding.ballots);
      expect(founding.groups.size, `seed ${seed}`).toBeLessThanOrEqual(1);
      founding.calm();
      expect(founding.groups.size, `seed ${seed}`).toBe(1);
      expect(founding.nodes.every(isFormed), `seed ${seed}`).toBe(true);
    }
    // The orders are not so wild that nothing is founded in them.
    expect(early.founded).toBeGreaterThan(seeds / 15);
    expect(early.ballots).toBeGreaterThan(3);
  },
  60_000 * MORE,
);

test('of three nodes that expect nobody each may found a group of its own', () => {
  const sizes = Array.from({ length: 20 }, (_, k) => {
    const founding = new Founding(k + 1, { count: 3, expected: 1 });
    for (let step = 0; step < 250; step += 1) founding.step();
    return founding.groups.size;
  });
  expect(Math.max(...sizes)).toBeGreaterThan(1);
});
