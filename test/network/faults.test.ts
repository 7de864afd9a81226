/**
 * Faults of the network, on hosts of their own: the lamps never conflict, those of whoever is heard
 * go on, and when the fault is over the district is one again.
 */
import { setTimeout as pass } from 'node:timers/promises';
import { expect } from 'vitest';
import { machineMs } from './record.ts';
import { scenes } from './scenes.ts';

/** Long enough that a stopped leader is failed, and what it said is stale. */
const STOPPED_MS = 10_000;
/** How long a slow network lasts, in each round. */
const SLOW_MS = 5_000;

scenes('faults of the network', ['shared', 'own'], ({ scenario, rounds }) => {
  scenario('agree on one leader although their clocks are minutes apart', async (stage) => {
    const { town } = stage;
    const stamps = town.nodes.map((node) => town.nodeLines(node).at(-1)?.t ?? 0);
    expect(Math.max(...stamps) - Math.min(...stamps)).toBeGreaterThan(9 * 60_000);
    await stage.expectStatus();
  });

  scenario('a leader without its cable is followed by another', async (stage) => {
    const { town } = stage;
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

  scenario('what a stopped leader said before lights nothing after', async (stage) => {
    const { town } = stage;
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

  scenario('two are cut off from three, the leader among the two', async (stage) => {
    const { town } = stage;
    const few = [stage.leader, ...stage.others(stage.leader).slice(0, 1)];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.partition(few, many);
    await stage.recovers('2 | 3, leader among the two', many, sinceMs);
    await stage.heals('… and healed');
  });

  scenario('the leader is cut off from four', async (stage) => {
    const { town } = stage;
    const few = [stage.leader];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.partition(few, many);
    await stage.recovers('1 | 4, leader alone', many, sinceMs);
    await stage.heals('… and healed');
  });

  scenario('a leader that nobody reaches gives way', async (stage) => {
    const { town } = stage;
    const few = [stage.leader];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.block(many, few);
    // It is heard, so it is still seen.
    await stage.recovers('leader deaf', many, sinceMs, town.nodes);
    await stage.heals('… and healed');
  });

  scenario('a leader that reaches nobody gives way', async (stage) => {
    const { town } = stage;
    const few = [stage.leader];
    const many = stage.others(...few);
    stage.expectLights(few, many);
    const sinceMs = machineMs();
    await town.network.block(few, many);
    await stage.recovers('leader mute', many, sinceMs);
    await stage.heals('… and healed');
  });

  scenario('a slow network that loses every fifth frame', async (stage) => {
    const { town } = stage;
    const before = town.nodes.map((node) => ({ ...town.watch(node) }));
    await town.network.slow({ delayMs: 50, jitterMs: 20, loss: 0.2, duplicate: 0.02 });
    await pass(SLOW_MS * rounds);
    const lost = (of: 'elections' | 'departures') =>
      town.nodes.reduce((sum, node, k) => sum + town.watch(node)[of] - (before[k]?.[of] ?? 0), 0);
    const note = `${lost('elections')} elections heard of, ${lost('departures')} departures`;
    await stage.heals('20 % lost, 50 ± 20 ms late, healed');
    stage.rows.push({ what: '20 % lost, 50 ± 20 ms late, healed', note });
  });
});
