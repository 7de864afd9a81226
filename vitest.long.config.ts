/** The faults of real hosts and networks, many rounds of them: no part of `npm test`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'network',
    include: ['test/network/**/*.test.ts'],
    maxWorkers: 3,
    provide: { rounds: { four: 20, shared: 20, own: 4 } },
  },
});
