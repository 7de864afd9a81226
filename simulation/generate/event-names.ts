/**
 * Names example events by what is particular about them: the first of a type by the type alone,
 * others by the fields in which they differ from it.
 */
import { canonicalText } from '../search/interner.ts';
import type { Said } from './moment.ts';

/** Longer differences are cut short. In characters. */
const WORDS_MAX = 48;
/** They mean something in tables. */
const SIGNS = /[;→×`\n]/g;

export class EventNames {
  readonly #named = new Map<string, { readonly name: string; readonly event: Said }>();
  readonly #first = new Map<string, Said>();
  readonly #taken = new Set<string>();

  of(event: Said): string {
    const key = canonicalText(event);
    const known = this.#named.get(key);
    if (known) return known.name;
    const name = this.#free(this.#nameOf(event));
    this.#taken.add(name);
    this.#named.set(key, { name, event });
    return name;
  }

  /** All that were named, by name. */
  events(): Readonly<Record<string, Said>> {
    const named = [...this.#named.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return Object.fromEntries(named.map(({ name, event }) => [name, event]));
  }

  #nameOf(event: Said): string {
    const first = this.#first.get(event.type);
    if (!first) {
      this.#first.set(event.type, event);
      return event.type;
    }
    const fields = [...new Set([...Object.keys(event), ...Object.keys(first)])].sort();
    const words = fields.flatMap((field) => {
      if (canonicalText(event[field]) === canonicalText(first[field])) return [];
      return [event[field] === undefined ? `no ${field}` : `${field} ${wordsOf(event[field])}`];
    });
    return `${event.type}, ${words.join(', ').replace(SIGNS, ' ').slice(0, WORDS_MAX).trim()}`;
  }

  #free(name: string): string {
    if (!this.#taken.has(name)) return name;
    let count = 2;
    while (this.#taken.has(`${name} (${count})`)) count += 1;
    return `${name} (${count})`;
  }
}

/** Of what is made of others, the words that name things. */
const wordsOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(wordsOf).join(' ');
  const { kind, id, node } = value as Readonly<Record<string, unknown>>;
  const name = [kind, id, node].filter((part) => part !== undefined).join(' ');
  return name === '' ? Object.values(value).map(wordsOf).join(' ') : name;
};
