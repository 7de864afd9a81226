/**
 * A supervisor that takes a stopped node for dead and starts a second copy beside it, on hosts of
 * their own. One of the two gives way, whenever the first goes on, and the lamps follow the other.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { expect } from 'vitest';
import type { JournalLine } from '../../protocol/journal.ts';
import { anyLength, inItsGreen } from './chance.ts';
import { scenes } from './scenes.ts';
import type { Town } from './town.ts';

const isAccepted = (line: JournalLine): boolean =>
  line.kind === 'fact' && line.event.type === 'lamps.accepted';

/**
 * Waits until the lamps follow whoever is left: greens may come of what the other said before. Who
 * serves a whole intersection asks for no answer, and speaks for a few greens ahead at most.
 */
const followed = async (town: Town, node: string): Promise<void> => {
  if (!town.kind.isShared) return;
  const mark = town.nodeLines(node).length;
  await town.until(
    () => town.nodeLines(node).slice(mark).some(isAccepted),
    () => `lamps that follow the copy of ${node} that is left`,
  );
};

scenes('nodes doubled', ['shared', 'own'], ({ scenario, rounds }) => {
  scenario('of a stopped node and a second copy beside it one goes on', async (stage) => {
    const { town } = stage;
    for (let round = 0; round < rounds; round += 1) {
      const [node, stoppedMs] = [stage.anyone, anyLength(stage)];
      await inItsGreen(stage, node);
      stage.expectLights(stage.others(node));
      stage.drew(`${node} is stopped, doubled, and let go on after ${stoppedMs} ms`);
      town.signal(node, 'SIGSTOP');
      const { former, copy, left } = town.startBeside(node);
      await pass(stoppedMs);
      former.signal('SIGCONT');
      await town.until(
        () => former.code !== undefined || copy.code !== undefined,
        () => `one of two copies of ${node} to give way`,
      );
      expect([former.code, copy.code]).toContain(3);
      left();
      await followed(town, node);
      await stage.heals('node stopped, doubled and let go on');
    }
  });
});
