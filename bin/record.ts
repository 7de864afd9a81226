/**
 * Records of a store: a value as text with a checksum and the number of the write that put it
 * there, so that what a disk gives back is believed only when it is what was written, and in order.
 */
import { crc32 } from 'node:zlib';

export interface StoredRecord {
  /** Which write put it there; writes of one store are numbered from 1. */
  readonly write: number;
  readonly value: unknown;
}

/** `checksum write json`, on one line. */
export const recordText = ({ write, value }: StoredRecord): string => {
  const body = `${write} ${JSON.stringify(value)}`;
  return `${checksum(body)} ${body}`;
};

/** The record, or undefined when the text is not what was once written. */
export const readRecord = (text: string): StoredRecord | undefined => {
  const [sum = '', write = ''] = text.split(' ', 2);
  const body = text.slice(sum.length + 1);
  if (checksum(body) !== sum) return undefined;
  try {
    return { write: Number(write), value: JSON.parse(body.slice(write.length + 1)) };
  } catch {
    return undefined; // Anybody can work out a checksum.
  }
};

const checksum = (body: string): string => crc32(body).toString(16).padStart(8, '0');
