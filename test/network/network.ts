/**
 * Hosts of their own on this machine, joined by a switch that can be broken in every way a real
 * network breaks. A host is a network namespace with one cable to the switch, which is a namespace
 * too, so that nothing reaches the machine's own network. A guard outside this process removes
 * everything when the process is gone, however it went.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { python } from './means.ts';

const execute = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** By how much the clocks of a host are wrong, always. */
export interface Clocks {
  /** The time of day. */
  readonly wallAheadMs: number;
  /** The clock that nobody can set, as if the host had been up for longer. */
  readonly monotonicAheadS: number;
}

/** What a slow network does to each copy of a frame, on its way from one host to one other. */
export interface Slowness {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly loss: number;
  readonly duplicate: number;
}

const PREFIX = `gwtest${process.pid}-`;
let made = 0;

export class Network {
  readonly hosts: readonly string[];
  readonly #prefix: string;
  readonly #guard: ChildProcess;
  readonly #seed: number;
  #slow: ChildProcess | undefined;

  /** Makes hosts of these names; `folder` is removed with them. */
  static async open(hosts: readonly string[], folder: string, seed: number): Promise<Network> {
    await execute(python, [script('guard.py')]);
    const network = new Network(hosts, folder, seed);
    try {
      await network.#guarded();
      await network.#build();
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  private constructor(hosts: readonly string[], folder: string, seed: number) {
    made += 1;
    this.hosts = hosts;
    this.#seed = seed;
    this.#prefix = `${PREFIX}${made}-`;
    // In a session of its own, so that Ctrl-C does not reach it.
    this.#guard = spawn(python, [script('guard.py'), this.#prefix, folder], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  /** Nothing is made before the guard stands. */
  async #guarded(): Promise<void> {
    if (this.#guard.stdout) await once(this.#guard.stdout, 'data');
  }

  /** The command that becomes a process of that host. */
  enter(host: string, { monotonicAheadS }: Pick<Clocks, 'monotonicAheadS'>): string[] {
    const ahead = ['--monotonic', `${monotonicAheadS}`, '--boottime', `${monotonicAheadS}`];
    return ['ip', 'netns', 'exec', this.#prefix + host, 'unshare', '--time', ...ahead];
  }

  addressOf(host: string): string {
    return `10.77.0.${this.#place(host)}`;
  }

  /** Nothing passes between hosts of different sides. */
  async partition(...sides: (readonly string[])[]): Promise<void> {
    for (const side of sides) {
      const others = sides.filter((other) => other !== side).flat();
      await this.block(side, others);
    }
  }

  /** Nothing passes from these to those; the other way it does. */
  async block(from: readonly string[], to: readonly string[]): Promise<void> {
    const ports = (hosts: readonly string[]) =>
      `{ ${hosts.map((host) => `"p${this.#place(host)}"`).join(', ')} }`;
    await this.#nft(`add rule bridge f faults iifname ${ports(from)} oifname ${ports(to)} drop`);
  }

  async pull(host: string): Promise<void> {
    await this.#ip(`link set p${this.#place(host)} down`);
  }

  async plug(host: string): Promise<void> {
    await this.#ip(`link set p${this.#place(host)} up`);
  }

  /** All cables lead through a switch in user space, which does this to every frame. */
  async slow(slowness: Slowness): Promise<void> {
    const taps = this.hosts.map((host) => `t${this.#place(host)}`);
    const enter = ['netns', 'exec', this.#name('switch'), python, script('switch.py')];
    const slow = spawn('ip', [...enter, `${this.#seed}`, ...taps], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#slow = slow;
    await once(slow.stdout, 'data');
    slow.stdin.write(`${JSON.stringify(slowness)}\n`);
    await once(slow.stdout, 'data');
    for (const tap of taps) {
      const place = tap.slice(1);
      await this.#ip(
        `link set ${tap} master b${place}`,
        `link set ${tap} up`,
        `link set p${place} master b${place}`,
      );
    }
  }

  /** Everything works again. */
  async heal(): Promise<void> {
    await this.#nft('flush chain bridge f faults');
    await this.#ip(
      ...this.hosts.flatMap((host) => {
        const port = `p${this.#place(host)}`;
        return [`link set ${port} master br0`, `link set ${port} up`];
      }),
    );
    const slow = this.#slow;
    this.#slow = undefined;
    if (!slow) return;
    slow.stdin?.end();
    if (slow.exitCode === null) await once(slow, 'exit');
  }

  /** Removes all hosts with every process that is left on them. */
  async close(): Promise<void> {
    this.#guard.stdin?.end();
    if (this.#guard.exitCode === null) await once(this.#guard, 'exit');
  }

  #place(host: string): number {
    return this.hosts.indexOf(host) + 1;
  }

  #name(host: string): string {
    return this.#prefix + host;
  }

  async #build(): Promise<void> {
    const bridge = 'type bridge mcast_snooping 0 stp_state 0 forward_delay 0';
    for (const host of ['switch', ...this.hosts]) {
      await execute('ip', ['netns', 'add', this.#name(host)]);
    }
    await this.#ip(`link add br0 ${bridge}`, 'link set br0 up');
    for (const host of this.hosts) {
      const place = this.#place(host);
      await this.#ip(
        `link add b${place} ${bridge}`,
        `link set b${place} up`,
        `link add p${place} type veth peer name eth0 netns ${this.#name(host)}`,
        `link set p${place} master br0 up`,
      );
      await this.#ipAt(
        host,
        'link set lo up',
        `addr add ${this.addressOf(host)}/16 dev eth0`,
        'link set eth0 up',
        'route add 239.0.0.0/8 dev eth0',
      );
    }
    await this.#nft('add table bridge f');
    await this.#nft(
      'add chain bridge f faults { type filter hook forward priority 0; policy accept; }',
    );
  }

  #ip(...commands: string[]): Promise<void> {
    return this.#ipAt('switch', ...commands);
  }

  async #ipAt(host: string, ...commands: string[]): Promise<void> {
    for (const command of commands) {
      await execute('ip', ['-n', this.#name(host), ...command.split(' ')]);
    }
  }

  async #nft(command: string): Promise<void> {
    await execute('ip', ['netns', 'exec', this.#name('switch'), 'nft', command]);
  }
}
