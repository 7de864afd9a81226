/**
 * Where the latches of a district are kept when nobody says where: driver and operator find them
 * alike, and they outlive a reboot. Districts on other discovery addresses do not meet.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { District } from '../protocol/check-district.ts';
import { digestOf } from '../protocol/digest.ts';

export const latchFolder = ({ name, discovery }: District): string => {
  const { XDG_STATE_HOME: state } = process.env;
  const home = state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state');
  return join(home, 'greenwave', digestOf([name, discovery.address, discovery.port]));
};
