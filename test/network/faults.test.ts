/**
 * Faults of hosts, networks and disks, on a network of real hosts: the lamps never conflict, those
 * of whoever lives and is heard go on, and when the fault is over the district is one again.
 */
import { cpSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Kind, kinds } from './districts.ts';
import { isLeftOut, missingForHosts } from './means.ts';
import { machineMs } from './record.ts';
import { recovered } from './recovery.ts';
import './rounds.ts';
import { SEED } from './rounds.ts';
import { Stage } from './stage.ts';

/** Every wait in a scenario has a bound of its own. */
const SCENARIO_MS_MAX = 240_000;
/** Long enough that a stopped leader is failed, and what it said is stale. */
const STOPPED_MS = 10_000;
/** A leader is killed at any moment of its lamps' cycle. */
const CYCLE_MS = 9_000;
/** How long a slow network lasts, in each round. */
const SLOW_MS = 5_000;

const rounds = inject('rounds');
const asked = inject('kinds').map((name) => kinds[name] as Kind);
const limitMs = SCENARIO_MS_MAX + rounds * 30_000;
const isOut = isLeftOut('faults on a network of real hosts', missingForHosts);

describe.skipIf(isOut).each(asked)('$name', (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(kind, SEED);
  }, limitMs);
  afterAll(() => stage?.close(), limitMs);

  const scenario = (sentence: string, play: (stage: Stage) => Promise<void>) =>
    test(sentence, () => stage.play(play), limitMs);

  scenario('agree on one leader although their clocks are minutes apart', async ({ town }) => {
    const stamps = town.nodes.map((node) => town.nodeLines(node).at(-1)?.t ?? 0);
    expect(Math.max(...stamps) - Math.min(...stamps)).toBeGreaterThan(9 * 60_000);
    await stage.expectStatus();
  });

  scenario('a node whose clock was set back by ten minutes comes back', async ({ town }) => {
    const [node = ''] = stage.others(stage.leader);
    stage.expectLights(stage.others(node));
    await town.end([node]);
    town.setWall(node, -600_000);
    await stage.heals('clock set back, node restarted');
  });

  scenario('a leader that is killed is followed by another', async ({ town }) => {
    for (let round = 0; round < rounds; round += 1) {
      await pass(stage.chance() * CYCLE_MS);
      const { leader } = stage;
      const others = stage.others(leader);
      stage.expectLights(others);
      const sinceMs = machineMs();
      await town.end([leader]);
      await stage.recovers('leader killed', others, sinceMs);
      await stage.heals('… and started again');
    }
  });

  scenario('a leader without its cable is followed by another', async ({ town }) => {
    const { leader } = stage;
    const others = stage.others(leader);
    stage.expectLights(others, [leader]);
    const sinceMs = machineMs();
    await town.network.pull(leader);
    await stage.recovers("leader's cable pulled", others, sinceMs);
    await town.until(
      () => town.watch(leader).leader === undefined,
      () => `${leader} to give up its office`,
    );
    await stage.heals('… and plugged in again');
  });

  scenario('what a stopped leader said before lights nothing after', async ({ town }) => {
    const { leader } = stage;
    const others = stage.others(leader);
    const pipe = town.pipe(leader);
    pipe.hold();
    await town.until(
      () => pipe.held.some((line) => line.includes('"lamps.sequence"')),
      () => 'a sequence in the pipe',
    );
    stage.expectLights(others);
    const sinceMs = machineMs();
    town.signal(leader, 'SIGSTOP');
    const mark = town.driverLines(leader).length;
    await stage.recovers('leader stopped', others, sinceMs);
    await pass(STOPPED_MS - (machineMs() - sinceMs));
    pipe.release();
    // What was accepted before goes on to its end; the recorder judges that as it judges the rest.
    const refusal = () =>
      town
        .driverLines(leader)
        .slice(mark)
        .find((line) => line.kind === 'refused');
    await town.until(
      () => refusal() !== undefined,
      () => 'the refusal of what is stale',
    );
    expect(refusal()).toMatchObject({ reason: expect.stringContaining('too late') });
    await stage.heals('… and let go on');
  });

  scenario('a second copy beside a stopped node takes its place', async ({ town }) => {
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

  scenario('two are cut off from three, the leader among the two', async ({ town }) => {
    const few = [stage.leader, ...stage.others(stage.leader).slice(0, 1)];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.partition(few, many);
    await stage.recovers('2 | 3, leader among the two', many, sinceMs);
    await stage.heals('… and healed');
  });

  scenario('the leader is cut off from four', async ({ town }) => {
    const few = [stage.leader];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.partition(few, many);
    await stage.recovers('1 | 4, leader alone', many, sinceMs);
    await stage.heals('… and healed');
  });

  scenario('a leader that nobody reaches gives way', async ({ town }) => {
    const few = [stage.leader];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.block(many, few);
    // It is heard, so it is still seen.
    await stage.recovers('leader deaf', many, sinceMs, town.nodes);
    await stage.heals('… and healed');
  });

  scenario('a leader that reaches nobody gives way', async ({ town }) => {
    const few = [stage.leader];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.block(few, many);
    await stage.recovers('leader mute', many, sinceMs);
    await stage.heals('… and healed');
  });

  scenario('a slow network that loses every fifth frame', async ({ town }) => {
    const before = town.nodes.map((node) => ({ ...town.watch(node) }));
    await town.network.slow({ delayMs: 50, jitterMs: 20, loss: 0.2, duplicate: 0.02 });
    await pass(SLOW_MS * rounds);
    const lost = (of: 'elections' | 'departures') =>
      town.nodes.reduce((sum, node, k) => sum + town.watch(node)[of] - (before[k]?.[of] ?? 0), 0);
    const note = `${lost('elections')} elections heard of, ${lost('departures')} departures`;
    await stage.heals('20 % lost, 50 ± 20 ms late, healed');
    stage.rows.push({ what: '20 % lost, 50 ± 20 ms late, healed', note });
  });

  scenario('all are restarted one after the other', async ({ town }) => {
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

  scenario('the power fails everywhere and comes back', async ({ town }) => {
    stage.expectLights();
    await town.cutPower();
    await stage.heals('full restart');
  });

  scenario('a node comes back with the disk it had some time ago', async ({ town }) => {
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

  scenario('a node comes back with a disk that lost its last writes', async ({ town }) => {
    const [node = ''] = stage.others(stage.leader);
    stage.expectLights(stage.others(node));
    await town.end([node]);
    const [log = ''] = readdirSync(town.dataOf(node)).filter((name) => name.endsWith('.log'));
    const file = join(town.dataOf(node), log);
    truncateSync(file, Math.floor(statSync(file).size * 0.6));
    await stage.heals('last writes of a disk lost, node restarted');
  });

  scenario('a node comes back without its disk, and its clock was set back', async ({ town }) => {
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

  scenario('two groups that were formed apart become one', async ({ town }) => {
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
