/**
 * Plans one intersection for itself over the next minute: whether the present green is to end now,
 * and which stage comes next. Asked anew at every step of the sensors, so that of each plan only its
 * first moment is ever carried out (a rolling horizon, as in SURTRAC: Xie et al. 2012).
 *
 * Candidates are to end the present green now or a little later, and then each other stage; or to
 * hold it. Each is completed greedily, by the stage that sends most vehicles in the time that it
 * takes. It costs what all vehicles in sight lose by it, and a little for each second that it keeps
 * the intersection busy.
 *
 * The work is bounded by candidates × stages × vehicles. All is plain arithmetic on what is handed
 * in: the same view gives the same advice.
 */
import type { Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';
import {
  type Board,
  boardOf,
  type Crossroads,
  crossroadsOf,
  measured,
  type View,
} from './board.ts';
import { Course } from './discharge.ts';

/** How far ahead. In seconds. */
const HORIZON_S = 60;
/** When the present green may end. In seconds from now. */
const ENDS_S = [0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20];
/** Stages of one plan. */
const STAGES_MAX = 12;
/** The least time a stage is taken to need, so that one with a single vehicle is not the best. */
const STAGE_S_MIN = 3;
/**
 * What each second costs until the last stage of a plan ends, in vehicles: for those who are still out
 * of sight, and will find it busy. What is green goes on unless a change is worth that.
 */
const BUSY_COST = 1;
/** By how much another plan must be better. */
const EPSILON = 1e-9;

/** The stage that is to follow now, or null: what is green goes on. */
export const advise = (told: View): Stage | null => {
  const view = looking(told);
  const { crossroads, now } = placed(view);
  const overdue = overdueStage(crossroads, view);
  if (overdue !== undefined) return overdue === view.stage ? null : overdue;
  const board = boardOf(crossroads, view);
  let bestCost = Number.POSITIVE_INFINITY;
  let best: Stage | null = null;
  for (const endS of ENDS_S) {
    const started = opening(board, now, endS);
    for (const [place, stage] of crossroads.stages.entries()) {
      if (place === now) continue;
      const next = { started, from: now, endS, place };
      const cost = completed(crossroads, next, bestCost);
      if (cost >= bestCost - EPSILON) continue;
      bestCost = cost;
      best = endS === 0 ? stage : null;
    }
  }
  const held = opening(board, now, HORIZON_S).costAt(HORIZON_S);
  return held < bestCost - EPSILON ? null : best;
};

/** Whom neighbours have told of counts only as long as nobody is in sight, who could lose by it. */
const looking = (view: View): View => {
  const { expected, walks } = view;
  const isQuiet = expected.lanes.length === 0 && walks.length === 0;
  if (!isQuiet || !expected.coming) return view;
  return { ...view, expected: { ...expected, lanes: expected.coming } };
};

/** The stages as numbers, and which of them is green. */
const placed = ({ intersection, stage }: View): { crossroads: Crossroads; now: number } => {
  const crossroads = crossroadsOf(intersection);
  const now = crossroads.stages.indexOf(stage);
  if (now >= 0) return { crossroads, now };
  const stages = [...intersection.stages.filter(({ id }) => id !== stage.id), stage];
  return { crossroads: measured(intersection, stages), now: stages.length - 1 };
};

/** The stage for who has waited too long; a green that yields to nobody, where there is one. */
const overdueStage = ({ stages }: Crossroads, { stage, expected }: View): Stage | undefined => {
  const [group] = expected.overdue;
  if (group === undefined) return undefined;
  if (stage.green.includes(group)) return stage;
  return (
    stages.find(({ green }) => green.includes(group)) ??
    stages.find((one) => litBy(one).includes(group))
  );
};

const opening = (board: Board, now: number, untilS: number): Course => {
  const course = new Course(board);
  course.green(now, { fromS: 0, untilS, kept: -1, keptS: 0 });
  return course;
};

interface Next {
  readonly started: Course;
  /** The stage that ends at `endS`, and the one that follows. */
  readonly from: number;
  readonly endS: number;
  readonly place: number;
}

/** What a plan costs whose next stage is given; or more than `most`. */
const completed = (crossroads: Crossroads, next: Next, most: number): number => {
  const { stages, changeS, minGreenS } = crossroads;
  const course = next.started.fork();
  let { from, endS, place } = next;
  for (let k = 0; k < STAGES_MAX && endS < HORIZON_S && place >= 0; k += 1) {
    const fromS = endS + (changeS[from]?.[place] ?? 0);
    const { untilS } = course.clearing(place, fromS);
    const end = Math.max(untilS, fromS + (minGreenS[place] ?? 0));
    course.green(place, { fromS, untilS: end, kept: from, keptS: endS });
    if (course.lost > most) return course.lost;
    from = place;
    endS = end;
    place = -1;
    let bestRate = 0;
    for (let other = 0; other < stages.length; other += 1) {
      if (other === from) continue;
      const { untilS: clearS, count } = course.clearing(
        other,
        endS + (changeS[from]?.[other] ?? 0),
      );
      const rate = count / Math.max(STAGE_S_MIN, clearS - endS);
      if (rate <= bestRate) continue;
      bestRate = rate;
      place = other;
    }
  }
  return course.costAt(HORIZON_S) + BUSY_COST * Math.min(endS, HORIZON_S);
};
