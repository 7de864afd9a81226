/** A node's way to the sensors of its intersection, over a real socket. */
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SensorDoors } from '../../bin/sensor-door.ts';
import { sensorsAt } from '../../bin/sensor-port.ts';
import { sensorSocket } from '../../cabinet/address.ts';
import type { Read } from '../../protocol/readings.ts';
import { discoveryDefault } from '../../protocol/timing.ts';
import { town } from '../../simulation/town.ts';

/** A district that no other test has. */
const district = () => ({
  ...town(2, { name: `sensors-${process.pid}-${Math.random()}` }),
  discovery: discoveryDefault,
});

const read: Read = { sensing: 'vehicles', stepS: 1, readings: [] };
const who = { node: 'n1', intersection: 'x1' };

const opened = async (one: ReturnType<typeof district>) => {
  const doors = new SensorDoors(one);
  await doors.open();
  onTestFinished(() => doors.close());
  return doors;
};

const listener = (one: ReturnType<typeof district>) => {
  const heard: Read[] = [];
  const refused: string[] = [];
  const open = sensorsAt(sensorSocket(one, 'x1'), (reason) => refused.push(reason));
  const port = open(who, (one) => heard.push(one));
  onTestFinished(() => port.close());
  return { heard, refused, port };
};

test('a node hears what is sensed at its intersection, and nothing of others', async () => {
  const one = district();
  const doors = await opened(one);
  const { heard, refused, port } = listener(one);
  await vi.waitFor(() => {
    doors.tell('x2', { ...read, stepS: 9 });
    doors.tell('x1', read);
    expect(heard.length).toBeGreaterThan(0);
  }, 5000);
  expect(heard[0]).toEqual(read);
  expect(heard.some(({ stepS }) => stepS === 9)).toBe(false);
  port.close();
  expect(refused).toEqual([]);
});

test('sensors that come later are found', async () => {
  const one = district();
  const { heard } = listener(one);
  const doors = await opened(one);
  await vi.waitFor(() => {
    doors.tell('x1', read);
    expect(heard.length).toBeGreaterThan(0);
  }, 10_000);
});

test('a second one who senses the same intersections is refused', async () => {
  const one = district();
  await opened(one);
  await expect(new SensorDoors(one).open()).rejects.toThrow('the sensors of x1');
  expect(
    await new Promise((done) => connect({ path: sensorSocket(one, 'x1') }, () => done('in'))),
  ).toBe('in');
});

test('what is no reading is said once and not heard', async () => {
  const one = district();
  const doors = await opened(one);
  doors.close();
  const server = createServer((socket) => socket.write('{"sensing":"eyes"}\nrubbish\n'));
  server.listen(sensorSocket(one, 'x1'));
  onTestFinished(() => void server.close());
  const { heard, refused } = listener(one);
  await vi.waitFor(() => expect(refused).toEqual(['the sensors say what is no reading']), 8000);
  expect(heard).toEqual([]);
});
