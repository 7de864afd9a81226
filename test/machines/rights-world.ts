/**
 * A made-up world to prove rights of way in: one shared intersection of four nodes, two districts'
 * groups that both would serve it, leaders' clocks that drift as fast as they may, and lamps that
 * are lit whenever a holder could believe that they may be. Time is true time, which nobody in the
 * world knows; everything that is said is honest, and comes late, twice, or never.
 * What decides is handed in, so that a copy with one place changed is tried in the same worlds.
 */
import type * as DistrictState from '../../machines/district-state.ts';
import type * as Rights from '../../machines/rights.ts';
import type { Command, State } from '../../protocol/command.ts';
import type { Interval } from '../../protocol/right.ts';
import { type Random, random } from '../../simulation/random.ts';
import { admissions, admit, Clock, INTERSECTION, isTogether, NODES } from './rights-place.ts';

export interface House {
  readonly state: typeof DistrictState;
  readonly rights: typeof Rights;
}

/** What happens in one world. */
export const STEPS = 60;

/** A group of the district: what it agrees on, and its leader of the moment. */
interface Group {
  readonly name: string;
  state: State;
  term: number;
  sinceMs: number;
  readonly clocks: Map<number, Clock>;
  /** When each node was last known here, in this term. */
  seen: Record<string, number>;
}

/** One life of a node. */
interface Life {
  readonly node: string;
  incarnation: number;
  group: Group;
  /** The group in which it last settled, as its store says; and when it settles in this one. */
  record: string;
  settlesMs: number;
  /** What it gave up, by right: nobody else knows before it is committed. */
  cuts: Map<string, number>;
}

/** A lamp that may be lit. */
interface Lit {
  readonly group: string;
  readonly permissive: boolean;
  readonly fromMs: number;
  untilMs: number;
  readonly who: string;
}

interface Letter {
  readonly to: Group;
  readonly command: Command;
}

type GrantRights = Extract<Command, { kind: 'right.grant' }>;
type Release = Extract<Command, { kind: 'right.release' }>;
type Named = Pick<Interval, 'term' | 'group' | 'fromMs'>;
type Grant = GrantRights['grants'][number];

const keyOf = (at: Group, { term, group: of, fromMs }: Named): string =>
  `${at.name}/${term}/${of}/${fromMs}`;

export class RightsWorld {
  readonly #house: House;
  readonly #draw: Random;
  readonly #drift: number;
  readonly #timing: { rightHorizonMs: number; clockBoundMsMax: number; clockDriftPpmMax: number };
  readonly #groups: readonly Group[];
  readonly #lives: Life[];
  readonly #lit = new Map<string, Lit>();
  readonly #letters: Letter[] = [];
  readonly #isAlone: boolean;
  /** Whether chance is to play against the house: clocks part, and what can go wrong comes soon. */
  readonly #isUnkind: boolean;
  #nowMs = 0;
  /** Grants that were accepted: a world in which nothing is granted proves nothing. */
  granted = 0;

  constructor(house: House, seed: number) {
    this.#house = house;
    this.#draw = random(seed, 'rights');
    const draw = this.#draw;
    const clockDriftPpmMax = draw.pick([0, 1000, 20_000, 100_000]);
    this.#drift = clockDriftPpmMax / 1e6;
    this.#timing = {
      clockDriftPpmMax,
      rightHorizonMs: draw.pick([1000, 4000]),
      clockBoundMsMax: draw.pick([20, 200]),
    };
    this.#isAlone = draw.chance(0.5);
    this.#isUnkind = draw.chance(0.5);
    this.#groups = ['one', 'two'].map((name) => this.#found(name));
    const [first, second] = this.#groups as [Group, Group];
    this.#lives = NODES.map((node, k) => {
      const home = this.#isAlone || (this.#isUnkind ? k > 0 : draw.chance(0.6)) ? first : second;
      const cuts = new Map<string, number>();
      return { node, incarnation: 1, group: home, record: home.name, settlesMs: 0, cuts };
    });
    for (const at of this.#groups) this.#lead(at, 'none');
    for (const life of this.#lives) this.#post(life.group, this.#enter(life), true);
  }

  /** Lets so many things happen; says what went wrong, if anything did. */
  run(steps: number): string | undefined {
    for (let step = 0; step < steps; step += 1) {
      this.#pass();
      for (const life of this.#lives) this.#settle(life);
      this.#step();
    }
    return this.#conflict();
  }

  /** Some time goes by; now and then just as much as a node needs to settle. */
  #pass(): void {
    const soon = this.#lives.map(({ settlesMs }) => settlesMs).filter((ms) => ms > this.#nowMs);
    if (soon.length > 0 && this.#draw.chance(0.3)) this.#nowMs = Math.max(...soon);
    else this.#nowMs += this.#draw.next() ** 3 * this.#timing.rightHorizonMs * 0.4;
  }

  #found(name: string): Group {
    const { apply, initialState } = this.#house.state;
    const state = admissions.reduce(apply, initialState([]));
    return { name, state, term: 0, sinceMs: 0, clocks: new Map(), seen: {} };
  }

  #enter({ node, incarnation }: Life): Command {
    return { kind: 'right.enter', node, incarnation };
  }

  #step(): void {
    const draw = this.#draw;
    const at = this.#isAlone ? (this.#groups[0] as Group) : draw.pick(this.#groups);
    const life = draw.pick(this.#lives);
    const dice = draw.below(100);
    if (dice < 50) this.#grant(at);
    else if (dice < 56) this.#lead(at, draw.pick(['newest', 'newest', 'any', 'none']));
    else if (dice < 62) this.#restart(life);
    else if (dice < 76) this.#release(life);
    else if (dice < 80) for (const mover of this.#movers(life)) this.#move(mover);
    else if (dice < 82) this.#dismiss(life);
    else this.#deliver();
  }

  /** Puts a command into the log of a group, and lets all holders see it at once. */
  #append(at: Group, command: Command): boolean {
    const isSound = this.#house.state.problemsOf(at.state, command).length === 0;
    at.state = this.#house.state.apply(at.state, command);
    if (!isSound) return false;
    if (command.kind === 'right.release') this.#forget(at, command);
    for (const life of this.#lives) this.#follow(life);
    return true;
  }

  /** A holder whose release is committed goes by what is committed again. */
  #forget(at: Group, { node, incarnation, term, group: of, fromMs }: Release): void {
    const life = this.#lives.find((one) => one.node === node && one.incarnation === incarnation);
    if (life?.group === at) life.cuts.delete(keyOf(at, { term, group: of, fromMs }));
  }

  /** A command on its way to the log: it comes late, now and then twice, now and then never. */
  #post(to: Group, command: Command, isPrompt = this.#draw.chance(0.3)): void {
    if (isPrompt) this.#append(to, command);
    const ratio = isPrompt ? (this.#isUnkind ? 0.8 : 0.3) : 0.9;
    if (this.#draw.chance(ratio)) this.#letters.push({ to, command });
  }

  #deliver(): void {
    const [letter] = this.#draw.shuffle(this.#letters);
    if (!letter) return;
    if (this.#draw.chance(this.#isUnkind ? 0.4 : 0.8))
      this.#letters.splice(this.#letters.indexOf(letter), 1);
    this.#append(letter.to, letter.command);
  }

  /** How fast a clock runs. At worst for one group, the first is slow and those after it are fast;
   *  at worst for two, all are slow, and nodes go by clocks that are fast. */
  #rate(term: number): number {
    const worst = term === 1 || !this.#isAlone ? -1 : 1;
    return 1 + (this.#isUnkind ? worst : this.#draw.pick([-1, 1, 0.3])) * this.#drift;
  }

  /** A new leader, whose clock is the next timescale; it may know another one. */
  #lead(at: Group, knows: 'newest' | 'any' | 'none'): void {
    const draw = this.#draw;
    const known = at.state.timescales ?? [];
    const to =
      knows === 'newest'
        ? known.at(-1)
        : knows === 'any'
          ? known[draw.below(known.length)]
          : undefined;
    at.term += 1;
    at.sinceMs = this.#nowMs;
    at.seen = {};
    for (const life of this.#lives) this.#see(life);
    const { clockBoundMsMax: clockBoundMs, rightHorizonMs: horizonMs } = this.#timing;
    const boundMs = draw.next() ** 2 * 4 * clockBoundMs;
    const offMs = boundMs * (this.#isUnkind ? 1 : draw.pick([-1, 1, draw.between(-1, 1)]));
    const base = to && at.clocks.get(to.term);
    const startMs = base ? base.at(this.#nowMs) + offMs : draw.between(-1e5, 1e5);
    const rates = [this.#rate(at.term), this.#rate(at.term)] as const;
    const turnMs = this.#nowMs + draw.next() * 2 * horizonMs;
    at.clocks.set(at.term, new Clock(this.#nowMs, startMs, rates, turnMs));
    const { clockDriftPpmMax: driftPpm } = this.#timing;
    const scale = { term: at.term, startMs, clockBoundMs, horizonMs, driftPpm };
    const relation = to && { to: { term: to.term, boundMs } };
    this.#append(at, { kind: 'timescale.open', ...scale, ...relation });
  }

  #isSettled(life: Life): boolean {
    return life.settlesMs <= this.#nowMs;
  }

  #settle(life: Life): void {
    if (!this.#isSettled(life)) return;
    if (life.record !== life.group.name) {
      life.record = life.group.name;
      this.#post(life.group, this.#enter(life), true);
    }
    this.#see(life);
  }

  /** The leader hears that the node is here. */
  #see({ group: at, node, ...life }: Life): void {
    if (life.settlesMs <= this.#nowMs && life.record === at.name) at.seen[node] = this.#nowMs;
  }

  /** What the leader grants at best: as early and as long as it is let. */
  #grant(at: Group): void {
    const draw = this.#draw;
    const clock = at.clocks.get(at.term) as Clock;
    const nowMs = clock.at(this.#nowMs);
    const present = Object.entries(at.seen).map(([node, seenMs]) => {
      const staleMs = draw.chance(0.5) ? 0 : draw.next() * (seenMs - at.sinceMs);
      return { node, sinceMs: clock.at(seenMs - staleMs) };
    });
    const since = present.map(({ sinceMs }) => sinceMs + this.#timing.rightHorizonMs);
    const last = { stage: 'A', fromMs: 0, greenUntilMs: 0, plannedMs: 0 };
    const head = {
      kind: 'right.grant',
      intersection: 'x',
      term: at.term,
      nowMs,
      present,
      last,
    } as const;
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const count = draw.chance(0.3) ? 2 : 1;
      const first = this.#drawn(at, nowMs, since);
      const grants = count === 1 ? [first] : [first, this.#beside(first, since)];
      if (!this.#append(at, { ...head, grants })) continue;
      this.granted += 1;
      return;
    }
  }

  /** Another grant in the same command: as close to the first as it is let, or closer. */
  #beside({ untilMs: endMs }: Grant, ends: readonly number[]): Grant {
    const draw = this.#draw;
    const fromMs = endMs + draw.pick([0, 1, 2]) * this.#timing.clockBoundMsMax;
    const untilMs = draw.pick([fromMs + 100, ...ends]);
    return {
      group: draw.pick(['a', 'b', 'c', 'd']),
      permissive: draw.chance(0.2),
      fromMs,
      untilMs,
    };
  }

  #drawn(at: Group, nowMs: number, ends: readonly number[]): Grant {
    const draw = this.#draw;
    const intervals = at.state.rights?.[0]?.intervals ?? [];
    const own = intervals.filter(({ term }) => term === at.term);
    const far = [nowMs + draw.next() * 2 * this.#timing.rightHorizonMs, ...ends];
    if (own.length > 0 && draw.chance(0.4)) {
      const { group: of, permissive, fromMs } = draw.pick(own);
      return { group: of, permissive, fromMs, untilMs: draw.pick(far) };
    }
    const clear = intervals.map((interval) => this.#house.rights.clearOf(at.state, interval));
    const fromMs = Math.max(nowMs, draw.pick([nowMs, ...clear, ...clear]));
    const gapMs = 2 * this.#timing.clockBoundMsMax;
    const until = [...own.map((other) => other.fromMs - gapMs).filter((ms) => ms > fromMs), ...far];
    const id = draw.pick(['a', 'b', 'c', 'd']);
    const permissive = draw.chance(id === 'c' ? 0.5 : 0.1);
    return { group: id, permissive, fromMs, untilMs: draw.pick(until) };
  }

  /** The node dies and begins anew. Its lamp driver goes on with what it was told. */
  #restart(life: Life): void {
    life.incarnation += 1;
    life.cuts = new Map();
    if (this.#isSettled(life)) this.#post(life.group, this.#enter(life));
  }

  /** Nodes often go together. */
  #movers(life: Life): Life[] {
    if (this.#isAlone) return [];
    const others = this.#lives.filter((other) => other !== life && other.group === life.group);
    return [life, ...this.#draw.shuffle(others).slice(0, this.#draw.below(2))];
  }

  /** The node goes to the other group, with a new life. */
  #move(life: Life): void {
    life.incarnation += 1;
    life.cuts = new Map();
    life.group = this.#groups.find((other) => other !== life.group) as Group;
    // By a clock that runs as fast as it may.
    const waitMs = this.#house.rights.settlingMs(this.#timing) / (1 + this.#drift);
    life.settlesMs = life.record === life.group.name ? this.#nowMs : this.#nowMs + waitMs;
    if (this.#isSettled(life)) this.#post(life.group, this.#enter(life));
  }

  /** The node says goodbye, and comes again. */
  #dismiss(life: Life): void {
    const { group: at, node } = life;
    this.#append(at, { kind: 'district.dismiss', node });
    life.incarnation += 1;
    life.cuts = new Map();
    this.#append(at, admit(node));
    if (this.#isSettled(life)) this.#post(at, this.#enter(life));
  }

  #isFollowing({ group: at, node, incarnation, ...life }: Life): boolean {
    const isEntered = at.state.entered?.some(
      (entered) => entered.node === node && entered.incarnation === incarnation,
    );
    return isEntered === true && life.settlesMs <= this.#nowMs && life.record === at.name;
  }

  #rightsOf({ group: at, node }: Life): readonly Interval[] {
    const intervals = at.state.rights?.[0]?.intervals ?? [];
    return intervals.filter((interval) => INTERSECTION.nodes?.[interval.group] === node);
  }

  /** The longest that a holder could take its rights to last: it is off by the whole bound. */
  #follow(life: Life): void {
    if (!this.#isFollowing(life)) return;
    const { group: at, node, incarnation, cuts } = life;
    const boundMs = this.#timing.clockBoundMsMax;
    for (const interval of this.#rightsOf(life)) {
      const key = keyOf(at, interval);
      const clock = at.clocks.get(interval.term) as Clock;
      const endMs = Math.min(interval.untilMs, cuts.get(key) ?? Infinity);
      if (endMs <= interval.fromMs) continue; // In nobody's sequence: that takes no clock.
      const untilMs = clock.when(endMs + boundMs);
      const who = `${node}.${incarnation} by ${key}`;
      const lit = this.#lit.get(who);
      const fromMs = Math.max(this.#nowMs, clock.when(interval.fromMs - boundMs));
      const { group: id, permissive } = interval;
      if (lit) lit.untilMs = Math.max(lit.untilMs, cuts.has(key) ? 0 : untilMs);
      else if (untilMs > fromMs)
        this.#lit.set(who, { group: id, permissive, fromMs, untilMs, who });
    }
  }

  /** A holder gives up the rest of a right: first its lamps are told, then the others. */
  #release(life: Life): void {
    if (!this.#isFollowing(life)) return;
    const [interval] = this.#draw.shuffle(this.#rightsOf(life));
    if (!interval) return;
    const { group: at, node, incarnation, cuts } = life;
    const key = keyOf(at, interval);
    if (cuts.has(key)) return;
    const clock = at.clocks.get(interval.term) as Clock;
    const boundMs = this.#timing.clockBoundMsMax;
    // What it takes for the time, at the earliest: its lamp is dark from then on.
    const shownMs = clock.at(this.#nowMs) - boundMs;
    const { fromMs, group: id, term } = interval;
    const lateMs = this.#draw.chance(0.5) ? 0 : this.#draw.next() * 500;
    // One lamp driver, which heeds the last life; what it has lit cannot be taken for never lit.
    const lives = Array.from({ length: incarnation }, (_, k) => `${node}.${k + 1} by ${key}`);
    const shows = lives.flatMap((who) => this.#lit.get(who) ?? []);
    const hasBegun = shows.some((lit) => lit.fromMs <= this.#nowMs);
    const untilMs = Math.max(hasBegun ? fromMs + 1 : fromMs, shownMs + lateMs);
    cuts.set(key, untilMs);
    const darkMs = Math.max(this.#nowMs, clock.when(untilMs + boundMs));
    const end = (lit: Lit) => (untilMs <= fromMs ? lit.fromMs : Math.min(lit.untilMs, darkMs));
    for (const lit of shows) lit.untilMs = end(lit);
    const right = { intersection: 'x', group: id, term, fromMs, untilMs };
    this.#post(at, { kind: 'right.release', node, incarnation, ...right });
    if (this.#isUnkind && this.#draw.chance(0.5)) this.#restart(life);
  }

  #conflict(): string | undefined {
    const lit = [...this.#lit.values()].sort((a, b) => a.fromMs - b.fromMs);
    for (const [k, a] of lit.entries()) {
      for (const b of lit.slice(k + 1)) {
        if (b.fromMs >= a.untilMs - 1e-6) break;
        if (b.untilMs > b.fromMs + 1e-6 && !isTogether(a, b))
          return `${a.who} and ${b.who} for ${Math.min(a.untilMs, b.untilMs) - b.fromMs} ms`;
      }
    }
    return undefined;
  }
}
