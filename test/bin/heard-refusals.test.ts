/** What an operator who found nobody is told of what was refused meanwhile. */
import { expect, test } from 'vitest';
import { HeardRefusals } from '../../bin/heard-refusals.ts';

const refused = (reason: string) => ({ type: 'wire.refused', reason, peer: '10.0.0.1' }) as const;

test('each reason is told once, however often it came and whatever came after it', () => {
  const refusals = new HeardRefusals();
  for (const reason of ['it is sealed', 'not JSON', 'it is sealed (and 14 more like it since)']) {
    refusals.hear(refused(reason));
  }
  expect(refusals.text).toBe('; of 10.0.0.1: it is sealed; of 10.0.0.1: not JSON');
});

test('of many reasons five are told, and of none nothing', () => {
  const refusals = new HeardRefusals();
  expect(refusals.text).toBe('');
  for (let k = 0; k < 9; k += 1) refusals.hear(refused(`${k}`));
  expect(refusals.text.match(/; of/g)).toHaveLength(5);
});
