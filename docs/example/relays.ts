/** Bulbs on a relay board: one relay and one bit of a register for each bulb. */
import { type Bulbs, bulbsOfHead, type Hardware, type Intersection, switchesFor } from 'greenwave';

/** The register of a board: whatever speaks to yours over I²C, SPI or Modbus. Both throw when the
 *  board does not answer. */
export interface Board {
  write(bits: number): void;
  /** What the relays really do. */
  read(): number;
}

export const relays = ({ groups }: Intersection, board: Board): Hardware => {
  const wires = groups.flatMap((head) => bulbsOfHead(head).map((bulb) => `${head.id} ${bulb}`));
  const bitOf = (group: string, bulb: string) => 1 << wires.indexOf(`${group} ${bulb}`);
  const bitsOf = (on: readonly { group: string; bulb: string }[]) =>
    on.reduce((bits, { group, bulb }) => bits | bitOf(group, bulb), 0);
  const reds = bitsOf(groups.map(({ id }) => ({ group: id, bulb: 'red' })));
  return {
    light: (wanted: Bulbs) => {
      const on = switchesFor(groups, wanted).filter(({ isOn }) => isOn);
      const next = bitsOf(on);
      const now = board.read();
      if (next === now) return;
      const go = bitsOf(on.filter(({ isGo }) => isGo));
      // First all that ends ends; only when that was written does anybody go.
      board.write((next & ~go) | (now & (go | reds)));
      board.write(next);
    },
    sense: () => {
      const bits = board.read();
      return Object.fromEntries(
        groups.map((head) => [
          head.id,
          bulbsOfHead(head).filter((bulb) => (bits & bitOf(head.id, bulb)) !== 0),
        ]),
      );
    },
  };
};
