/** How a node leaves: somebody has to stop it, and then it says goodbye. */
import type { Script } from './director.ts';
import { isOf } from './ear.ts';
import type { Stage } from './stage.ts';

/** How long after the first farewell the second may come: hosts are busy. */
const AGAIN_MS = 2_000;

export function* leaving(stage: Stage, waitMs: number): Script {
  const { said, verdicts } = stage;
  const farewells = () => said.filter((one) => isOf(one, 'membership.goodbye'));
  yield* stage.until(waitMs, () => farewells().length > 0);
  const isTwice = yield* stage.until(AGAIN_MS, () => farewells().length > 1);
  verdicts.check('leaves', isTwice, () => `it said goodbye ${farewells().length} times`);
}
