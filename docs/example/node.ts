/** A node inside a program of your own. Its lamps are those of `lamps.ts`, which runs beside it. */
import { readDistrict, runNode } from 'greenwave';

const [file = 'district.json', id = 'n1'] = process.argv.slice(2);

const node = await runNode({
  district: readDistrict(file),
  id,
  journal: (line) => {
    if (line.kind === 'error') console.error(line.message);
  },
  began: (life) =>
    life.watch((event) => {
      if (event.type === 'election.elected') console.log(`${event.leader} leads`);
      if (event.type === 'lamps.ready') console.log('the lamp driver is there');
      if (event.type === 'phases.changed') console.log(`stage ${event.stage}`);
    }),
  ended: ({ reason }) => {
    console.error(reason);
    process.exit(1);
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void node.stop());
