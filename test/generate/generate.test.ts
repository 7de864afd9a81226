/** How tests are made of a machine: of one that is small enough to know what must come of it. */
import { describe, expect, test } from 'vitest';
import { assign, createMachine, setup } from 'xstate';
import { generatePaths } from '../../simulation/generate/generate.ts';
import { retold } from '../../simulation/generate/situation.ts';
import { sourceOf } from '../../simulation/generate/source.ts';

type Events = { type: 'coin'; cents: number } | { type: 'push' };

const turnstile = setup({
  types: {} as { context: { paid: number }; events: Events },
  delays: { patience: 5_000 },
  guards: { hasPaid: ({ context }) => context.paid >= 2 },
}).createMachine({
  id: 'turnstile',
  context: { paid: 0 },
  initial: 'locked',
  states: {
    locked: {
      on: {
        coin: {
          actions: assign({
            paid: ({ context, event }) => context.paid + event.cents,
          }),
        },
        push: { guard: 'hasPaid', target: 'open' },
      },
    },
    open: { entry: assign({ paid: 0 }), after: { patience: 'locked' }, on: { push: 'locked' } },
  },
});

const alphabet = {
  starts: { 'a turnstile': undefined },
  leaves: ['coin'],
  events: [{ type: 'coin', cents: 1 }],
};
const { suite, coverage } = generatePaths('turnstile', turnstile, alphabet);

const tables = Object.fromEntries(suite.situations.map(({ given, table }) => [given, table]));

describe('the paths of a machine', () => {
  test('cover its states, its transitions, and its guards both ways, by what it knows', () => {
    expect(coverage.uncovered).toEqual([]);
    expect(tables['a turnstile; coin × 2']).toBe(`
  in locked
  push → open; paid = 0; patience of open in 5000 ms
`);
  });

  test('say where it starts, and of each event that it is heard, though nothing comes of it', () => {
    expect(tables['a turnstile']).toBe(`
  starts in locked; paid = 0
  push → stays
  coin → stays; paid = 1
`);
  });

  test('let time pass until a delay is over', () => {
    expect(tables['a turnstile; coin × 2; push']).toContain(
      '\n  wait → locked; no patience of open\n',
    );
  });

  test('hold on the machine that they are of, and not on one that does anything else', () => {
    const other = turnstile.provide({ delays: { patience: 4_000 } });
    const holds = (machine: typeof turnstile) =>
      suite.situations.filter((one) => retold(machine, suite.words, one) === one.table).length;
    expect(holds(turnstile)).toBe(suite.situations.length);
    expect(holds(other)).toBeLessThan(suite.situations.length);
  });

  test('are the same whenever they are made', () => {
    expect(generatePaths('turnstile', turnstile, alphabet).suite).toEqual(suite);
  });
});

describe('what the paths do not cover', () => {
  const poor = { ...alphabet, events: [] };

  test('is listed, and said to be out of reach of all that was tried', () => {
    const { coverage: little } = generatePaths('turnstile', turnstile, poor);
    expect(little.isExhausted).toBe(true);
    expect(little.uncovered.map(({ name }) => name)).toContain('open');
  });

  test('may have a reason, which is refused as soon as it is covered after all', () => {
    const unreachable = { open: 'nobody has coins' };
    const { coverage: told } = generatePaths('turnstile', turnstile, { ...poor, unreachable });
    expect(told.uncovered.find(({ name }) => name === 'open')?.reason).toBe('nobody has coins');
    const { coverage: full } = generatePaths('turnstile', turnstile, { ...alphabet, unreachable });
    expect(full.needless).toEqual(['open']);
  });
});

test('a step that throws is told, and no step follows it', () => {
  const fragile = createMachine({
    on: {
      push: {
        actions: () => {},
        guard: () => {
          throw new Error('it broke');
        },
      },
    },
  });
  const made = generatePaths('fragile', fragile, { starts: { 'a machine': undefined } });
  expect(made.coverage.moments).toBe(2);
});

test('a file of tests names what it would say twice', () => {
  const timing = Object.fromEntries(Array.from({ length: 20 }, (_, k) => [`field${k}`, k]));
  const words = { starts: { a: { timing }, b: { timing } }, events: {} };
  const text = sourceOf(
    { words, situations: [], steps: 0, counts: {} },
    { machine: 'm', exported: 'm', from: './m.ts', library: 'greenwave/generate', by: 'a test' },
  );
  expect(text.match(/field19/g)).toHaveLength(1);
  expect(text).toContain('a: { timing },');
});
