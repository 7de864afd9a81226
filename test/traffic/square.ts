/** A network that SUMO's own netgenerate makes, for tests that drive it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { findSumo } from '../../traffic/sumo-program.ts';

/** Four lights in a square, 250 m apart, with traffic from everywhere to everywhere. */
export const makeSquare = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-square-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const lengths = ['--grid.length', '250', '--grid.attach-length', '250'];
  const options = ['-j', 'traffic_light', '--default.lanenumber', '1', '--no-turnarounds'];
  const network = join(folder, 'square.net.xml');
  const made = ['--grid', '--grid.number', '2', ...lengths, ...options, '-o', network];
  execFileSync(findSumo('netgenerate', process.env), [...made, '--xml-validation', 'never'], {
    stdio: 'pipe',
  });
  const ways = [
    ...[
      ['left0A0', 'B0right0'],
      ['left1A1', 'B1right1'],
      ['right0B0', 'A0left0'],
    ],
    ...[
      ['bottom0A0', 'A1top0'],
      ['top1B1', 'B0bottom1'],
      ['top0A1', 'B0right0'],
    ],
  ];
  const flows = ways.map(
    ([from, to], k) =>
      `<flow id="f${k}" from="${from}" to="${to}" begin="0" end="200" period="${7 + k}"/>`,
  );
  writeFileSync(join(folder, 'square.rou.xml'), `<routes>${flows.join('')}</routes>`);
  const config = join(folder, 'square.sumocfg');
  writeFileSync(
    config,
    `<configuration><net-file value="square.net.xml"/><route-files value="square.rou.xml"/>
      <begin value="0"/><end value="240"/></configuration>`,
  );
  return config;
};
