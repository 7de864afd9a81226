/** Scripts of a trial go on when their time is over, whoever is silent. */
import { expect, test } from 'vitest';
import { Director, type Script } from '../../conformance/director.ts';
import { VirtualClock } from '../../simulation/clock.ts';

test('a wait ends by its timer, which may ring a little early, when nothing is heard any more', async () => {
  const clock = new VirtualClock();
  // As timers of hosts do.
  const setTimeout = (act: () => void, ms: number) => clock.setTimeout(act, ms - 0.5);
  const director = new Director({ ...clock, setTimeout });
  let came: boolean | undefined;
  function* script(): Script {
    came = yield* director.until(1_000, () => false);
  }
  const played = director.play(script());
  while (clock.step(2_000));
  await played;
  expect(came).toBe(false);
});
