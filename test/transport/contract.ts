/**
 * The contract of a transport, as sentences. Whatever carries Greenwave's messages passes it, so
 * that what is found in a simulated city holds on a real network.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { AssertionError } from '../../protocol/assert.ts';
import {
  DATAGRAM_BYTES_MAX,
  FRAME_BYTES_MAX,
  type Port,
  type Transport,
} from '../../transport/transport.ts';
import { bytesOf, Ear } from './ear.ts';

/** A network of its own for one test. */
export interface Network {
  /** A transport for one more node of it. */
  join(): Transport;
}

interface Node {
  readonly ear: Ear;
  readonly port: Port;
}

export const transportContract = (name: string, networkOf: () => Network) => {
  describe(`${name} keeps the contract of a transport:`, () => {
    const opened: Port[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((port) => port.close()));
    });

    const open = async (network: Network): Promise<Node> => {
      const ear = new Ear();
      const port = await network.join().open(ear);
      opened.push(port);
      return { ear, port };
    };
    const nodes = async (count: number): Promise<Node[]> => {
      const network = networkOf();
      return Promise.all(Array.from({ length: count }, () => open(network)));
    };
    /** Nodes and the network, where a test needs more of them later. */
    const pair = async () => {
      const [one, other] = await nodes(2);
      return { one: one!, other: other! };
    };

    test('what is sent to all reaches every open port', async () => {
      const all = await nodes(4);
      all[0]!.port.sendAll(bytesOf('to all'));
      await Promise.all(all.slice(1).map(({ ear }) => ear.untilHeard('to all')));
      const { host } = all[0]!.port.address;
      for (const { ear } of all.slice(1)) {
        expect(ear.all).toEqual([{ text: 'to all', via: 'all', host }]);
      }
    });

    test('what is sent to one reaches that one alone, in order', async () => {
      const [sender, hearer, other] = await nodes(3);
      const words = Array.from({ length: 200 }, (_, index) => `word ${index}`);
      for (const word of words) sender!.port.sendOne(hearer!.port.address, bytesOf(word));
      await hearer!.ear.untilHeard('word 199');
      expect(hearer!.ear.texts).toEqual(words);
      expect(hearer!.ear.all[0]).toMatchObject({ via: 'one', host: sender!.port.address.host });
      sender!.port.sendOne(other!.port.address, bytesOf('end'));
      await other!.ear.untilHeard('end');
      expect(other!.ear.texts).toEqual(['end']);
    });

    test('two nodes that send to each other at once both hear', async () => {
      const { one, other } = await pair();
      one.port.sendOne(other.port.address, bytesOf('from one'));
      other.port.sendOne(one.port.address, bytesOf('from the other'));
      await Promise.all([other.ear.untilHeard('from one'), one.ear.untilHeard('from the other')]);
    });

    test('a node can send to itself', async () => {
      const [node] = await nodes(1);
      node!.port.sendOne(node!.port.address, bytesOf('self'));
      await node!.ear.untilHeard('self');
    });

    test('the largest datagram and the largest frame arrive whole', async () => {
      const { one, other } = await pair();
      const datagram = 'd'.repeat(DATAGRAM_BYTES_MAX);
      const frame = 'f'.repeat(FRAME_BYTES_MAX);
      one.port.sendAll(bytesOf(datagram));
      one.port.sendOne(other.port.address, bytesOf(frame));
      one.port.sendOne(other.port.address, bytesOf('after'));
      await other.ear.untilHeard(datagram);
      await other.ear.untilHeard('after');
      expect(other.ear.texts.filter((text) => text !== datagram)).toEqual([frame, 'after']);
    });

    test('what no node may send is our own mistake', async () => {
      const { one, other } = await pair();
      const { address } = other.port;
      const datagram = new Uint8Array(DATAGRAM_BYTES_MAX + 1);
      const frame = new Uint8Array(FRAME_BYTES_MAX + 1);
      expect(() => one.port.sendAll(datagram)).toThrow(AssertionError);
      expect(() => one.port.sendOne(address, frame)).toThrow(AssertionError);
      expect(() => one.port.sendOne(address, bytesOf('a\nb'))).toThrow(AssertionError);
    });

    test('nobody is told anything during a send', async () => {
      const { one, other } = await pair();
      one.port.sendAll(bytesOf('all'));
      one.port.sendOne(one.port.address, bytesOf('self'));
      one.port.sendOne(other.port.address, bytesOf('one'));
      one.port.sendOne({ host: 'not an address', port: -1 }, bytesOf('nowhere'));
      expect([...one.ear.all, ...one.ear.losses, ...other.ear.all]).toEqual([]);
      await one.ear.untilHeard('self');
    });

    test('a closed port hears nothing and tells nothing', async () => {
      const [sender, closed, witness] = await nodes(3);
      sender!.port.sendOne(closed!.port.address, bytesOf('before'));
      await closed!.ear.untilHeard('before');
      closed!.port.sendOne({ host: sender!.port.address.host, port: 1 }, bytesOf('refused'));
      await closed!.port.close();
      sender!.port.sendOne(closed!.port.address, bytesOf('after'));
      sender!.port.sendAll(bytesOf('all'));
      await witness!.ear.untilHeard('all');
      await sender!.ear.untilLost(closed!.port.address, 'reset');
      expect(closed!.ear.texts).toEqual(['before']);
      expect(closed!.ear.losses).toEqual([]);
    });

    test('a closed port sends nothing, and may be closed again', async () => {
      const [closed, witness, sender] = await nodes(3);
      await closed!.port.close();
      await closed!.port.close();
      closed!.port.sendAll(bytesOf('from a closed port'));
      closed!.port.sendOne(witness!.port.address, bytesOf('from a closed port'));
      sender!.port.sendAll(bytesOf('fence'));
      await witness!.ear.untilHeard('fence');
      expect(witness!.ear.texts).toEqual(['fence']);
    });

    test('close sends what is queued', async () => {
      const { one, other } = await pair();
      const frames = Array.from({ length: 8 }, (_, index) => `${index}`.repeat(100_000));
      for (const frame of frames) one.port.sendOne(other.port.address, bytesOf(frame));
      one.port.sendAll(bytesOf('goodbye'));
      await one.port.close();
      await other.ear.untilHeard(frames[7]!);
      await other.ear.untilHeard('goodbye');
      expect(other.ear.texts.filter((text) => text !== 'goodbye')).toEqual(frames);
    });

    test('a peer that goes away is told as reset, also to one who is not sending', async () => {
      const { one, other } = await pair();
      one.port.sendOne(other.port.address, bytesOf('hello'));
      await other.ear.untilHeard('hello');
      await other.port.close();
      await one.ear.untilLost(other.port.address, 'reset');
      expect(one.ear.losses).toHaveLength(1);
    });

    test('nobody listening is told as refused, once', async () => {
      const { one, other } = await pair();
      await other.port.close();
      for (const word of ['a', 'b', 'c']) one.port.sendOne(other.port.address, bytesOf(word));
      await one.ear.untilLost(other.port.address, 'refused');
      expect(one.ear.losses).toHaveLength(1);
    });

    test('after a loss the next send connects anew', async () => {
      const network = networkOf();
      const [one, other] = [await open(network), await open(network)];
      const gone = await open(network);
      await gone.port.close();
      one.port.sendOne(gone.port.address, bytesOf('a'));
      await one.ear.untilLost(gone.port.address, 'refused');
      one.port.sendOne(gone.port.address, bytesOf('b'));
      await one.ear.until('a second refusal', () => one.ear.losses.length === 2);
      one.port.sendOne(other.port.address, bytesOf('still works'));
      await other.ear.untilHeard('still works');
    });

    test('a queue that grows too long is told as overflow, and dropped', async () => {
      const { one, other } = await pair();
      const frame = new Uint8Array(FRAME_BYTES_MAX).fill(0x20);
      for (let count = 0; count < 40; count += 1) one.port.sendOne(other.port.address, frame);
      await one.ear.untilLost(other.port.address, 'overflow');
      expect(one.ear.losses).toHaveLength(1);
    });

    test('what can be done without leaves half of a queue to what cannot, and costs no connection', async () => {
      const { one, other } = await pair();
      const frame = (word: string) => bytesOf(word.padEnd(FRAME_BYTES_MAX / 2, ' '));
      for (let k = 0; k < 200; k += 1)
        one.port.sendOne(other.port.address, frame(`chat ${k}`), true);
      for (let k = 0; k < 20; k += 1) one.port.sendOne(other.port.address, frame(`vote ${k}`));
      one.port.sendOne(other.port.address, bytesOf('the last vote'));
      await other.ear.untilHeard('the last vote');
      const words = other.ear.texts.map((text) => text.trim());
      expect(words.filter((word) => word.startsWith('vote'))).toHaveLength(20);
      const chats = words.filter((word) => word.startsWith('chat'));
      expect(chats.length).toBeGreaterThan(20);
      expect(chats.length).toBeLessThan(40);
      expect(one.ear.losses).toEqual([]);
    });
  });
};
