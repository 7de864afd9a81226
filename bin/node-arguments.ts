/**
 * How `greenwave up` starts a node, and the lamps: the arguments of `greenwave`, with what it was told
 * itself.
 */
import { join } from 'node:path';
import { cabinetSocket } from '../cabinet/address.ts';
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/district.ts';
import { type KeyOptions, keyFileArguments } from './keys.ts';
import { isPageWanted } from './page-server.ts';

/** What `greenwave up` hands on to its nodes as it is. */
export interface NodeOptions extends KeyOptions {
  readonly interface: string;
  readonly ttl: number;
  readonly inspect?: string;
  readonly contents?: true;
  readonly crashes?: string;
  readonly json?: true;
  readonly page: boolean;
  readonly pagePort?: number;
}

export interface Place {
  readonly file: string;
  readonly district: District;
  /** Folder of all stores. */
  readonly data: string;
}

/** The arguments of `greenwave` for one node of the district. */
export const nodeArguments = (node: string, where: Place, options: NodeOptions): string[] => {
  const { file, district, data } = where;
  const intersection = district.intersections.find((one) => nodesOf(one).includes(node));
  const { interface: address, ttl, inspect, contents, insecure } = options;
  return [
    ...['node', file, node, '--json'],
    ...['--interface', address, '--ttl', `${ttl}`],
    ...['--data', join(data, node)],
    ...['--lamps', cabinetSocket(district, intersection?.id ?? '')],
    ...(inspect === undefined ? [] : ['--inspect', inspect]),
    // Who looks at a page wants to see what messages say.
    ...(contents === true || isPageWanted(options) ? ['--contents'] : []),
    ...keyFileArguments(options),
    ...(insecure ? ['--insecure'] : []),
    ...crashArguments(options),
  ];
};

/** Where reports of crashes go, handed on to whatever is started. */
export const crashArguments = ({ crashes }: Pick<NodeOptions, 'crashes'>): string[] =>
  crashes === undefined ? [] : ['--crashes', crashes];

/** The arguments of `greenwave` for the lamps of the whole district. */
export const lampsArguments = ({ file, data }: Place, options: NodeOptions): string[] => [
  ...['lamps', file, '--latch', join(data, 'latches'), '--json'],
  ...keyFileArguments(options),
  ...crashArguments(options),
];
