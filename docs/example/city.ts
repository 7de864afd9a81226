/** The same district in virtual time: ten minutes, in which its node is killed and started again. */
import { createCity, createJudge, readDistrict } from 'greenwave';

const [file = 'district.json'] = process.argv.slice(2);
const district = readDistrict(file);
const judge = createJudge(district.intersections);
let changes = 0;

const city = createCity({
  district,
  seed: 7,
  shown: (seen) => {
    judge.see(seen);
    changes += 1;
  },
});
city.start();
city.at(120_000, () => city.kill('n1'));
city.at(180_000, () => city.restart('n1'));
await city.run(600_000);

const unsafe = [...city.violations, ...judge.verdict().unsafe];
console.log(`ten minutes, ${changes} changes of lamps, ${unsafe.length} unsafe`);
process.exitCode = unsafe.length === 0 ? 0 : 1;
