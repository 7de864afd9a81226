/** What the page and the worker in which a city runs say to each other. */
import type { JournalLine } from '../../protocol/journal.ts';
import type { Deed } from '../deed.ts';
import type { Opening } from '../opening.ts';
import type { DistrictName } from './district-names.ts';

/** A deed, and when it was done: with the seed, all that a run depends on. */
export interface Done {
  readonly atMs: number;
  readonly deed: Deed;
}

export interface CityPlan {
  readonly seed: number;
  readonly district: DistrictName;
  /** Runs this far before anything is shown, doing again what was done. */
  readonly untilMs: number;
  readonly done: readonly Done[];
}

export type ToCity =
  | { readonly kind: 'begin'; readonly plan: CityPlan }
  /** Lets so much virtual time pass. Answered by `ran`. */
  | { readonly kind: 'run'; readonly ms: number }
  | { readonly kind: 'act'; readonly ticket: number; readonly deed: Deed }
  /** Asks for the context of a machine. Answered by `looked`. */
  | {
      readonly kind: 'look';
      readonly ticket: number;
      readonly node: string;
      readonly machine: string;
    }
  /** Asks what a message says. Answered by `looked`. */
  | { readonly kind: 'read'; readonly ticket: number; readonly key: string }
  /** Asks what all messages say. Answered by `looked`. */
  | { readonly kind: 'readAll'; readonly ticket: number };

export type FromCity =
  | { readonly kind: 'began'; readonly opening: Opening }
  | {
      readonly kind: 'ran';
      readonly nowMs: number;
      readonly lines: readonly JournalLine[];
      /** Something unsafe was shown, and the city stands still. */
      readonly violation?: string;
    }
  | {
      readonly kind: 'acted';
      readonly ticket: number;
      readonly atMs: number;
      readonly problem?: string;
    }
  | { readonly kind: 'looked'; readonly ticket: number; readonly context: unknown };
