/** A crossing of four streets with one light, made by SUMO's own netconvert, with an hour of traffic. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { findSumo, hasSumo } from '../../traffic/sumo-program.ts';

export const isInstalled = hasSumo('sumo', process.env) && hasSumo('netconvert', process.env);

/** Says what a run without SUMO did not prove. */
export const tellSumoLeftOut = (what: string): void => {
  if (!isInstalled) {
    console.warn(`left out, because SUMO is not here (Debian: apt-get install sumo): ${what}`);
  }
};

const nodes = `<nodes>
  <node id="W" x="-300" y="0"/><node id="E" x="300" y="0"/>
  <node id="N" x="0" y="300"/><node id="S" x="0" y="-300"/>
  <node id="C" x="0" y="0" type="traffic_light"/>
</nodes>`;
const street = (id: string, from: string, to: string, lanes: number) =>
  `<edge id="${id}" from="${from}" to="${to}" numLanes="${lanes}" speed="13.89"/>`;
const edges = `<edges>${[
  ...[street('WC', 'W', 'C', 2), street('EC', 'E', 'C', 1)],
  ...[street('NC', 'N', 'C', 1), street('SC', 'S', 'C', 1)],
  ...['W', 'E', 'N', 'S'].map((end) => street(`C${end}`, 'C', end, 1)),
].join('')}</edges>`;
const flow = (id: string, from: string, to: string, periodS: number) =>
  `<flow id="${id}" from="${from}" to="${to}" begin="0" end="3600" period="${periodS}"/>`;
const routes = `<routes>${[
  ...[flow('we', 'WC', 'CE', 6), flow('ew', 'EC', 'CW', 9)],
  ...[flow('ns', 'NC', 'CE', 13), flow('wn', 'WC', 'CN', 17)],
].join('')}</routes>`;
const detector = `<additional>
  <inductionLoop id="own" lane="WC_0" pos="10" period="1000000" file="NUL"/>
</additional>`;

export interface SmallTown {
  readonly folder: string;
  readonly config: string;
}

/** Writes the town to a folder of its own, which is gone after the tests of this file. */
export const makeSmallTown = (): SmallTown => {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-town-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const network = join(folder, 'town.net.xml');
  const plain = ['-n', write('town.nod.xml', nodes), '-e', write('town.edg.xml', edges)];
  const options = ['-o', network, '--no-turnarounds', '--xml-validation', 'never'];
  execFileSync(findSumo('netconvert', process.env), [...plain, ...options], { stdio: 'pipe' });
  write('town.rou.xml', routes);
  write('town.add.xml', detector);
  const config = write(
    'town.sumocfg',
    `<configuration>
      <net-file value="town.net.xml"/><route-files value="town.rou.xml"/>
      <additional-files value="town.add.xml"/>
    </configuration>`,
  );
  return { folder, config };
};

/** Whether a process is there. */
export const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
