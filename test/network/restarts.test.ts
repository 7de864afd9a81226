/**
 * Processes, clocks and power that fail, on hosts of their own: the lamps never conflict, those of
 * whoever lives go on, and who comes back takes part again, also when all have lost everything and
 * found each other apart.
 */
import { expect } from 'vitest';
import { machineMs } from './record.ts';
import { recovered } from './recovery.ts';
import { scenes } from './scenes.ts';

scenes('hosts that fail', ['shared', 'own'], ({ scenario }) => {
  scenario('a node whose clock was set back by ten minutes comes back', async (stage) => {
    const { town } = stage;
    const [node = ''] = stage.others(stage.leader);
    stage.expectLights(stage.others(node));
    await town.end([node]);
    town.setWall(node, -600_000);
    await stage.heals('clock set back, node restarted');
  });

  scenario('all are restarted one after the other', async (stage) => {
    const { town } = stage;
    const beganMs = machineMs();
    for (const [k, node] of town.nodes.entries()) {
      // Who has been restarted counts again when all are done.
      town.record.serve(town.nodes.slice(k + 1));
      await town.end([node], 'SIGTERM');
      const sinceMs = machineMs();
      town.start(node);
      await stage.recovers('one of a rolling restart', town.nodes, sinceMs);
    }
    const note = `all five in ${Math.round(machineMs() - beganMs)} ms`;
    stage.rows.push({ what: 'one of a rolling restart', note });
    await stage.shine();
    await stage.expectStatus();
  });

  scenario('the power fails everywhere and comes back', async (stage) => {
    const { town } = stage;
    stage.expectLights();
    await town.cutPower();
    await stage.heals('full restart');
  });

  scenario('two groups that were formed apart become one', async (stage) => {
    const { town } = stage;
    stage.expectLights();
    const [few, many] = [town.nodes.slice(0, 2), town.nodes.slice(2)];
    await town.end(town.nodes);
    town.forget();
    await town.network.partition(few, many);
    for (const node of town.nodes) town.start(node);
    for (const side of [few, many]) await recovered(town, side, machineMs());
    const groups = new Set(town.nodes.map((node) => town.watch(node).group));
    expect(groups.size).toBe(2);
    await stage.heals('two groups merged');
    expect(new Set(town.nodes.map((node) => town.watch(node).group)).size).toBe(1);
  });
});
