/**
 * Leaders that are killed at random moments, on hosts of their own: no lamps conflict, no green that
 * was agreed on for a living node is lost or shortened, and what the dead one's lamps showed ends
 * with its minimum green, amber and red.
 */
import { expect } from 'vitest';
import { anyMoment } from './chance.ts';
import { machineMs } from './record.ts';
import { scenes } from './scenes.ts';

scenes('leaders killed', ['four', 'own'], ({ scenario, rounds }) => {
  scenario('a leader that is killed at any moment is followed by another', async (stage) => {
    const { town } = stage;
    for (let round = 0; round < rounds; round += 1) {
      await anyMoment(stage);
      const { leader } = stage;
      const others = stage.others(leader);
      stage.expectLights(others);
      stage.drew(`${leader}, which leads, is killed`);
      const sinceMs = machineMs();
      await town.end([leader]);
      await stage.recovers('leader killed', others, sinceMs);
      await stage.heals('… and started again');
    }
    // The recorder's silence says something: it has judged deaths, and greens that were agreed on.
    const { deaths, agreed } = await town.record.judge(0);
    expect(deaths.all).toBeGreaterThanOrEqual(rounds);
    if (town.kind.isShared) expect(agreed).toBeGreaterThanOrEqual(rounds);
  });
});
