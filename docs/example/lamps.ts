/** The lamp driver: a program of its own, so that lamps end as they should when the node dies. */
import { checkHardware, readDistrict, runLamps } from 'greenwave';
import { relays } from './relays.js';

const [file = 'district.json'] = process.argv.slice(2);
const district = readDistrict(file);

/** A board in memory, until there is one. */
const newBoard = () => {
  let register = 0;
  return {
    write: (bits: number) => {
      register = bits;
    },
    read: () => register,
  };
};
const bulbs = new Map(
  district.intersections.map((intersection) => [intersection.id, relays(intersection, newBoard())]),
);

for (const intersection of district.intersections) {
  const hardware = bulbs.get(intersection.id);
  const wrong = hardware ? await checkHardware(intersection, hardware) : ['has no bulbs'];
  console.log(
    `${intersection.id}: ${wrong.length === 0 ? 'every bulb follows' : wrong.join(', ')}`,
  );
}

const lamps = await runLamps({
  district,
  hardwareOf: ({ id }) => bulbs.get(id),
  shown: ({ intersection, lamps }) => {
    const heads = Object.entries(lamps).map(([group, lamp]) => `${group} ${lamp}`);
    console.log(`${intersection}: ${heads.join(', ')}`);
  },
  report: ({ kind, message }) => console.error(`${kind}: ${message}`),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void lamps.end());
