/**
 * `greenwave conform` tries real nodes over real sockets: ours, and the one in Python, keep every
 * sentence; of copies of the latter with a mistake in one line, each is found and named.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from '../../actors/clock.ts';
import type { SentenceId } from '../../conformance/sentences.ts';
import { type Findings, tryNode } from '../../conformance/trial.ts';
import type { Contract } from '../../protocol/timing.ts';
import { discoveryDefault, lan } from '../../protocol/timing.ts';
import { udpTcp } from '../../transport/udp-tcp.ts';
import { crossroads } from './crossroads.ts';
import { Bench, discoveryPort } from './processes.ts';

const HOST = '127.0.0.1';
const python = fileURLToPath(new URL('../interop/node.py', import.meta.url));
const bench = new Bench();
const key = bench.path('town.key');
const children: ChildProcess[] = [];

/** A contract under which a busy machine's pauses cost no office. */
const calm = {
  acceptablePauseMs: 2_000,
  leaderSilenceMs: 4_000,
  heartbeatTimeoutMs: 8_000,
  electionTimeoutMs: 8_000,
  rightHorizonMs: 49_000,
};
/** Bounds that a busy machine keeps. */
const WAIT_MS = 100_000;

/** A port that nobody listens on. */
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** A district of its own; all share a network, and must not hear each other. */
const districtOf = async (name: string) => {
  const [tcpPort, port] = [await freePort(), await freePort()];
  const plain = crossroads(1, discoveryPort(0), name);
  const contract: Contract = {
    timing: { ...lan(), ...calm },
    discovery: { ...discoveryDefault, ...plain.discovery, tcpPort },
  };
  const file = bench.file(`${name}.json`, { ...plain, ...contract });
  return { name, contract, file, port, target: { host: HOST, port: tcpPort } };
};

const startPython = (program: string, file: string): ChildProcess => {
  const child = spawn('python3', [program, file, 'py'], { stdio: 'ignore' });
  children.push(child);
  return child;
};

beforeAll(async () => {
  expect(await bench.start('key', key, '--no-operator').ended()).toBe(0);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await bench.clear();
});

describe('the command', () => {
  /** Starts the command, then the node, and stops that when it is told to. */
  const conform = async (
    name: string,
    start: (file: string) => { kill(): void },
    ...more: readonly string[]
  ): Promise<Findings> => {
    const { file, port, target } = await districtOf(name);
    const address = `${target.host}:${target.port}`;
    const options = ['--json', '--leave', '--steps', '30', '--port', `${port}`, ...more];
    const command = bench.start('conform', address, file, ...options);
    await command.until('the others', () => command.stderr.includes('waits for'));
    const node = start(file);
    const isToStop = () => command.stderr.includes('stop it now') || command.code !== undefined;
    await command.until('the end', isToStop, WAIT_MS);
    node.kill();
    const code = await command.ended();
    const findings = JSON.parse(command.stdout) as Findings;
    expect(findings.verdicts.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(code).toBe(0);
    return findings;
  };
  const ours = (...more: readonly string[]) => {
    return (file: string) => {
      const node = bench.start('node', file, 'n1', '--json', ...more);
      return { kill: () => node.signal('SIGTERM') };
    };
  };

  test('finds nothing wrong with our node, with keys or without, nor with the one in Python', async () => {
    const found = await Promise.all([
      conform('plain', ours()),
      conform('keyed', ours('--key-file', key), '--key-file', key),
      conform('snake', (file) => {
        const child = startPython(python, file);
        return { kill: () => child.kill('SIGTERM') };
      }),
    ]);
    expect(found.map(({ node }) => node)).toEqual(['n1', 'n1', 'py']);
  }, 150_000);

  test('says who is there when nobody has the address, and ends with code 2', async () => {
    const { file, port, target } = await districtOf('nobody');
    const options = ['--wait', '1', '--port', `${port}`];
    const command = bench.start('conform', `${HOST}:${target.port}`, file, ...options);
    expect(await command.ended()).toBe(2);
    expect(command.stderr).toMatch(/nobody announced it within 1 s; nobody else was heard/);
    const wrong = bench.start('conform', 'localhost', file);
    expect(await wrong.ended()).toBe(2);
    expect(wrong.stderr).toMatch(/It must be an IPv4 address and a TCP port/);
  });
});

interface Planted {
  readonly mistake: string;
  readonly line: string;
  readonly instead: string;
  readonly found: SentenceId;
}

const planted: readonly Planted[] = [
  {
    mistake: 'votes twice in a term',
    line: "if said['term'] == self.term and self.voted_for is None and self.is_up_to_date(said):",
    instead: "if said['term'] == self.term and self.is_up_to_date(said):",
    found: 'once',
  },
  {
    mistake: 'acknowledges all that is in its log',
    line: '                     index=self.matched)',
    instead: '                     index=self.end()[1])',
    found: 'honest',
  },
  {
    mistake: 'does not count its beats',
    line: '        self.counter += 1\n',
    instead: "        self.counter += kind != 'detector.beat'\n",
    found: 'counter',
  },
  {
    mistake: 'votes for a log behind its own',
    line: "return (said['lastTerm'], said['lastIndex']) >= self.end()",
    instead: 'return True',
    found: 'votes',
  },
  {
    mistake: 'takes entries after a gap',
    line: "if skipped == 0 and self.term_at(previous) != said['prevTerm']:",
    instead: "if skipped == 0 and self.term_at(previous) not in (said['prevTerm'], None):",
    found: 'gap',
  },
  {
    mistake: 'hears what is repeated',
    line: 'if counter in seen or counter <= highest - WINDOW:',
    instead: 'if counter <= highest - WINDOW:',
    found: 'repeated',
  },
  {
    mistake: 'heeds whoever claims to be sent by its leader',
    line: "if self.leader and not said['transfer'] and not is_repeated:",
    instead: 'if False:',
    found: 'heeds',
  },
  {
    mistake: 'takes entries of an older term',
    line: '        if term < self.term:\n',
    instead: '        if False:\n',
    found: 'stale',
  },
];

test('finds each mistake that is planted in the node in Python', async () => {
  const source = readFileSync(python, 'utf8');
  const tried = await Promise.all(
    planted.map(async ({ line, instead, mistake }, k) => {
      expect(source.split(line), `node.py has this line once: ${line}`).toHaveLength(2);
      const program = bench.file(
        `planted-${k}.py`,
        source.replace(line, () => instead),
      );
      const { name, contract, file, port, target } = await districtOf(`planted-${k}`);
      const transport = () => udpTcp({ discovery: contract.discovery, tcpPort: port });
      const trial = tryNode({
        transports: [transport(), transport()],
        clock: realClock,
        wall: Date.now,
        district: { name, contract },
        target,
        chance: { seed: 1, steps: 0 },
        waitMs: 20_000,
      });
      startPython(program, file);
      const { verdicts } = await trial;
      const failed = verdicts.flatMap(({ id, verdict }) => (verdict === 'failed' ? [id] : []));
      return { mistake, failed };
    }),
  );
  for (const [k, { found, mistake }] of planted.entries()) {
    expect(tried[k]?.mistake).toBe(mistake);
    expect(tried[k]?.failed, mistake).toContain(found);
  }
}, 150_000);
