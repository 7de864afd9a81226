/**
 * The latch: why a driver flashes until an operator has looked. A driver that found lamps lit
 * against each other, and forgot it when it was started anew, would light them again.
 */

/** Where the reason outlives the driver. */
export interface Latch {
  /** The reason, or undefined when nothing is latched. */
  read(): string | undefined;
  /** Keeps the reason before it returns; undefined clears it. Gives why it is not durable. */
  write(reason: string | undefined): string | undefined;
}

/** Lasts as long as the process. */
export const memoryLatch = (): Latch => {
  let kept: string | undefined;
  return {
    read: () => kept,
    write: (reason) => {
      kept = reason;
      return undefined;
    },
  };
};
