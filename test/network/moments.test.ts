/**
 * Nodes that are killed and stopped at random moments, on hosts of their own. What a node
 * was doing just then, and for how long it did nothing, may not matter: its lamps end as they must,
 * none is lit past its right of way, and those of all others go on.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { anyLength, anyMoment, inItsGreen } from './chance.ts';
import { machineMs } from './record.ts';
import { scenes } from './scenes.ts';

scenes('nodes at any moment', ['shared', 'own'], ({ scenario, rounds }) => {
  scenario(
    'a node that is stopped, for however long, lights nothing past its right',
    async (stage) => {
      for (let round = 0; round < rounds; round += 1) {
        await anyMoment(stage);
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
});
