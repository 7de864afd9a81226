/**
 * A barrier at a car park, as an example of `greenwave generate`: it opens for who has paid, waits
 * for the car, and closes by itself.
 */
import { assign, emit, setup } from 'xstate';

export const barrierMachine = setup({
  delays: { patience: 10_000 },
  guards: {
    hasPaid: ({ context }) => context.paid >= context.price,
  },
  actions: {
    take: assign({ paid: ({ context, event }) => context.paid + event.cents }),
    open: emit({ type: 'motor.up' }),
    close: emit({ type: 'motor.down' }),
  },
}).createMachine({
  id: 'barrier',
  context: ({ input }) => ({ price: input.price, paid: 0 }),
  initial: 'closed',
  states: {
    closed: {
      on: {
        'coin.fell': { actions: 'take' },
        'button.pressed': { guard: 'hasPaid', target: 'open' },
      },
    },
    open: {
      entry: ['open', assign({ paid: 0 })],
      exit: 'close',
      after: { patience: 'closed' },
      on: { 'car.passed': 'closed' },
    },
  },
});

/** What it is tried with; without this, with the bare types of the events that it hears. */
export const alphabets = {
  barrierMachine: {
    starts: { 'a barrier': { price: 200 } },
    leaves: ['coin.fell'],
    events: [
      { type: 'coin.fell', cents: 100 },
      { type: 'coin.fell', cents: 200 },
    ],
  },
};
