/** Shows that strangers cannot flood the operator's log. */
import { expect, test } from 'vitest';
import { TROUBLE_MS_MIN } from '../../transport/limits.ts';
import { tellRarely } from '../../transport/trouble.ts';

test('the first of a kind is told, then one in a while with the count of the others', () => {
  const told: string[] = [];
  let nowMs = 0;
  const tell = tellRarely(
    (message) => told.push(message),
    () => nowMs,
  );
  tell('peer', 'first');
  tell('full', 'another kind');
  tell('peer', 'second');
  tell('peer', 'third');
  nowMs = TROUBLE_MS_MIN;
  tell('peer', 'fourth');
  expect(told).toEqual(['first', 'another kind', 'fourth (and 2 more since)']);
});
