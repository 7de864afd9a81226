/** How `greenwave up` starts each of its nodes. */
import { join } from 'node:path';
import { cabinetSocket } from '../cabinet/address.ts';
import type { District } from '../protocol/check-district.ts';
import { nodesOf } from '../protocol/district.ts';
import { isPageWanted } from './page-server.ts';

interface Where {
  readonly file: string;
  readonly district: District;
  /** Folder of all stores. */
  readonly data: string;
}

interface Options {
  readonly interface: string;
  readonly ttl: number;
  readonly inspect?: string;
  readonly contents?: true;
  readonly json?: true;
  readonly page: boolean;
  readonly pagePort?: number;
}

/** The arguments of `greenwave` for one node of the district. */
export const nodeArguments = (node: string, where: Where, options: Options): string[] => {
  const { file, district, data } = where;
  const intersection = district.intersections.find((one) => nodesOf(one).includes(node));
  const { interface: address, ttl, inspect, contents } = options;
  return [
    ...['node', file, node, '--json'],
    ...['--interface', address, '--ttl', `${ttl}`],
    ...['--data', join(data, node)],
    ...['--lamps', cabinetSocket(district, intersection?.id ?? '')],
    ...(inspect === undefined ? [] : ['--inspect', inspect]),
    // Who looks at a page wants to see what messages say.
    ...(contents === true || isPageWanted(options) ? ['--contents'] : []),
  ];
};
