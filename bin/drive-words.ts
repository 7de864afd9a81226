/** What `greenwave drive` prints of a run: its settings, then its figures. */
import type { DriveSettings } from './drive.ts';
import type { DriveOutcome } from './drive-run.ts';

/** The settings of a run, as they stand beside its figures. */
export const settingsOf = ({
  control,
  sense,
  seed,
  amber,
  redClearance,
  minGreen,
  teleport,
  forecasts,
}: DriveSettings) => ({
  control,
  sense,
  seed,
  amberS: amber ?? 'network',
  redClearanceS: redClearance,
  minGreenS: minGreen,
  teleportS: teleport,
  forecasts,
});

/** Figures as they are printed: two decimals say more than there is. */
export const rounded = <T extends object>(figures: T): T =>
  Object.fromEntries(
    Object.entries(figures).map(([key, value]) => [
      key,
      typeof value === 'number' ? Math.round(value * 100) / 100 : value,
    ]),
  ) as T;

const s = (value: number): string => value.toFixed(1);

export const textOf = (outcome: DriveOutcome, settings: ReturnType<typeof settingsOf>): string => {
  const { meanDelayS, meanTripS, meanWaitingS, meanStops, vehicles, arrived } = outcome;
  const { control, sense, seed, amberS, redClearanceS, minGreenS } = settings;
  const deaf = settings.forecasts ? '' : ', without neighbours’ forecasts';
  return [
    `${control}, sensing ${sense}, seed ${seed}${deaf}: amber ${amberS} s, red clearance ${redClearanceS} s, least green ${minGreenS} s`,
    `mean delay ${s(meanDelayS)} s; trip ${s(meanTripS)} s, waiting ${s(meanWaitingS)} s, ${s(meanStops)} stops a vehicle`,
    `${vehicles} vehicles, ${arrived} arrived, ${outcome.waitingOutside} could not begin; ${outcome.co2Kg.toFixed(0)} kg of CO2`,
    `${s(outcome.arrivalsOnGreenPercent)} % arrivals on green`,
    `${outcome.teleports} teleports, ${outcome.collisions} collisions, ${outcome.emergencyStops} emergency stops`,
    `longest red before somebody who waits: ${s(outcome.longestRedS)} s (${outcome.longestRedAt})`,
    ...deedsIn(outcome),
    ...outcome.diagrams.map((file) => `drawn: ${file}`),
    planningIn(outcome),
    `unsafe: ${outcome.unsafe}; took ${s(outcome.wallS)} s, of which SUMO ${s(outcome.sumoS)} s`,
  ].join('\n');
};

const planningIn = ({ planning }: DriveOutcome): string => {
  const { steps, wallPercent, medianMs, p99Ms, maxMs } = planning;
  const ms = [medianMs, p99Ms, maxMs].map((value) => value.toFixed(2));
  return `planning: ${s(wallPercent)} % of the time it took, ${steps} steps; a step ${ms[0]} ms (median), ${ms[1]} ms (p99), ${ms[2]} ms (most)`;
};

/** What was done to the nodes, and what became of it; nothing where nothing happened. */
const deedsIn = ({ deeds, leaders, leaderlessS, flashing }: DriveOutcome): string[] => {
  const led = leaders.map(({ atS, leader, term }) => `${leader} from ${s(atS)} s (term ${term})`);
  const hasMoved = deeds.length > 0 || leaders.length !== 1 || leaderlessS > 0;
  return [
    ...deeds.map(({ atS, what }) => `at ${s(atS)} s: ${what}`),
    ...(hasMoved ? [`led: ${led.join(', ')}; nobody for ${s(leaderlessS)} s`] : []),
    ...flashing.map(
      ({ intersection, atS, forS }) => `${intersection} flashed for ${s(forS)} s from ${s(atS)} s`,
    ),
  ];
};
