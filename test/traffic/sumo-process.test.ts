/** The life of a SUMO process: how it starts, what it says, and that it never stays. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type SumoOptions, startSumo } from '../../traffic/sumo.ts';
import { findSumo, hasSumo } from '../../traffic/sumo-program.ts';
import { get } from '../../traffic/traci-commands.ts';
import { simulation, trafficLight } from '../../traffic/traci-variables.ts';
import { isInstalled, lives, makeSmallTown, tellSumoLeftOut } from './small-town.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

tellSumoLeftOut('that SUMO is started, spoken to and ended');

test('where SUMO is not, the error says how to install it', async () => {
  const environment = { PATH: '/nowhere', SUMO_HOME: '/nowhere/else' };
  expect(() => findSumo('sumo', environment)).toThrow(
    'sumo was not found on PATH nor in SUMO_HOME (/nowhere/else); install Eclipse SUMO: apt-get install sumo',
  );
  await expect(startSumo({ args: [], environment })).rejects.toMatchObject({ name: 'SumoError' });
});

test.skipIf(
  process.platform !== 'linux' || !hasSumo('sumo-gui', { ...process.env, DISPLAY: ':0' }),
)('where there is no display, the error of a window says so', () => {
  expect(() => findSumo('sumo-gui', { ...process.env, DISPLAY: '' })).toThrow(
    'sumo-gui needs an X display, and DISPLAY names none; leave out --gui',
  );
});

describe.skipIf(!isInstalled)('SUMO', () => {
  const { config, folder } = isInstalled ? makeSmallTown() : { config: '', folder: '' };

  const start = async (options: Partial<SumoOptions> = {}) => {
    const sumo = await startSumo({ args: ['-c', config], environment: process.env, ...options });
    onTestFinished(async () => void (await sumo.close()));
    return sumo;
  };

  test('starts, answers, and is gone after close', async () => {
    const { client, pid, version, close } = await start();
    expect(version.software).toMatch(/^SUMO /);
    expect(version.api).toBeGreaterThanOrEqual(20);
    expect(await client.ask(get(trafficLight, 'ids'))).toEqual(['C']);
    await client.step([], 30);
    expect(await client.ask(get(simulation, 'timeS'))).toBe(30);
    expect(lives(pid)).toBe(true);
    expect(await close()).toMatchObject({ code: 0, signal: null });
    expect(lives(pid)).toBe(false);
  });

  test('gives programs and links of a light as they are in the network', async () => {
    const { client } = await start();
    const [program] = await client.ask(get(trafficLight, 'programs', 'C'));
    const links = await client.ask(get(trafficLight, 'controlledLinks', 'C'));
    expect(program?.phases.length).toBeGreaterThan(3);
    for (const { state } of program?.phases ?? []) expect(state).toHaveLength(links.length);
    expect(links[0]).toEqual([{ from: 'NC_0', to: 'CW_0', via: ':C_0_0' }]);
  });

  test.each([
    ['a configuration that is not there', ['-c', '/nowhere.sumocfg'], 'nowhere.sumocfg'],
    ['an option that is unknown', ['--no-such-option'], 'no-such-option'],
    ['a network that is not there', ['-n', '/nowhere.net.xml'], 'nowhere.net.xml'],
  ])('passes on what it says of %s', async (_, args, message) => {
    const started = startSumo({ args, environment: process.env });
    await expect(started).rejects.toMatchObject({
      name: 'SumoError',
      message: expect.stringMatching(/^SUMO ended with code 1:\n {2}Error/),
    });
    await expect(started).rejects.toThrow(message);
  });

  test('that is killed tells whoever waits how it ended', async () => {
    const { client, pid, ended, close } = await start();
    process.kill(pid, 'SIGKILL');
    await expect(client.step([], 3600)).rejects.toMatchObject({
      fault: 'closed',
      message: expect.stringContaining('SUMO was ended by SIGKILL'),
    });
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await close()).toMatchObject({ signal: 'SIGKILL' });
  });

  test('that ends by a fault of its own gives its words as the reason', async () => {
    const { client } = await start();
    // SUMO gives up over a state with too few letters.
    const command = { ...get(trafficLight, 'state', 'C') };
    const short = Uint8Array.from([14, 0xc2, 0x20, 0, 0, 0, 1, 67, 12, 0, 0, 0, 1, 114]);
    const asked = client.ask({ ...command, name: 'a short state', code: 0xc2, bytes: short });
    await expect(asked).rejects.toThrow(
      /^SUMO ended with code 1:\n {2}Error: Mismatching phase size/,
    );
  });

  test('that hangs is ended by its id', async () => {
    const { client, pid, close } = await start({ answerMsMax: 300, closeMsMax: 300 });
    process.kill(pid, 'SIGSTOP');
    await expect(client.step()).rejects.toMatchObject({ fault: 'late' });
    expect(await close()).toMatchObject({ signal: 'SIGKILL' });
    expect(lives(pid)).toBe(false);
  });

  test('that never listens is given up, and ended', async () => {
    const home = join(folder, 'home');
    const file = join(home, 'bin', 'sumo');
    mkdirSync(join(home, 'bin'), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho $$ > ${folder}/pid\nexec sleep 60\n`);
    chmodSync(file, 0o755);
    const environment = { ...process.env, SUMO_HOME: home };
    await expect(startSumo({ args: [], environment, listenMsMax: 500 })).rejects.toThrow(
      'SUMO does not listen after 500 ms',
    );
    expect(lives(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends when its client’s process has %s',
    async (signal) => {
      const program = here(`../../node_modules/.cache/greenwave-sumo-${process.pid}`);
      onTestFinished(() => rmSync(program, { recursive: true, force: true }));
      await build({
        configFile: false,
        logLevel: 'error',
        ssr: { noExternal: true },
        build: { ssr: here('run-sumo.ts'), outDir: program, emptyOutDir: true, minify: false },
      });
      const client = spawn(process.execPath, [join(program, 'run-sumo.js'), '-c', config]);
      onTestFinished(() => void client.kill('SIGKILL'));
      const [line] = (await once(client.stdout.setEncoding('utf8'), 'data')) as [string];
      const pid = Number(line);
      expect(lives(pid)).toBe(true);
      client.kill(signal);
      await vi.waitFor(() => expect(lives(pid)).toBe(false), { timeout: 20_000 });
    },
  );
});
