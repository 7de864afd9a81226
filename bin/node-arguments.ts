/**
 * How `greenwave up` starts a node: the arguments of `greenwave node`, with what it was told itself.
 */
import { join } from 'node:path';
import { cabinetSocket } from '../cabinet/address.ts';
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/district.ts';
import type { KeyOptions } from './keys.ts';

/** What `greenwave up` hands on to its nodes as it is. */
export interface NodeOptions extends KeyOptions {
  readonly interface: string;
  readonly ttl: number;
  readonly inspect?: string;
}

export interface Place {
  readonly file: string;
  readonly district: District;
  /** Folder of all stores. */
  readonly data: string;
}

export const nodeArguments = (
  node: string,
  { file, district, data }: Place,
  { interface: address, ttl, inspect, keyFile, insecure }: NodeOptions,
): string[] => {
  const intersection = district.intersections.find((one) => nodesOf(one).includes(node));
  return [
    ...['node', file, node, '--json'],
    ...['--interface', address, '--ttl', `${ttl}`],
    ...['--data', join(data, node)],
    ...['--lamps', cabinetSocket(district, intersection?.id ?? '')],
    ...(inspect === undefined ? [] : ['--inspect', inspect]),
    ...(keyFile === undefined ? [] : ['--key-file', keyFile]),
    ...(insecure ? ['--insecure'] : []),
  ];
};
