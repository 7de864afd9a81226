/** The searches of rights of way: clocks that drift, with a new leader, a crash, or a preemption. */
import { test } from 'vitest';
import { expectExhausted, modelOf, SEARCH_MS } from './exhaust.ts';

const sentences = {
  rights: 'conflicting groups are never lit together, while leaders change',
  'rights-restarted': 'conflicting groups are never lit together, whoever dies and starts again',
  'rights-called':
    'conflicting groups are never lit together, whoever gives up a right and starts again',
};

for (const [model, sentence] of Object.entries(sentences)) {
  test(sentence, () => expectExhausted(modelOf(model)), SEARCH_MS);
}
