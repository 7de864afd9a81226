/**
 * Chooses discovery ports for tests, so that tests that run at the same time, and nodes that run
 * for real on this machine, do not hear each other.
 */
import type { Discovery } from '../../protocol/timing.ts';

const PORTS_PER_PROCESS = 50;
let taken = 0;

/** Ports that no other test of this process has; the process id keeps other processes away. */
export const ownDiscovery = (): Discovery => {
  const place = (process.pid % 200) * PORTS_PER_PROCESS + (taken % PORTS_PER_PROCESS);
  taken += 1;
  return { address: '239.255.255.250', port: 20_000 + place, tcpPort: 20_000 + place };
};
