/** Tests run in two projects: those in virtual time or memory, and those with real processes. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 40_000,
    // Real processes share two cores: more at once would only make each other late.
    maxWorkers: 2,
  },
});
