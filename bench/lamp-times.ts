/**
 * Measures how long lamps take to follow an operator: real processes, real sockets on 127.0.0.1, whole
 * and shared intersections side by side, each command at another moment of the cycle. Instants are
 * those that `greenwave plan` and `greenwave preempt` print.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type Observer, observing } from '../bin/observer.ts';
import { adopt } from '../bin/plan.ts';
import { followCalls } from '../bin/preempt-follow.ts';
import { readDistrict } from '../bin/read-district.ts';
import { agreedLegs } from '../bin/route.ts';
import type { District } from '../protocol/check-district.ts';
import { isShared } from '../protocol/district.ts';
import type { Plan } from '../protocol/plan.ts';
import type { Stop } from '../protocol/route.ts';
import { lampDistrict } from './lamp-district.ts';
import { callSamples, planSamples, type Sample, victimOf } from './lamp-figures.ts';
import { LampProcesses } from './lamp-processes.ts';

/** Intersections of each kind, all of which a command is for. */
const EACH = 3;
const START_MS_MAX = 180_000;
const BACK_MS_MAX = 120_000;
const FOR_S = 60;
/** From one command to the next, more by this each time, so that none meets the cycle where one did. */
const STEP_MS = 370;
const REST_MS = 1_000;

export interface LampTimes {
  readonly port: number;
  /** How many samples of each kind there are to be, at least. */
  readonly count: number;
  readonly note: (text: string) => void;
}

export const lampTimes = async ({ port, count, note }: LampTimes): Promise<Sample[]> => {
  const size = { name: `lamps-${port}`, port, shared: EACH, whole: EACH };
  const processes = new LampProcesses(lampDistrict(size));
  try {
    const district = readDistrict(processes.file);
    // A node that finds no lamp driver starts one of its own.
    const isThere = () => district.intersections.every(({ id }) => processes.isShown(id));
    await processes.until(() => 'the lamp drivers', isThere, START_MS_MAX);
    for (const node of processes.nodes) processes.start(node);
    note(`${processes.nodes.length} nodes at ${2 * EACH} intersections: the first greens …`);
    const isGreen = ({ id: intersection }: { id: string }) =>
      ['a', 'b'].every((group) => processes.wasGreen({ intersection, group }, 0));
    const isLit = () => district.intersections.every(isGreen);
    await processes.until(() => 'green at every intersection', isLit, START_MS_MAX);
    return await observing(district, { interface: '127.0.0.1' }, (observer) =>
      new Rounds({ processes, district, observer, note }).all(Math.ceil(count / EACH)),
    );
  } finally {
    processes.close();
  }
};

interface Place {
  readonly processes: LampProcesses;
  readonly district: District;
  readonly observer: Observer;
  readonly note: (text: string) => void;
}

/** Nobody interrupts what is measured. */
const onStop = () => {};

class Rounds {
  readonly #place: Place;
  readonly #shared: ReadonlySet<string>;
  #commands = 0;

  constructor(place: Place) {
    this.#place = place;
    const shared = place.district.intersections.filter(isShared);
    this.#shared = new Set(shared.map(({ id }) => id));
  }

  async all(rounds: number): Promise<Sample[]> {
    const { note } = this.#place;
    const samples: Sample[] = [];
    for (const part of ['plan', 'call', 'callWithout'] as const) {
      for (let round = 1; round <= rounds; round += 1) {
        note(`${TITLES[part]}, round ${round} of ${rounds} …`);
        samples.push(...(await this[part]()));
        this.#commands += 1;
        await wait(REST_MS + ((this.#commands * STEP_MS) % (2 * REST_MS)));
      }
    }
    return samples;
  }

  /** A plan for all, and when each intersection follows it. */
  private async plan(): Promise<Sample[]> {
    const { observer, district } = this.#place;
    const plan = planFor(district, this.#commands);
    const refusal = () => new Error(`plan ${plan.id} is refused`);
    const { nodes } = await adopt(observer, plan, refusal, onStop);
    return planSamples(nodes, this.#isShared);
  }

  /** At every intersection somebody calls for what is not green. */
  private async call(): Promise<Sample[]> {
    const { district } = this.#place;
    const stops = district.intersections.map(({ id }) => ({
      intersection: id,
      group: this.#place.processes.shown(id)['b'] === 'green' ? 'a' : 'b',
    }));
    return callSamples(await this.#called(stops), this.#isShared);
  }

  /** At every shared intersection a holder dies, and somebody calls for what is in conflict with his. */
  private async callWithout(): Promise<Sample[]> {
    const { processes } = this.#place;
    const killed = new Map<string, Stop>();
    const stops: Stop[] = [];
    const isSpared = this.#spared();
    for (const intersection of this.#shared) {
      const nodeOf = (group: string) => `${intersection}${group}`;
      const group = victimOf(processes.shown(intersection), (one) => isSpared(nodeOf(one)));
      if (!group) continue;
      killed.set(nodeOf(group), { intersection, group });
      stops.push({ intersection, group: group === 'a' ? 'b' : 'a' });
    }
    for (const node of killed.keys()) processes.kill(node);
    const calls = await this.#called(stops);
    const sinceMs = performance.now();
    for (const node of killed.keys()) processes.start(node);
    const gone = () =>
      [...killed.keys()].filter((node) => {
        const stop = killed.get(node);
        return stop && !processes.wasGreen(stop, sinceMs);
      });
    await processes.until(
      () => `green of ${gone().join(', ')}, started again`,
      () => gone().length === 0,
      BACK_MS_MAX,
    );
    return callSamples(calls, this.#isShared, new Set(killed.keys()));
  }

  /** Whose death would stop more than its lamps: the leader, and more voters than may be lost. */
  #spared() {
    const { observer } = this.#place;
    const { voters } = observer.state();
    const leader = observer.leader();
    let left = Math.floor((voters.length - 1) / 2);
    const isVoter = (node: string) => voters.some((voter) => voter.node === node);
    return (node: string): boolean => {
      if (node === leader) return true;
      if (!isVoter(node)) return false;
      left -= 1;
      return left < 0;
    };
  }

  async #called(stops: readonly Stop[]) {
    const { observer } = this.#place;
    // No route: nobody drives from one to the next, so that all are called at once.
    const legs = stops.flatMap((stop) => agreedLegs(observer.state(), [stop], FOR_S));
    const calls = await followCalls(observer, legs, onStop);
    const standing = calls.filter(({ isCleared }) => !isCleared);
    await Promise.all(standing.map(({ id }) => observer.commit({ kind: 'preempt.clear', id })));
    return calls;
  }

  readonly #isShared = (intersection: string) => this.#shared.has(intersection);
}

const TITLES = {
  plan: 'plans',
  call: 'preemptions',
  callWithout: 'preemptions with a holder killed',
} as const;

const planFor = ({ intersections }: District, place: number): Plan => ({
  id: `bench-${place + 1}`,
  cycleS: 11,
  intersections: intersections.map(({ id }) => ({
    id,
    offsetS: 0,
    splits: [
      { stage: 'across', splitS: 5 + (place % 2) },
      { stage: 'along', splitS: 6 - (place % 2) },
    ],
  })),
});
