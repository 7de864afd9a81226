/**
 * What `greenwave up` says to a node process that it started, over the channel that only these two
 * have: what is done to the network as that node has it, and to the clock of its host.
 */
import Type, { type Static } from 'typebox';

const ms = Type.Number({ minimum: 0 });

export const hurtSchema = Type.Object({
  peers: Type.Array(
    Type.Object({
      node: Type.String(),
      address: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer() })),
      isCut: Type.Boolean(),
      slowMs: ms,
    }),
  ),
  lossRatio: Type.Number({ minimum: 0, maximum: 1 }),
  latencyMsMax: ms,
  /** What its clock gains. In microseconds a second. */
  driftPpm: Type.Number({ minimum: -100_000, maximum: 100_000 }),
});
export type HurtWord = Static<typeof hurtSchema>;
