/**
 * Checks a district file: first its shape, then what the shape cannot say. Every problem is listed
 * at once with its place, because an operator mends a file once, not problem by problem.
 */
import { Compile } from 'typebox/compile';
import type { Problem } from './assert.ts';
import {
  type DistrictFile,
  districtSchema,
  type Group,
  type Intersection,
  type Link,
  nodesOf,
  type Stage,
  timingFileSchema,
} from './district.ts';
import { type FiledPlan, HOUR, type IntersectionPlan, type Plan, planSchema } from './plan.ts';
import { overlaps } from './plan-hours.ts';
import { litBy } from './stage.ts';
import { checkTiming, type Discovery, discoveryDefault, lan, type Timing } from './timing.ts';

/** A district file that passed every check, with the contract filled in. */
export interface District {
  readonly name: string;
  readonly expect?: number;
  readonly intersections: readonly Intersection[];
  readonly links: readonly Link[];
  readonly plans: readonly FiledPlan[];
  readonly timing: Timing;
  readonly discovery: Discovery;
}

type Path = readonly (string | number)[];
type Report = (path: Path, message: string) => void;

const shape = Compile(districtSchema);

/** Gives the district, or every problem of the file. Never throws. */
export const checkDistrict = (
  value: unknown,
): { district: District } | { problems: readonly Problem[] } => {
  const { problems, malformed } = shape.Check(value)
    ? { problems: [] as Problem[], malformed: [] as string[] }
    : shapeProblems(value);
  // What has the wrong type cannot be looked into further; all the rest still is.
  const isSound = (...path: Path) =>
    !malformed.some((pointer) => {
      const place = `/${path.join('/')}`;
      return (
        pointer === '' || `${place}/`.startsWith(`${pointer}/`) || pointer.startsWith(`${place}/`)
      );
    });
  if (malformed.includes('') || malformed.includes('/intersections')) return { problems };
  const file = value as DistrictFile;
  const report: Report = (path, message) => problems.push({ path, message });
  const timing = { ...lan(), ...file.timing };
  if (isSound('timing')) problems.push(...checkTiming(timing));
  const sound = file.intersections.map((_, k) => isSound('intersections', k));
  reportIntersections(file.intersections, sound, report);
  if (sound.every(Boolean)) {
    if (isSound('links')) reportLinks(file, report);
    if (isSound('plans')) reportPlans(file, report);
  }
  if (problems.length > 0) return { problems };
  const { name, expect, intersections, links = [], plans = [] } = file;
  const discovery = { ...discoveryDefault, ...file.discovery };
  return {
    district: {
      name,
      ...(expect !== undefined && { expect }),
      intersections,
      links,
      plans,
      timing,
      discovery,
    },
  };
};

const reportPlans = ({ plans = [], intersections }: DistrictFile, report: Report) => {
  plans.forEach((plan, k) => {
    for (const { path, message } of checkPlan(plan, intersections)) {
      report(['plans', k, ...path], message);
    }
    if (!plan.hours) return;
    if (plan.hours.from === plan.hours.to) {
      report(['plans', k, 'hours'], 'end when they begin; leave hours out for the whole day');
    }
    const other = plans.findIndex((one) => one.hours && overlaps(one.hours, plan.hours));
    if (other >= 0 && other < k) {
      const name = plans[other]?.id ?? '';
      report(['plans', k, 'hours'], `overlap with those of ${name}; one plan at a time`);
    }
    const planned = new Set(plan.intersections.map(({ id }) => id));
    const absent = intersections.flatMap(({ id }) => (planned.has(id) ? [] : [id]));
    if (absent.length > 0) {
      const names = absent.join(', ');
      report(['plans', k, 'intersections'], `lacks ${names}; a plan with hours is for all`);
    }
  });
};

const planShape = Compile(planSchema);

/** Gives the plan, or every problem of its shape. Never throws. */
export const readPlan = (value: unknown): { plan: Plan } | { problems: readonly Problem[] } =>
  planShape.Check(value) ? { plan: value } : shapeProblems(value, planShape);

const timingShape = Compile(timingFileSchema);

/** Gives the keys that a file with timing alone names, or every problem of its shape. */
export const readTiming = (
  value: unknown,
): { timing: Partial<Timing> } | { problems: readonly Problem[] } =>
  timingShape.Check(value)
    ? { timing: value.timing }
    : { problems: shapeProblems(value, timingShape).problems };

/** What keeps a plan from being run by these intersections. Empty when nothing does. */
export const checkPlan = (plan: Plan, intersections: readonly Intersection[]): Problem[] => {
  const problems: Problem[] = [];
  const known = new Map(intersections.map((intersection) => [intersection.id, intersection]));
  repeats(plan.intersections.map(({ id }) => id)).forEach((k) => {
    problems.push({ path: ['intersections', k, 'id'], message: 'is planned twice' });
  });
  for (const [k, planned] of plan.intersections.entries()) {
    const report: Report = (path, message) =>
      problems.push({ path: ['intersections', k, ...path], message });
    const intersection = known.get(planned.id);
    if (intersection)
      problems.push(
        ...checkPlanned(planned, intersection, plan.cycleS).map((problem) => ({
          ...problem,
          path: ['intersections', k, ...problem.path],
        })),
      );
    else report(['id'], `no intersection ${planned.id}`);
  }
  return problems;
};

/** What was found of one intersection's part of a plan: plans are checked again wherever they are
 *  met, and neither they nor intersections ever change. */
const checked = new WeakMap<IntersectionPlan, WeakMap<Intersection, Map<number, Problem[]>>>();

const checkPlanned = (
  planned: IntersectionPlan,
  intersection: Intersection,
  cycleS: number,
): readonly Problem[] => {
  const byIntersection =
    checked.get(planned) ?? new WeakMap<Intersection, Map<number, Problem[]>>();
  checked.set(planned, byIntersection);
  const byCycle = byIntersection.get(intersection) ?? new Map<number, Problem[]>();
  byIntersection.set(intersection, byCycle);
  const known = byCycle.get(cycleS);
  if (known) return known;
  const found = problemsOfPlanned(planned, intersection, cycleS);
  byCycle.set(cycleS, found);
  return found;
};

const problemsOfPlanned = (
  planned: IntersectionPlan,
  intersection: Intersection,
  cycleS: number,
): Problem[] => {
  const problems: Problem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  const stages = new Map(intersection.stages.map((stage) => [stage.id, stage]));
  repeats(planned.splits.map(({ stage }) => stage)).forEach((s) => {
    report(['splits', s, 'stage'], 'is planned twice');
  });
  planned.splits.forEach(({ stage, splitS }, s) => {
    const found = stages.get(stage);
    const least = found ? stageSecondsMin(intersection, found) : 0;
    if (!found) report(['splits', s, 'stage'], `no stage ${stage}`);
    if (splitS < least - 1e-6) {
      report(
        ['splits', s, 'splitS'],
        `${splitS} s is less than minimum green, amber and red clearance need (${least} s)`,
      );
    }
  });
  const total = planned.splits.reduce((sum, { splitS }) => sum + splitS, 0);
  if (Math.abs(total - cycleS) > 1e-6) {
    report(['splits'], `add up to ${total} s, but the cycle is ${cycleS} s`);
  }
  if (planned.offsetS >= cycleS) {
    report(['offsetS'], `${planned.offsetS} s is not within the cycle of ${cycleS} s`);
  }
  return problems;
};

/** Least length of a stage: the longest minimum green, amber and red clearance of its groups. */
export const stageSecondsMin = (intersection: Intersection, stage: Stage): number => {
  const lit = new Set(litBy(stage));
  const groups = intersection.groups.filter(({ id }) => lit.has(id));
  const longest = (of: (group: Group) => number) => Math.max(0, ...groups.map(of));
  return (
    longest(({ minGreenS }) => minGreenS) +
    longest(({ amberS, redClearanceS }) => amberS + redClearanceS)
  );
};

const key = (a: string, b: string) => `${a} ${b}`;

/**
 * The pairs of groups an intersection forbids: `forbids(a, b)` when both may never be lit, unless
 * the one that yields is permissive.
 */
export const conflictsOf = (intersection: Pick<Intersection, 'conflicts' | 'yields'>) => {
  const yields = new Set(intersection.yields.map(([a, b]) => key(a, b)));
  const conflicts = new Set(intersection.conflicts.flatMap(([a, b]) => [key(a, b), key(b, a)]));
  return {
    /** Whether `a` and `b` may never be lit together, permissive or not. */
    forbids: (a: string, b: string) =>
      conflicts.has(key(a, b)) && !yields.has(key(a, b)) && !yields.has(key(b, a)),
    /** Whether `a` may be lit with `b` while `a` is permissive. */
    yields: (a: string, b: string) => yields.has(key(a, b)),
    /** Whether two greens, each protected or permissive, may stand together. */
    allows: (a: string, aPermissive: boolean, b: string, bPermissive: boolean) => {
      const aYields = yields.has(key(a, b));
      const bYields = yields.has(key(b, a));
      if (!aYields && !bYields) return !conflicts.has(key(a, b));
      return (aYields && aPermissive) || (bYields && bPermissive);
    },
  };
};

const repeats = (names: readonly string[]): number[] =>
  names.flatMap((name, k) => (names.indexOf(name) < k ? [k] : []));

const reportIntersections = (
  intersections: readonly Intersection[],
  sound: readonly boolean[],
  report: Report,
) => {
  const serves = new Map<string, string>();
  const seen = new Set<string>();
  intersections.forEach((intersection, k) => {
    if (!sound[k]) return;
    if (seen.has(intersection.id))
      report(['intersections', k, 'id'], `${intersection.id} is there twice`);
    seen.add(intersection.id);
    for (const { path, message } of checkIntersection(intersection)) {
      report(['intersections', k, ...path], message);
    }
    for (const node of nodesOf(intersection)) {
      const other = serves.get(node);
      if (other !== undefined && other !== intersection.id) {
        report(['intersections', k], `node ${node} already serves ${other}`);
      }
      serves.set(node, intersection.id);
    }
  });
};

/** What is wrong with one intersection's description. Empty when it can be run safely. */
export const checkIntersection = (intersection: Intersection): Problem[] => {
  const problems: Problem[] = [];
  const report: Report = (path, message) => problems.push({ path, message });
  const { groups, node, nodes, conflicts, yields, merges = [], stages } = intersection;
  const known = new Set(groups.map(({ id }) => id));
  if ((node === undefined) === (nodes === undefined)) {
    report([], 'needs either node (one serves all groups) or nodes (one for each group)');
  }
  for (const id of Object.keys(nodes ?? {})) {
    if (!known.has(id)) report(['nodes', id], `no group ${id}`);
  }
  if (nodes) {
    for (const id of known) if (!Object.hasOwn(nodes, id)) report(['nodes'], `no node for ${id}`);
  }
  repeats(groups.map(({ id }) => id)).forEach((g) => {
    report(['groups', g, 'id'], `${groups[g]?.id} is there twice`);
  });
  groups.forEach(({ kind, minGreenS, maxGreenS, onCall, recall }, g) => {
    if (recall && onCall) report(['groups', g, 'recall'], 'contradicts onCall: leave one out');
    if (recall === 'maximum' && kind === 'pedestrian') {
      report(['groups', g, 'recall'], 'must be minimum for pedestrians: that is their recall');
    }
    if (minGreenS > maxGreenS) {
      report(['groups', g, 'minGreenS'], `${minGreenS} s is more than maxGreenS (${maxGreenS} s)`);
    }
  });
  for (const [name, pairs] of Object.entries({ conflicts, yields, merges })) {
    pairs.forEach(([a, b], p) => {
      if (!known.has(a)) report([name, p, 0], `no group ${a}`);
      if (!known.has(b)) report([name, p, 1], `no group ${b}`);
      if (a === b) report([name, p], `${a} with itself`);
    });
  }
  reportStages(intersection, known, report);
  reportFlash(intersection, report);
  intersection.programs?.forEach(({ steps }, p) => {
    steps.forEach(({ stage }, s) => {
      if (!stages.some(({ id }) => id === stage)) {
        report(['programs', p, 'steps', s, 'stage'], `no stage ${stage}`);
      }
    });
  });
  return problems;
};

const reportStages = (intersection: Intersection, known: Set<string>, report: Report) => {
  const table = conflictsOf(intersection);
  repeats(intersection.stages.map(({ id }) => id)).forEach((s) => {
    report(['stages', s, 'id'], `${intersection.stages[s]?.id} is there twice`);
  });
  intersection.stages.forEach((stage, s) => {
    const lit = [
      ...stage.green.map((id, g) => ({ id, permissive: false, path: ['green', g] as Path })),
      ...(stage.permissive ?? []).map((id, g) => ({
        id,
        permissive: true,
        path: ['permissive', g] as Path,
      })),
    ];
    if (lit.length === 0) report(['stages', s], 'lights no group');
    lit.forEach((a, k) => {
      if (!known.has(a.id)) report(['stages', s, ...a.path], `no group ${a.id}`);
      for (const b of lit.slice(0, k)) {
        if (b.id === a.id) {
          report(['stages', s, ...a.path], `${a.id} is there twice`);
        } else if (!table.allows(a.id, a.permissive, b.id, b.permissive)) {
          report(['stages', s, ...a.path], `${a.id} conflicts with ${b.id} of the same stage`);
        }
      }
    });
  });
};

const reportFlash = ({ groups, conflicts, yields }: Intersection, report: Report) => {
  const flashesAmber = (id: string) => groups.find((group) => group.id === id)?.flash === 'amber';
  for (const [a, b] of [...conflicts, ...yields]) {
    if (flashesAmber(a) && flashesAmber(b)) {
      report(
        ['groups', groups.findIndex(({ id }) => id === b), 'flash'],
        `amber, but so does ${a}, which conflicts`,
      );
    }
  }
};

const reportLinks = ({ links = [], intersections }: DistrictFile, report: Report) => {
  const known = new Map(intersections.map(({ id, groups }) => [id, groups.map((g) => g.id)]));
  links.forEach((link, k) => {
    // One end may be described by a neighbour's file: a district grows node by node.
    if (!known.has(link.from) && !known.has(link.to)) {
      report(['links', k], `neither ${link.from} nor ${link.to} is an intersection`);
    }
    for (const [field, end] of [
      ['fromGroups', link.from],
      ['toGroups', link.to],
    ] as const) {
      link[field]?.forEach((group, g) => {
        if (known.get(end)?.includes(group) === false) {
          report(['links', k, field, g], `${end} has no group ${group}`);
        }
      });
    }
  });
};

/** Complaints that leave every value of its type, so that the file can be looked into further. */
const MILD = new Set([
  ...['boolean', 'additionalProperties', 'minimum', 'exclusiveMinimum', 'maximum', 'pattern'],
  ...['enum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
]);

/** The schema's complaints in an operator's words, and the places that have the wrong type. */
const shapeProblems = (value: unknown, checked: Pick<typeof shape, 'Errors'> = shape) => {
  const problems: Problem[] = [];
  const malformed: string[] = [];
  const seen = new Set<string>();
  for (const error of checked.Errors(value)) {
    if (!MILD.has(error.keyword)) malformed.push(error.instancePath);
    // The object's own complaint repeats what each unknown key says for itself.
    if (error.keyword === 'additionalProperties') continue;
    const message = messageOf(error);
    const text = `${error.instancePath} ${message}`;
    if (!seen.has(text)) problems.push({ path: pathOf(error.instancePath, value), message });
    seen.add(text);
  }
  return { problems, malformed };
};

const messageOf = ({
  keyword,
  message,
  params,
}: {
  keyword: string;
  message: string;
  params: object;
}) => {
  if (keyword === 'boolean') return 'unknown key';
  const { requiredProperties, allowedValues, pattern } = params as Record<string, unknown>;
  if (Array.isArray(requiredProperties)) return `lacks ${requiredProperties.join(', ')}`;
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(', ')}`;
  if (pattern === HOUR) return 'must be a time of day, such as 07:30';
  if (pattern) return `must match ${String(pattern)}`;
  return message;
};

const pathOf = (pointer: string, root: unknown): (string | number)[] => {
  let at: unknown = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const step = Array.isArray(at) ? Number(name) : name;
      at = (at as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
};
