/** How long tests may take, and how many run at once. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of real sockets and processes, which wait for lamps and for each other most of the time. */
const real = [
  'test/e2e/**/*.test.ts',
  'test/cabinet/*-process.test.ts',
  'test/cabinet/refusals.test.ts',
  'test/traffic/*-process.test.ts',
  'test/transport/udp-tcp*.test.ts',
];
/** Of these, and in a browser, those that judge how late something is have both cores to themselves. */
const alone = ['test/e2e/{flood,output,page}.test.ts', 'test/visualizer/browser/*.test.ts'];
/** Tests on hosts of their own, made of network namespaces: they come last. */
const network = ['test/network/**/*.test.ts'];
/** Bounds that two busy cores keep. */
const limits = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        // What docs/example imports, where it is looked at without being packed and installed.
        resolve: {
          alias: { greenwave: fileURLToPath(new URL('library/greenwave.ts', import.meta.url)) },
        },
        test: {
          ...limits,
          name: 'virtual',
          include: ['test/**/*.test.ts'],
          exclude: [...real, ...alone, ...network],
          maxWorkers: 2,
          // Cities make much that is soon forgotten: with room for it they take a sixth less.
          execArgv: ['--max-semi-space-size=64'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'real',
          include: real,
          exclude: alone,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...limits,
          name: 'alone',
          include: alone,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...limits,
          name: 'network',
          include: network,
          // Their hosts wait for lamps most of the time.
          maxWorkers: 3,
          provide: { rounds: { four: 2, shared: 2 } },
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
