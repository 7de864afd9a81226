/** How a node leaves: somebody has to stop it, and then it says goodbye. */
import type { Script } from './director.ts';
import { isOf } from './ear.ts';
import type { Stage } from './stage.ts';

/** What is still a fifth of `joinAnnounceMs` on a busy host, in times of that. */
const SLOW = 4;

export function* leaving(stage: Stage, waitMs: number): Script {
  const { joinAnnounceMs } = stage.group.timing;
  const { said, verdicts } = stage;
  const farewells = () => said.filter((one) => isOf(one, 'membership.goodbye'));
  yield* stage.until(waitMs, () => farewells().length > 0);
  yield* stage.until((joinAnnounceMs / 5) * SLOW + 1_000, () => farewells().length > 1);
  const [first, second] = farewells();
  const apartMs = first && second ? second.message.at - first.message.at : undefined;
  const isRight =
    apartMs !== undefined &&
    apartMs >= joinAnnounceMs / 5 / 2 &&
    apartMs <= (joinAnnounceMs / 5) * SLOW;
  const words = apartMs === undefined ? '' : `, ${Math.round(apartMs)} ms apart`;
  verdicts.check('leaves', isRight, () => `it said goodbye ${farewells().length} times${words}`);
}
