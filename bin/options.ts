/**
 * Checks option values as they are parsed, so that a mistake is told with the option's name.
 */
import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';

/** A whole number between two bounds. */
export const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };

/** Seconds, at most a day. */
export const seconds = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 86_400)) {
    throw new InvalidArgumentError('It must be a number of seconds, at most a day.');
  }
  return value;
};

/** What the lamps of a driver are. */
export type LampsKind =
  | { readonly kind: 'terminal' | 'memory' }
  | { readonly kind: 'files'; readonly folder: string };

/** `terminal`, `memory` or `files:DIR`. */
export const lampsKind = (text: string): LampsKind => {
  if (text === 'terminal' || text === 'memory') return { kind: text };
  if (/^files:./.test(text)) return { kind: 'files', folder: text.slice('files:'.length) };
  throw new InvalidArgumentError('It must be terminal, memory or files:DIR.');
};

/** Seconds that something lasts: more than none, at most ten minutes. */
export const briefly = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 600)) {
    throw new InvalidArgumentError('It must be a number of seconds, more than 0, at most 600.');
  }
  return value;
};

export const interfaceAddress = (text: string): string => {
  if (isIP(text) !== 4) throw new InvalidArgumentError('It must be an IPv4 address of this host.');
  return text;
};
