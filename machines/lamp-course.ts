/**
 * Turns the times in which a group may be lit into steps for its lamp driver, so that the driver can
 * follow them from whatever it shows. Pure neighbour of `holding.ts`.
 */
import type { Group } from '../protocol/district.ts';
import type { Show } from '../protocol/event.ts';
import { tailMs } from './granting.ts';

type Step = Show['timelines'][string][number];

/** A green that begins so soon is the one that runs, by a clock that was a little off. */
const BEGUN_MS = 500;

/** What a group may be lit for, on our clock. */
export interface Span {
  readonly permissive: boolean;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What a group is to do, and what it was told before. */
interface Course {
  readonly group: Group;
  readonly spans: readonly Span[];
  readonly told: readonly Step[] | undefined;
  readonly nowMs: number;
}

interface GoingOn {
  /** What ends first. */
  readonly ending: readonly Step[];
  readonly spans: readonly Span[];
  /** Before this nothing else begins. */
  readonly freeMs: number;
}

/**
 * How a group goes on from what it was told. What is green without a right any more ends with its
 * minimum green and its amber: red at once would be refused by the lamp driver, which would then go
 * on as it was told. And what has begun does not begin again because an estimate has moved.
 */
const goingOn = ({ group, spans, told = [], nowMs }: Course): GoingOn => {
  const at = told.findIndex(({ untilMs }) => untilMs > nowMs);
  const running = told[at];
  if (!running || running.lamp === 'red') return { ending: [], spans, freeMs: 0 };
  const clearMs = group.redClearanceS * 1000;
  if (running.lamp === 'amber') {
    return { ending: [running], spans, freeMs: running.untilMs + clearMs };
  }
  const [first] = spans;
  const isStill = first && first.untilMs - tailMs(group) > nowMs;
  if (isStill && first.fromMs <= nowMs + BEGUN_MS) {
    const begun = { ...first, fromMs: Math.min(first.fromMs, told[at - 1]?.untilMs ?? nowMs) };
    return { ending: [], spans: [begun, ...spans.slice(1)], freeMs: 0 };
  }
  const ending = endingOf(group, told.slice(Math.max(0, at - 1)), nowMs);
  return { ending, spans, freeMs: (ending.at(-1)?.untilMs ?? nowMs) + clearMs };
};

/** The earliest end of a green that runs, or that red with amber announces. */
const endingOf = ({ minGreenS, amberS }: Group, told: readonly Step[], nowMs: number): Step[] => {
  const at = told.findIndex(({ lamp }) => lamp === 'green' || lamp === 'greenPermissive');
  const green = told[at];
  if (!green) return [];
  const before = told.slice(0, at).filter(({ untilMs }) => untilMs > nowMs);
  const leastMs = (told[at - 1]?.untilMs ?? nowMs) + minGreenS * 1000;
  const untilMs = Math.min(green.untilMs, Math.max(nowMs, leastMs));
  return [
    ...before,
    { lamp: green.lamp, untilMs },
    { lamp: 'amber', untilMs: untilMs + amberS * 1000 },
  ];
};

/** What a group shows from now on, as steps of a sequence, without the red at its end. */
export const courseOf = (course: Course): Step[] => stepsOf(course.group, goingOn(course));

const stepsOf = (group: Group, { ending, spans, freeMs }: GoingOn): Step[] => {
  const { redAmberS = 0, amberS, minGreenS } = group;
  const steps = [...ending];
  for (const { permissive, untilMs, ...span } of spans) {
    const fromMs = Math.max(span.fromMs, freeMs, steps.at(-1)?.untilMs ?? freeMs);
    const greenMs = fromMs + redAmberS * 1000;
    const amberMs = untilMs - tailMs(group);
    if (amberMs - greenMs < minGreenS * 1000) continue;
    steps.push({ lamp: 'red', untilMs: fromMs });
    if (redAmberS > 0) steps.push({ lamp: 'redAmber', untilMs: greenMs });
    steps.push({ lamp: permissive ? 'greenPermissive' : 'green', untilMs: amberMs });
    steps.push({ lamp: 'amber', untilMs: amberMs + amberS * 1000 });
  }
  return steps;
};
