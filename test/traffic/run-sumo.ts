/** Starts SUMO for a test that kills this process; prints the id of SUMO's. */
import { startSumo } from '../../traffic/sumo.ts';

const sumo = await startSumo({ args: process.argv.slice(2), environment: process.env });
process.stdout.write(`${sumo.pid}\n`);
setInterval(() => void sumo.client.step(), 100);
