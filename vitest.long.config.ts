/** The faults of real hosts and networks, many rounds of them: no part of `npm test`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'network',
    include: ['test/network/**/*.test.ts'],
    maxWorkers: 1,
    provide: { rounds: 20, kinds: ['shared', 'own'] },
  },
});
