/** What a page does to the network of a live district, as its node processes are told of it. */
import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import type { HurtWord } from '../../bin/hurt-word.ts';
import { LiveNetwork } from '../../bin/live-network.ts';
import type { JournalLine } from '../../protocol/journal.ts';

const nodes = ['n1', 'n2', 'n3'];

/** Three processes that keep what they were told last. */
const district = () => {
  const told = new Map<string, HurtWord>();
  const notes: string[] = [];
  const child = (node: string) =>
    ({
      connected: true,
      send: (word: HurtWord) => told.set(node, word),
    }) as unknown as ChildProcess;
  const network = new LiveNetwork({
    nodes,
    running: child,
    tell: (line) => line.kind === 'error' && notes.push(line.message),
  });
  for (const [k, node] of nodes.entries()) {
    network.started(node);
    network.hear(opened(node, 6000 + k));
  }
  const cutFrom = (node: string) =>
    told.get(node)?.peers.flatMap((peer) => (peer.isCut ? [peer.node] : []));
  return { network, told, notes, cutFrom };
};

const opened = (node: string, port: number): JournalLine => ({
  ...{ t: 1, node, kind: 'fact' },
  event: { type: 'wire.opened', host: '127.0.0.1', port },
});

test('both ends of a cut are told of it, with the address of the other, and of its mending', () => {
  const { network, told, notes, cutFrom } = district();
  network.act({ kind: 'cut', from: 'n1', to: 'n2' });
  const peer = { isCut: true, slowMs: 0 };
  expect(told.get('n1')?.peers).toEqual([
    { ...peer, node: 'n2', address: { host: '127.0.0.1', port: 6001 } },
  ]);
  expect(nodes.map(cutFrom)).toEqual([['n2'], ['n1'], []]);
  network.act({ kind: 'mend', from: 'n2', to: 'n1' });
  expect(nodes.map(cutFrom)).toEqual([[], [], []]);
  expect(notes.slice(0, 2)).toEqual(['cut n1 → n2', 'cut n2 → n1']);
});

test('a partition cuts each side off from the others, who is not named too, until it is healed', () => {
  const { network, cutFrom } = district();
  network.act({ kind: 'partition', sides: [['n2']] });
  expect(nodes.map(cutFrom)).toEqual([['n2'], ['n1', 'n3'], ['n2']]);
  network.act({ kind: 'slow', from: 'n1', to: 'n3', byMs: 300 });
  network.act({ kind: 'heal' });
  expect(nodes.map(cutFrom)).toEqual([[], [], []]);
});

test('who is started again is told what is done still, and others where he listens now', () => {
  const { network, told } = district();
  network.act({ kind: 'cut', from: 'n1', to: 'n2' });
  network.act({ kind: 'drift', node: 'n2', ppm: 2000 });
  told.clear();
  network.started('n2');
  expect(told.get('n2')).toMatchObject({ driftPpm: 2000, peers: [{ node: 'n1', isCut: true }] });
  network.hear(opened('n2', 6009));
  expect(told.get('n1')?.peers).toMatchObject([{ node: 'n2', address: { port: 6009 } }]);
});

test.each([
  [{ kind: 'cut', from: 'n1', to: 'stranger' }, 'no node stranger was started here'],
  [{ kind: 'slow', from: 'n1', to: 'n1', byMs: 5 }, 'a link needs two nodes'],
  [{ kind: 'partition', sides: [['n1'], ['n1', 'n2']] }, 'a node is on one side only'],
  [{ kind: 'drift', node: 'lamps', ppm: 5 }, 'no node lamps was started here'],
] as const)('%j is refused, and nobody is told', (deed, why) => {
  const { network, told, notes } = district();
  told.clear();
  expect(() => network.act(deed as never)).toThrow(why);
  expect([told.size, notes]).toEqual([0, []]);
});
