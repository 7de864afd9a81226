/**
 * Nodes that are killed, stopped and doubled at random moments, on hosts of their own. What a node
 * was doing just then, and for how long it did nothing, may not matter: its lamps end as they must,
 * none is lit past its right of way, and those of all others go on.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { expect } from 'vitest';
import { machineMs } from './record.ts';
import { scenes } from './scenes.ts';
import type { Stage } from './stage.ts';

/** Of the lamps: all stages with their changes. */
const CYCLE_MS = 9_000;
/** Greens last about so long. */
const GREEN_MS = 3_000;
const STOPPED_MS_MIN = 100;
const STOPPED_MS_MAX = 15_000;

/** Anything from a hiccup to long after all others have given the node up, short or long alike. */
const anyLength = ({ chance }: Stage): number =>
  Math.round(STOPPED_MS_MIN * (STOPPED_MS_MAX / STOPPED_MS_MIN) ** chance());

/** Waits until the node is in the middle of its green, at a moment that chance decides. */
const inItsGreen = async ({ town, chance }: Stage, node: string): Promise<void> => {
  await town.green([node], machineMs());
  await pass(chance() * GREEN_MS);
};

scenes('nodes at any moment', ['shared', 'own'], ({ scenario, rounds }) => {
  scenario(
    'a node that is stopped, for however long, lights nothing past its right',
    async (stage) => {
      for (let round = 0; round < rounds; round += 1) {
        await pass(stage.chance() * CYCLE_MS);
        const [node, stoppedMs] = [stage.anyone, anyLength(stage)];
        stage.expectLights(stage.others(node));
        stage.drew(`${node} is stopped for ${stoppedMs} ms`);
        stage.town.signal(node, 'SIGSTOP');
        await pass(stoppedMs);
        await stage.heals('node stopped and let go on');
      }
    },
  );

  scenario('a node that is killed in its green leaves lamps that end', async (stage) => {
    for (let round = 0; round < rounds; round += 1) {
      const node = stage.anyone;
      const others = stage.others(node);
      await inItsGreen(stage, node);
      stage.expectLights(others);
      stage.drew(`${node} is killed`);
      const sinceMs = machineMs();
      await stage.town.end([node]);
      await stage.recovers('node killed in its green', others, sinceMs);
      await stage.heals('… and started again');
    }
  });

  scenario('of a stopped node and a second copy beside it one goes on', async (stage) => {
    const { town } = stage;
    for (let round = 0; round < rounds / 4; round += 1) {
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
      await stage.heals('node stopped, doubled and let go on');
    }
  });
});
