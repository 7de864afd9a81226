/** What docs/ takes from the code is what the code says. */
import { expect, test } from 'vitest';
import { brought, GENERATED } from '../../bench/docs.ts';

test.each(GENERATED)('%s says what the schemas and machines say (npm run docs)', (file) => {
  expect(brought(file).isTrue).toBe(true);
});
