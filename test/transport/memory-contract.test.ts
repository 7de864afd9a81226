/** Shows that the memory network keeps the contract that sockets keep. */
import { MemoryNetwork } from '../../transport/memory.ts';
import { transportContract } from './contract.ts';
import { seeded } from './seeded.ts';

transportContract('the memory network', () => {
  const network = new MemoryNetwork({ random: seeded(1), later: setTimeout });
  let count = 0;
  return {
    join: () => {
      count += 1;
      return network.transport(`node ${count}`);
    },
  };
});
