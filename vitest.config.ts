/** How long tests may take, and how many run at once. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Bounds that two busy cores keep.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real processes share two cores: more at once would only make each other late.
    maxWorkers: 2,
  },
});
