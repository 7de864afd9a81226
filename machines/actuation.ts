/**
 * Actuated control, in NEMA's terms: a green goes on while vehicles keep coming for it (passage), and
 * ends by the first gap (gap-out) or, while somebody waits elsewhere, at its maximum (max-out); then
 * comes the next stage for which there is a call. Without a call what is green rests. No gap ends what
 * is on maximum recall.
 */
import type { Stage } from '../protocol/district.ts';
import { litBy } from '../protocol/stage.ts';
import type { View } from './board.ts';
import { isHeldToMaximum } from './recall.ts';
import { maxGreenMs } from './sequence.ts';

/** Who could be at the stop line within this has not left a gap (passage time). In seconds. */
const PASSAGE_S = 3;

/** The stage that is to follow now, or null: what is green goes on. `greenMs`: for how long so far. */
export const actuate = (view: View, greenMs: number): Stage | null => {
  const { intersection, stage, expected } = view;
  const lit = new Set(litBy(stage));
  const next = calledAfter(view);
  if (!next) return null;
  if (greenMs >= maxGreenMs(intersection, stage)) return next;
  if (isHeldToMaximum(intersection, stage)) return null;
  const blind = new Set([...expected.stuck, ...expected.barred]);
  const isComing = expected.lanes.some(({ vehicles }) => {
    const [first] = vehicles;
    const goes = (group: string) => lit.has(group) && !blind.has(group);
    return first?.groups.some(goes) && first.etaS <= PASSAGE_S;
  });
  return isComing ? null : next;
};

/** The next stage, in their order, that serves somebody whom the present one does not. */
const calledAfter = ({ intersection, stage, expected, walks }: View): Stage | null => {
  const { stages } = intersection;
  const lit = new Set(litBy(stage));
  const waiting = expected.lanes.flatMap(({ vehicles }) =>
    vehicles.flatMap(({ groups }) => (groups.some((group) => lit.has(group)) ? [] : groups)),
  );
  const others = [...expected.overdue, ...walks].filter((group) => !lit.has(group));
  const calls = new Set([...waiting, ...others]);
  const place = stages.findIndex(({ id }) => id === stage.id);
  const order = [...stages.slice(place + 1), ...stages.slice(0, Math.max(0, place))];
  return order.find((one) => litBy(one).some((group) => calls.has(group))) ?? null;
};
