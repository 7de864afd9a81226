/**
 * Reads what a city, or `greenwave up`, notes in its journal of what is done to it. The notes are sentences
 * for people (`kill n3`); a test has a city write every one of them, so that none is missed.
 */
import type { NetworkPicture } from './network-picture.ts';

export type CityNote =
  | { readonly kind: 'started' | 'killed' | 'stopping' | 'resumed'; readonly node: string }
  | { readonly kind: 'stalled'; readonly node: string; readonly forMs: number }
  | { readonly kind: 'drifting'; readonly node: string; readonly ppm: number }
  | { readonly kind: 'network'; readonly change: (network: NetworkPicture) => NetworkPicture };

type Read = (...words: string[]) => CityNote;

const network = (change: (network: NetworkPicture) => NetworkPicture): CityNote => ({
  kind: 'network',
  change,
});

const without = ({ cuts }: NetworkPicture, from: string, to: string) =>
  cuts.filter(([a, b]) => a !== from || b !== to);

const NOTES: readonly (readonly [RegExp, Read])[] = [
  [/^kill (\S+?)(?:, host and all)?$/, (node = '') => ({ kind: 'killed', node })],
  [/^start (\S+)(?: with an empty disk)?$/, (node = '') => ({ kind: 'started', node })],
  [/^stop (\S+)$/, (node = '') => ({ kind: 'stopping', node })],
  [
    /^(?:stall|suspend the host of) (\S+) for (\S+) ms$/,
    (node = '', ms = '0') => ({ kind: 'stalled', node, forMs: Number(ms) }),
  ],
  [
    /^clock of (\S+) drifts by (\S+) ppm$/,
    (node = '', ppm = '0') => ({ kind: 'drifting', node, ppm: Number(ppm) }),
  ],
  [
    /^cut (\S+) → (\S+)$/,
    (from = '', to = '') =>
      network((now) => ({ ...now, cuts: [...without(now, from, to), [from, to]] })),
  ],
  [
    /^mend (\S+) → (\S+)$/,
    (from = '', to = '') => network((now) => ({ ...now, cuts: without(now, from, to) })),
  ],
  [
    /^slow (\S+) → (\S+) by (\S+) ms$/,
    (from = '', to = '', ms = '0') =>
      network((now) => {
        const others = now.slow.filter(([a, b]) => a !== from || b !== to);
        const byMs = Number(ms);
        return { ...now, slow: byMs > 0 ? [...others, [from, to, byMs] as const] : others };
      }),
  ],
  [
    /^partition (.+)$/,
    (text = '') => {
      const sides = text.split(' | ').map((side) => side.split('+'));
      return network((now) => ({ ...now, sides }));
    },
  ],
  [/^reunite$/, () => network((now) => ({ ...now, sides: [] }))],
  [/^heal$/, () => network((now) => ({ ...now, sides: [], cuts: [], slow: [] }))],
  [
    /^network (\{.*\})$/,
    (text = '{}') => {
      const { lossRatio, latencyMsMax } = JSON.parse(text) as Partial<NetworkPicture>;
      return network((now) => ({
        ...now,
        lossRatio: lossRatio ?? now.lossRatio,
        latencyMsMax: latencyMsMax ?? now.latencyMsMax,
      }));
    },
  ],
];

/** What the note says, or undefined when it changes nothing that is drawn. */
export const readCityNote = (message: string): CityNote | undefined => {
  for (const [pattern, read] of NOTES) {
    const found = pattern.exec(message);
    if (found) return read(...found.slice(1));
  }
  return undefined;
};
