/**
 * A visitor: a connection at the cabinet's door, and as whom it entered. It is believed in nothing
 * but what it may say by that.
 */
import type { Socket } from 'node:net';
import { clearWord, type LampsClear } from '../protocol/clear-line.ts';
import type { LampsEnter, LampsSequence } from '../protocol/lamp-line.ts';
import { commanderOf } from './command-post.ts';
import type { Driver } from './driver.ts';

export interface Visitor {
  readonly socket: Socket;
  /** As whom it entered, by intersection. */
  readonly entered: Map<string, LampsEnter>;
  /** Intersections at which it has set an input: it is shown what becomes of that. */
  readonly watches: Set<string>;
  /** What it has to sign to clear a latch. */
  nonce?: string | undefined;
  /** Lines that were no lines of ours. */
  rubbish: number;
}

/** Tells operators from others, where they have a key. */
export interface Operators {
  readonly hasOperators: boolean;
  nonce(): string;
  hasSigned(word: string, proof: string): boolean;
}

/** Whether a visitor may clear a latch, why not, or what he has to sign before. */
export const clearanceOf = (
  visitor: Visitor,
  { intersection, proof }: LampsClear,
  operators: Operators | undefined,
): { readonly refused?: string; readonly nonce?: string } => {
  if (visitor.entered.size > 0) return { refused: 'an operator clears a latch, no node' };
  if (!operators?.hasOperators) return {};
  const { nonce } = visitor;
  visitor.nonce = undefined;
  if (proof === undefined) {
    visitor.nonce = operators.nonce();
    return { nonce: visitor.nonce };
  }
  const isProven =
    nonce !== undefined && operators.hasSigned(clearWord(intersection, nonce), proof);
  return isProven ? {} : { refused: 'this takes the operator’s key' };
};

/** Why a visitor may not say this sequence; undefined when he may. */
export const refusalOf = (
  visitor: Visitor,
  { intersection, incarnation, timelines }: LampsSequence,
  driver: Driver,
): string | undefined => {
  const entered = visitor.entered.get(intersection);
  if (!entered) return 'enter first';
  if (entered.incarnation !== incarnation) return `entered as ${entered.incarnation}`;
  const foreign = Object.keys(timelines).find((group) => {
    const commander = commanderOf(driver.intersection, group);
    return commander !== undefined && commander !== entered.node;
  });
  return foreign === undefined ? undefined : `${foreign} is not commanded by ${entered.node}`;
};
