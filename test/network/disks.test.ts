/**
 * Disks that are lost, cut short or set back, and a second copy of a node, on hosts of their own: the
 * lamps never conflict, those of whoever lives go on, and who comes back takes part again.
 */
import { cpSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { machineMs } from './record.ts';
import { scenes } from './scenes.ts';

scenes('disks that fail', ['shared', 'own'], ({ scenario }) => {
  scenario('a second copy beside a stopped node takes its place', async (stage) => {
    const { town } = stage;
    const [node = ''] = stage.others(stage.leader);
    stage.expectLights(stage.others(node));
    town.signal(node, 'SIGSTOP');
    const former = town.leaveStopped(node);
    const refused = town.start(node);
    expect(await refused.ended()).toBe(2);
    expect(refused.stderr).toMatch(/another process is using it/);
    town.loseDisk(node);
    const sinceMs = machineMs();
    town.start(node);
    await stage.recovers('a second copy with an empty disk', town.nodes, sinceMs);
    former.signal('SIGCONT');
    expect(await former.ended()).toBe(3);
    await stage.heals('… and the first let go on');
  });

  scenario('a node comes back with the disk it had some time ago', async (stage) => {
    const { town } = stage;
    const [node = '', other = ''] = stage.others(stage.leader);
    const copy = join(town.folder, 'copy');
    town.signal(node, 'SIGSTOP');
    cpSync(town.dataOf(node), copy, { recursive: true });
    town.signal(node, 'SIGCONT');
    const { commit } = town.watch(node);
    // Another one leaves and comes back, so that more is agreed on.
    stage.expectLights(stage.others(other));
    await town.end([other], 'SIGTERM');
    await stage.heals('a node left and came back');
    expect(town.watch(node).commit).toBeGreaterThan(commit);
    stage.expectLights(stage.others(node));
    await town.end([node]);
    rmSync(town.dataOf(node), { recursive: true });
    cpSync(copy, town.dataOf(node), { recursive: true });
    await stage.heals('disk set back, node restarted');
  });

  scenario('a node comes back with a disk that lost its last writes', async (stage) => {
    const { town } = stage;
    const [node = ''] = stage.others(stage.leader);
    stage.expectLights(stage.others(node));
    await town.end([node]);
    const [log = ''] = readdirSync(town.dataOf(node)).filter((name) => name.endsWith('.log'));
    const file = join(town.dataOf(node), log);
    truncateSync(file, Math.floor(statSync(file).size * 0.6));
    await stage.heals('last writes of a disk lost, node restarted');
  });

  scenario('a node comes back without its disk, and its clock was set back', async (stage) => {
    const { town } = stage;
    const [node = ''] = stage.others(stage.leader);
    stage.expectLights(stage.others(node));
    await town.end([node]);
    town.loseDisk(node);
    await stage.heals('disk lost and clock set back, node restarted');
    const outlived = town
      .nodeLines(node)
      .filter((line) => line.kind === 'fact' && line.event.type === 'membership.outlived');
    expect(outlived).toHaveLength(1);
  });
});
