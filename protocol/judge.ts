/**
 * The judge: tells from a journal's `lamps` lines alone whether anything unsafe was ever shown. It
 * shares no code with the gate, the district check or the machines, so that it does not repeat
 * their mistakes: it knows the description of each intersection and what was shown when.
 *
 * Dark and flashing red are safe at any time, and so is any step into them from red. A lit group
 * that turns dark or flashing without amber is judged unsafe, even though a latch of the driver
 * does so on purpose: what made it latch was unsafe.
 */
import type { Group, Intersection } from './district.ts';
import type { Lamp, Lamps } from './lamp.ts';

/** By how much stamps may miss the moment in which lamps changed. */
export const STAMP_TOLERANCE_MS = 50;
/**
 * By how much a minimum green may be missed: a green that a late timer begins late still ends on
 * time, because the right to be green ends then.
 */
export const GREEN_TOLERANCE_MS = 300;
/** Findings kept; more are counted. */
const FINDINGS_MAX = 1000;

/** One `lamps` line of a journal: what all groups of an intersection show since `t`. */
export interface LampsSeen {
  readonly t: number;
  readonly intersection: string;
  readonly lamps: Lamps;
}

/** Something unsafe that was shown. */
export interface Unsafe {
  readonly t: number;
  readonly intersection: string;
  readonly message: string;
}

/** What a judge found in all that it saw. */
export interface Verdict {
  readonly unsafe: readonly Unsafe[];
  /** Unsafe things beyond those listed. */
  readonly unlisted: number;
  readonly lines: number;
}

/** Looks at what lamps show, and says what of it was unsafe. */
export interface Judge {
  /** Takes the next line. Lines of one intersection must come in their order. */
  see(seen: LampsSeen): void;
  verdict(): Verdict;
}

/** A judge of these intersections; one more that is seen is itself a finding. */
export const createJudge = (intersections: readonly Intersection[]): Judge => {
  const places = new Map(
    intersections.map((intersection) => [intersection.id, place(intersection)]),
  );
  const unsafe: Unsafe[] = [];
  let unlisted = 0;
  let lines = 0;
  return {
    see(seen) {
      lines += 1;
      const judged = places.get(seen.intersection);
      const messages = judged ? judge(judged, seen) : [`nobody described ${seen.intersection}`];
      for (const message of messages) {
        if (unsafe.length < FINDINGS_MAX) {
          unsafe.push({ t: seen.t, intersection: seen.intersection, message });
        } else unlisted += 1;
      }
    },
    verdict: () => ({ unsafe: [...unsafe], unlisted, lines }),
  };
};

/** What is known of a group from the lines seen. */
interface Trace {
  readonly group: Group;
  lamp: Lamp | undefined;
  /** When the lamp was first seen; undefined when it was so from the first line. */
  sinceT: number | undefined;
  greenSinceT: number | undefined;
  /** Whether its last green was permissive: its amber then yields still. */
  wasPermissive: boolean;
  /** When it was last lit, if it has been. */
  endedT: number | undefined;
  endedPermissive: boolean;
}

interface Place {
  readonly traces: ReadonlyMap<string, Trace>;
  readonly foes: readonly Foes[];
}

/** Two groups in each other's way; each may give way to the other while permissive. */
interface Foes {
  readonly pair: readonly [Trace, Trace];
  readonly gives: readonly [boolean, boolean];
}

const place = ({ groups, conflicts, yields }: Intersection): Place => {
  const traces = new Map(groups.map((group) => [group.id, unseen(group)]));
  const foes = [...yields, ...conflicts].flatMap(([first, second]): Foes[] => {
    const [a, b] = [traces.get(first), traces.get(second)];
    if (!a || !b) return [];
    const says = (from: string, to: string) => yields.some(([x, y]) => x === from && y === to);
    return [{ pair: [a, b], gives: [says(first, second), says(second, first)] }];
  });
  // A pair listed twice would be found twice.
  const names = foes.map(({ pair }) =>
    pair
      .map(({ group }) => group.id)
      .sort()
      .join(' '),
  );
  return { traces, foes: foes.filter((_, k) => names.indexOf(names[k] ?? '') === k) };
};

const unseen = (group: Group): Trace => ({
  group,
  lamp: undefined,
  sinceT: undefined,
  greenSinceT: undefined,
  wasPermissive: false,
  endedT: undefined,
  endedPermissive: false,
});

const judge = ({ traces, foes }: Place, { t, lamps }: LampsSeen): string[] => {
  const strangers = Object.keys(lamps).filter((id) => !traces.has(id));
  const messages = strangers.map((id) => `${id} shows ${lamps[id]}, but there is no such group`);
  const hasBegun = new Set<Trace>();
  for (const [id, trace] of traces) {
    const lamp = Object.hasOwn(lamps, id) ? lamps[id] : undefined;
    if (lamp === undefined) {
      messages.push(`${id} is not shown`);
      continue;
    }
    if (lamp === trace.lamp) continue;
    const complaint = changeComplaint(trace, lamp, t);
    if (complaint) messages.push(`${id}: ${complaint}`);
    // Amber claims no more than the green before it did.
    if (takes(lamp) && (lamp !== 'amber' || !takes(trace.lamp))) hasBegun.add(trace);
    change(trace, lamp, t);
  }
  for (const one of foes) {
    const { pair } = one;
    if (!pair.some((trace) => hasBegun.has(trace))) continue;
    const complaint = together(one) ?? tooSoon(one, hasBegun, t);
    if (complaint) messages.push(complaint);
  }
  return messages;
};

/** Lamps on which someone moves or is about to. */
const takes = (lamp: Lamp | undefined): boolean => {
  switch (lamp) {
    case 'green':
    case 'greenPermissive':
    case 'amber':
    case 'redAmber':
    case 'flashingAmber':
      return true;
    default:
      return false;
  }
};

const goes = (lamp: Lamp | undefined) => lamp === 'green' || lamp === 'greenPermissive';

/** Whether someone on this lamp looks out for others. Red with amber lets nobody go yet. */
const looksOut = ({ lamp, wasPermissive }: Trace): boolean =>
  lamp === 'greenPermissive' || lamp === 'redAmber' || (lamp === 'amber' && wasPermissive);

const changeComplaint = (trace: Trace, lamp: Lamp, t: number): string | undefined => {
  const { group, lamp: before, sinceT, greenSinceT } = trace;
  if (goes(before) && !goes(lamp)) {
    if (lamp !== 'amber') return `${before} turned ${lamp} without amber`;
    const greenMs = greenSinceT === undefined ? Number.POSITIVE_INFINITY : t - greenSinceT;
    return shortBy(greenMs, group.minGreenS, GREEN_TOLERANCE_MS, 'green');
  }
  if (before === 'amber') {
    if (takes(lamp)) return `amber turned ${lamp} without red`;
    const amberMs = sinceT === undefined ? Number.POSITIVE_INFINITY : t - sinceT;
    return shortBy(amberMs, group.amberS, STAMP_TOLERANCE_MS, 'amber');
  }
  if (lamp === 'amber' && before !== undefined) return `${before} turned amber`;
  if (goes(lamp) && (before === 'flashingAmber' || before === 'flashingRed' || before === 'dark')) {
    return `${before} turned ${lamp} without steady red`;
  }
  return undefined;
};

const shortBy = (ms: number, leastS: number, toleranceMs: number, what: string) =>
  ms < leastS * 1000 - toleranceMs
    ? `${what} lasted ${Math.round(ms)} ms, less than ${leastS} s`
    : undefined;

const change = (trace: Trace, lamp: Lamp, t: number): void => {
  const isFirst = trace.lamp === undefined;
  if (takes(trace.lamp) && !takes(lamp)) {
    trace.endedT = t;
    trace.endedPermissive = looksOut(trace);
  }
  if (goes(lamp) && !goes(trace.lamp)) trace.greenSinceT = isFirst ? undefined : t;
  if (goes(lamp)) trace.wasPermissive = lamp === 'greenPermissive';
  trace.sinceT = isFirst ? undefined : t;
  trace.lamp = lamp;
};

const together = ({ pair: [a, b], gives: [aGives, bGives] }: Foes): string | undefined => {
  if (!takes(a.lamp) || !takes(b.lamp)) return undefined;
  if ((aGives && looksOut(a)) || (bGives && looksOut(b))) return undefined;
  return `${a.group.id} ${a.lamp} while ${b.group.id} ${b.lamp}`;
};

/** One has just begun although the other's red clearance has not passed. */
const tooSoon = ({ pair, gives }: Foes, hasBegun: Set<Trace>, t: number): string | undefined => {
  for (const [k, starter] of pair.entries()) {
    const other = pair[1 - k];
    if (!other || !hasBegun.has(starter) || takes(other.lamp)) continue;
    const { endedT, endedPermissive, group } = other;
    if (endedT === undefined) continue;
    if ((gives[k] && looksOut(starter)) || (gives[1 - k] && endedPermissive)) continue;
    const clearMs = t - endedT;
    if (clearMs < group.redClearanceS * 1000 - STAMP_TOLERANCE_MS) {
      return `${starter.group.id} ${starter.lamp} ${Math.round(clearMs)} ms after ${group.id} ended, less than ${group.redClearanceS} s`;
    }
  }
  return undefined;
};
