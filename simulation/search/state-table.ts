/**
 * Stores states of equal width, each once, and numbers them: words in large blocks, found again by
 * open addressing. Millions of states cost no objects, and so nothing to be collected.
 */
const BLOCK_BITS = 14;
const BLOCK = 1 << BLOCK_BITS;

export class StateTable {
  readonly #width: number;
  readonly #blocks: Int32Array[] = [];
  /** Number of the state plus one, or 0 where there is none. */
  #slots = new Int32Array(1 << 16);
  #size = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a state; the number it would get, as `-1 - number`, when it is not here. */
  find(state: Int32Array): number {
    const id = (this.#slots[this.#slotOf(state)] as number) - 1;
    return id >= 0 ? id : -1 - this.#size;
  }

  /** Stores a state that is not here, and numbers it. */
  add(state: Int32Array): number {
    if ((this.#size + 1) * 2 > this.#slots.length) this.#grow();
    const id = this.#size++;
    const place = id & (BLOCK - 1);
    if (place === 0) this.#blocks.push(new Int32Array(BLOCK * this.#width));
    (this.#blocks[id >>> BLOCK_BITS] as Int32Array).set(state, place * this.#width);
    this.#slots[this.#slotOf(state)] = id + 1;
    return id;
  }

  /** The words of a state. They are the table's own: nobody may write them. */
  at(id: number): Int32Array {
    const block = this.#blocks[id >>> BLOCK_BITS] as Int32Array;
    const start = (id & (BLOCK - 1)) * this.#width;
    return block.subarray(start, start + this.#width);
  }

  /** Where a state is, or where it would be put. */
  #slotOf(state: Int32Array): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(state) & mask;
    for (;;) {
      const id = (this.#slots[slot] as number) - 1;
      if (id < 0 || this.#isAt(id, state)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(id: number, state: Int32Array): boolean {
    const block = this.#blocks[id >>> BLOCK_BITS] as Int32Array;
    const start = (id & (BLOCK - 1)) * this.#width;
    for (let word = 0; word < this.#width; word += 1) {
      if (block[start + word] !== state[word]) return false;
    }
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let id = 0; id < this.#size; id += 1) this.#slots[this.#slotOf(this.at(id))] = id + 1;
  }
}

/** FNV-1a over words, and a last stir (MurmurHash3's), because the low bits choose the slot. */
const hashOf = (state: Int32Array): number => {
  let hash = 0x811c9dc5;
  for (let word = 0; word < state.length; word += 1) {
    hash = Math.imul(hash ^ (state[word] as number), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
};
