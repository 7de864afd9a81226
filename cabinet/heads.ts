/**
 * The signal heads of one intersection: what each group really shows, since when, and which change
 * may be made now. Ends are made at once; a beginning waits until table and clearances allow it,
 * measured on lamps as they changed and not as they were planned.
 */
import type { Group, Intersection } from '../protocol/district.ts';
import type { Lamp, Lamps } from '../protocol/lamp.ts';
import type { Timeline, Timelines } from '../protocol/lamp-line.ts';
import type { Course } from './check-sequence.ts';
import {
  type Claimant,
  claimOf,
  createTable,
  durationsOf,
  firstClash,
  isGreen,
  type Shown,
  type Table,
} from './gate.ts';
import { greenLeftMs, START_LATE_MS_MAX, TOLERANCE_MS, type Wanted } from './timeline.ts';

/** What is wanted of a group. */
export type Want = (group: string) => Wanted;

interface Head {
  readonly group: Group;
  shown: Shown;
}

const red = (nowMs: number, before?: Shown): Shown => ({
  lamp: 'red',
  claim: 'none',
  sinceMs: nowMs,
  dueMs: nowMs,
  greenSinceMs: nowMs,
  ended: before?.claim ?? 'none',
});

export class Heads {
  readonly table: Table;
  readonly #heads: ReadonlyMap<string, Head>;
  /** What fail-safe flashes: as described, or red where that would clash or commanders are many. */
  readonly #flash: Lamps;

  constructor(intersection: Intersection, nowMs: number) {
    this.table = createTable(intersection);
    this.#heads = new Map(
      intersection.groups.map((group) => [group.id, { group, shown: red(nowMs) }]),
    );
    this.#flash = flashOf(intersection, this.table);
  }

  lamps(): Lamps {
    return Object.fromEntries([...this.#heads].map(([id, { shown }]) => [id, shown.lamp]));
  }

  /** What each group shows and is to show, if `commanded` takes the place of what was `accepted`. */
  courses(commanded: Timelines, accepted: ReadonlyMap<string, Timeline>): Course[] {
    return [...this.#heads].map(([id, { group, shown }]) => {
      const isCommanded = Object.hasOwn(commanded, id);
      const timeline = isCommanded ? commanded[id] : accepted.get(id);
      return { group, shown, timeline, isCommanded };
    });
  }

  /** Two of `lamps` that are lit against each other, in words. */
  clash(lamps: Lamps): string | undefined {
    const claimants = Object.entries(lamps).map(([group, lamp]) => {
      const shown = this.#heads.get(group)?.shown;
      return { group, claim: shown?.lamp === lamp ? shown.claim : claimOf(lamp) };
    });
    return firstClash(this.table, claimants)
      ?.map(({ group }) => `${group} ${lamps[group]}`)
      .join(' with ');
  }

  /** What ends every green once its minimum is over, or at `latestMs`. */
  farewell(latestMs: number): Map<string, Timeline> {
    const lit = [...this.#heads.values()].filter(({ shown }) => isGreen(shown.lamp));
    return new Map(
      lit.map(({ group, shown }) => {
        const untilMs = Math.min(shown.greenSinceMs + durationsOf(group).minGreenMs, latestMs);
        return [group.id, [{ lamp: shown.lamp, untilMs }]];
      }),
    );
  }

  /** Makes each change that may be made now, at most one a group. Whether any was made. */
  pass(nowMs: number, want: Want, greenFromMs: number): boolean {
    const before = [...this.#heads.values()].map((head) => ({ head, shown: head.shown }));
    for (const { head } of before) this.#end(head, want(head.group.id), nowMs);
    for (const { head, shown } of before) {
      if (head.shown === shown && nowMs >= greenFromMs) {
        this.#begin(head, want(head.group.id), nowMs);
      }
    }
    return before.some(({ head, shown }) => head.shown !== shown);
  }

  /** Groups at red although green is wanted, that cannot keep their minimum any more. */
  missed(nowMs: number, want: Want): string[] {
    return [...this.#heads.values()]
      .filter(({ group, shown }) => {
        const wanted = want(group.id);
        return shown.lamp === 'red' && isBeginning(wanted.lamp) && !isEnough(group, wanted, nowMs);
      })
      .map(({ group }) => group.id);
  }

  /** Red everywhere, and every clearance over. */
  isSettled(nowMs: number): boolean {
    return [...this.#heads.values()].every(
      (head) => head.shown.lamp === 'red' && nowMs >= clearMs(head),
    );
  }

  /** When a clearance or an amber next runs out. */
  nextMs(nowMs: number): number | undefined {
    const instants = [...this.#heads.values()].flatMap((head) =>
      head.shown.lamp === 'amber' ? [amberEndMs(head)] : [clearMs(head)],
    );
    const coming = instants.filter((instant) => instant > nowMs);
    return coming.length > 0 ? Math.min(...coming) : undefined;
  }

  /** All groups flash together: as described, or red where lamps are not to be trusted. */
  flash(nowMs: number, how: 'described' | 'red'): void {
    for (const head of this.#heads.values()) {
      const described = this.#flash[head.group.id] ?? 'flashingRed';
      const lamp = how === 'red' ? 'flashingRed' : described;
      head.shown = { ...red(nowMs), lamp, claim: claimOf(lamp) };
    }
  }

  /** All groups show steady red, out of flashing. */
  unflash(nowMs: number): void {
    for (const head of this.#heads.values()) head.shown = red(nowMs, head.shown);
  }

  #end(head: Head, wanted: Wanted, nowMs: number): void {
    const { lamp, claim, dueMs } = head.shown;
    const due = Math.max(dueMs, Math.min(nowMs, wanted.fromMs));
    if (isGreen(lamp) && !isGreen(wanted.lamp)) {
      const amber = claimOf('amber', claim);
      // Where amber was not planned it is due now.
      const amberDueMs = wanted.lamp === 'amber' ? due : nowMs;
      head.shown = {
        ...head.shown,
        lamp: 'amber',
        claim: amber,
        sinceMs: nowMs,
        dueMs: amberDueMs,
      };
    } else if (lamp === 'green' && wanted.lamp === 'greenPermissive') {
      head.shown = { ...head.shown, lamp: wanted.lamp, claim: 'yielding', sinceMs: nowMs };
    } else if (lamp === 'amber' && wanted.lamp !== 'amber' && nowMs >= amberEndMs(head)) {
      head.shown = { ...red(nowMs, head.shown), dueMs: wanted.lamp === 'red' ? due : nowMs };
    } else if (lamp === 'redAmber' && !isEnough(head.group, wanted, nowMs)) {
      head.shown = red(nowMs, head.shown);
    }
  }

  #begin(head: Head, wanted: Wanted, nowMs: number): void {
    const { lamp, greenSinceMs } = head.shown;
    if (!isBeginning(wanted.lamp) || lamp === wanted.lamp) return;
    if (lamp !== 'red' && lamp !== 'redAmber' && lamp !== 'greenPermissive') return;
    if (!isGreen(lamp) && !isEnough(head.group, wanted, nowMs)) return;
    const claim = claimOf(wanted.lamp);
    if (!this.#isClear({ group: head.group.id, claim }, nowMs)) return;
    const dueMs = nowMs - wanted.fromMs <= START_LATE_MS_MAX ? wanted.fromMs : nowMs;
    head.shown = {
      lamp: wanted.lamp,
      claim,
      sinceMs: nowMs,
      dueMs,
      greenSinceMs: isGreen(lamp) ? greenSinceMs : dueMs,
      ended: 'none',
    };
  }

  #isClear(me: Claimant, nowMs: number): boolean {
    return [...this.#heads.values()].every((other) => {
      const group = other.group.id;
      const { claim, ended } = other.shown;
      if (this.table.clash(me, { group, claim })) return false;
      return nowMs >= clearMs(other) || !this.table.clash(me, { group, claim: ended });
    });
  }
}

const isBeginning = (lamp: Lamp): boolean => lamp === 'redAmber' || isGreen(lamp);

const isEnough = (group: Group, wanted: Wanted, nowMs: number): boolean =>
  isBeginning(wanted.lamp) &&
  greenLeftMs(wanted, nowMs) >= durationsOf(group).minGreenMs - TOLERANCE_MS;

const amberEndMs = ({ group, shown }: Head): number => shown.sinceMs + durationsOf(group).amberMs;

/** When the road is clear of those who were let go by a group at red. */
const clearMs = ({ group, shown }: Head): number =>
  shown.sinceMs + (shown.ended === 'none' ? 0 : durationsOf(group).redClearanceMs);

const FLASHES = { red: 'flashingRed', amber: 'flashingAmber', dark: 'dark' } as const;

const flashOf = ({ groups, nodes }: Intersection, table: Table): Lamps => {
  const described = groups.map(({ id, flash = 'red' }) => [id, FLASHES[flash]] as const);
  const claimants = described.map(([group, lamp]) => ({ group, claim: claimOf(lamp) }));
  const isOneNodes = new Set(Object.values(nodes ?? {})).size <= 1;
  const isSafe = isOneNodes && !firstClash(table, claimants);
  return Object.fromEntries(isSafe ? described : groups.map(({ id }) => [id, 'flashingRed']));
};
