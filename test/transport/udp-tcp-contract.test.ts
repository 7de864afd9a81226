/** Shows that sockets keep the contract of a transport, on the loopback interface. */
import { udpTcp } from '../../transport/udp-tcp.ts';
import { transportContract } from './contract.ts';
import { ownDiscovery } from './ports.ts';

transportContract('UDP and TCP', () => {
  const discovery = ownDiscovery();
  return { join: () => udpTcp({ discovery }) };
});
