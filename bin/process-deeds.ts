/**
 * What a page may do to the district of `greenwave up`: what a supervisor can really do to its
 * processes, by signals and in their transports, and what any operator may ask of the district. The
 * process of the lamps is left alone: they are the last gate.
 */
import type { ChildProcess } from 'node:child_process';
import type { Stop } from '../protocol/route.ts';
import type { Deed, DeedKind } from '../visualizer/deed.ts';
import { isOfNetwork, type LiveNetwork, NETWORK_DEEDS } from './live-network.ts';

export const PROCESS_DEEDS: readonly DeedKind[] = [
  ...(['kill', 'restart', 'stop', 'stall', 'preempt'] as const),
  ...NETWORK_DEEDS,
];

export interface Supervised {
  /** The ids of all nodes, whether they run or not. */
  readonly nodes: ReadonlySet<string>;
  /** The process of a node, when it runs. */
  readonly running: (node: string) => ChildProcess | undefined;
  readonly start: (node: string) => void;
  /** Tells that a process was stopped, or goes on. */
  readonly say: (node: string, standing: 'stopped' | 'continued') => void;
  /** Has green along a route agreed on by the district; throws when it refuses. */
  readonly preempt: (route: readonly Stop[], forS: number) => Promise<void>;
  readonly network: LiveNetwork;
  /** Changes how much traffic comes, where that can be changed. */
  readonly demand: ((perHour: number) => void) | undefined;
}

/** Gives what does a deed, or throws an error that says why not. */
export const processDeeds = ({
  nodes,
  running,
  start,
  say,
  preempt,
  network,
  demand,
}: Supervised) => {
  const signal = (child: ChildProcess, name: NodeJS.Signals) => {
    if (!child.kill(name)) throw new Error('the process has just ended');
  };
  return (deed: Deed): void | Promise<void> => {
    if (isOfNetwork(deed)) return network.act(deed);
    if (deed.kind === 'preempt') return preempt(deed.route, deed.forS);
    if (deed.kind === 'demand' && demand) {
      demand(deed.perHour);
      return;
    }
    if (!('node' in deed)) throw new Error(`${deed.kind} cannot be done to real processes`);
    const { node } = deed;
    if (!nodes.has(node)) throw new Error(`no node ${node} was started here`);
    const child = running(node);
    if (deed.kind === 'restart') {
      if (child) throw new Error(`${node} runs`);
      start(node);
      return;
    }
    if (!child) throw new Error(`${node} does not run`);
    switch (deed.kind) {
      case 'kill':
        signal(child, 'SIGKILL');
        return;
      case 'stop':
        signal(child, 'SIGTERM');
        return;
      case 'stall': {
        signal(child, 'SIGSTOP');
        say(node, 'stopped');
        const goOn = () => {
          // It may have been killed meanwhile, and another life begun.
          if (running(node) !== child || !child.kill('SIGCONT')) return;
          say(node, 'continued');
        };
        setTimeout(goOn, deed.forS * 1000);
        return;
      }
    }
  };
};
