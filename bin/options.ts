/**
 * Checks option values as they are parsed, so that a mistake is told with the option's name.
 */
import { isIP } from 'node:net';
import { InvalidArgumentError, Option } from 'commander';
import { INSPECTOR_URL } from './inspect-stream.ts';

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

/** Vehicles an hour. */
export const perHour = whole(0, 100_000);

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

const urlOf = (text: string, schemes: readonly string[], remedy: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && schemes.includes(url.protocol)) return url;
  throw new InvalidArgumentError(remedy);
};

/** Where an inspector listens. */
export const webSocket = (text: string): string =>
  urlOf(
    text,
    ['ws:', 'wss:'],
    'It must begin with ws:// or wss://, or be left out at the end of the line.',
  ).href;

export const webPage = (text: string): URL =>
  urlOf(text, ['http:', 'https:'], 'It must begin with http:// or https://.');

/** `--inspect [url]`, of every command that runs nodes. */
export const inspectOption = (): Option =>
  new Option(
    '--inspect [url]',
    `stream statecharts to an inspector (${INSPECTOR_URL} when no URL is given)`,
  )
    .preset(INSPECTOR_URL)
    .argParser(webSocket);

export const interfaceAddress = (text: string): string => {
  if (isIP(text) !== 4) throw new InvalidArgumentError('It must be an IPv4 address of this host.');
  return text;
};
