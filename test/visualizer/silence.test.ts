/** φ in the table of nodes: how silent each is, as the leader hears it. */
import { expect, test } from 'vitest';
import { History } from '../../visualizer/history.ts';
import { leaderOf } from '../../visualizer/picture.ts';
import { silencesAt } from '../../visualizer/views/cluster/silence.ts';
import { storyOf } from './story.ts';

test('φ is low of who beats, and rises above the threshold of who was killed', async () => {
  const { opening, lines } = await storyOf(4, 12_000, (city) => {
    city.at(10_000, () => city.kill('n4', { silent: true }));
  });
  const history = new History({ ...opening, lines });
  const at = (t: number) => silencesAt({ t, picture: history.at(t), history });
  expect(leaderOf(history.at(9_000))?.node).not.toBe('n4');
  const before = at(9_900);
  expect(before.size).toBe(3);
  for (const phi of before.values()) expect(phi).toBeLessThan(3);
  expect(at(11_400).get('n4')).toBeGreaterThan(8);
  expect(at(11_400).get(leaderOf(history.at(9_000))?.node ?? '')).toBeUndefined();
});
