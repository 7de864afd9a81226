/**
 * Records what a multicast group carries for a moment, then floods it, or the doors of nodes. At the
 * end it says how much it really sent.
 *
 * Arguments: port and group, how many a second, seconds, and for connections the TCP ports of nodes.
 */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const [port, group, aSecond, seconds, ...doors] = process.argv
  .slice(2)
  .map((text, k) => (k === 1 ? text : Number(text)));
const RECORD_MS = 2000;
const RECORDED_MAX = 500;
/** Connections at a time: as many as one host may have at one node, and more. */
const OPEN_MAX = 600;

const socket = createSocket({ type: 'udp4', reuseAddr: true });
const recorded = [];
const beat = (k) =>
  JSON.stringify({
    type: 'detector.beat',
    sender_id: `x${1 + (k % 3)}`,
    timestamp: 1,
    group: 'g',
    incarnation: Date.now(),
    counter: k,
    payload: { term: 2 ** 40, store: 's', index: 0, commit: 0 },
  });
const recording = (k) => recorded[k % recorded.length];
const kinds = [
  () => Buffer.alloc(300, 'x'),
  (k) => Buffer.from(beat(k)),
  (k) => Buffer.from(`${beat(k).slice(0, -1)},"mac":"01234567.abcdefghijklmnopqrstuv"}`),
  recording,
  (k) => {
    const forged = Buffer.from(recording(k));
    forged[30] ^= 1;
    return forged;
  },
];

const datagrams = (k) => socket.send(kinds[k % kinds.length](k), port, group);

let open = 0;
const said = [
  () => {},
  (one) => one.destroy(),
  (one) => one.write(Buffer.alloc(1000, 'x')),
  (one) => one.write(`${beat(1)}\n${recording(2)}\n`),
];
const wrongKey = { identity: '01234567', psk: Buffer.alloc(32, 1) };
const connections = (k) => {
  if (open >= OPEN_MAX) return;
  const at = { host: '127.0.0.1', port: doors[k % doors.length] };
  const isTls = k % 5 === 4;
  const one = isTls
    ? connectTls({ ...at, pskCallback: () => wrongKey, checkServerIdentity: () => undefined })
    : connect(at, () => said[k % said.length](one));
  open += 1;
  one.on('error', () => {});
  one.on('close', () => {
    open -= 1;
  });
  setTimeout(() => one.destroy(), 1000);
};

const flood = () => {
  socket.dropMembership(group, '127.0.0.1');
  const send = doors.length === 0 ? datagrams : connections;
  const startMs = performance.now();
  let sent = 0;
  const go = () => {
    const passedMs = performance.now() - startMs;
    if (passedMs >= seconds * 1000) {
      console.log(JSON.stringify({ sent, recorded: recorded.length, seconds: passedMs / 1000 }));
      process.exit();
    }
    // What it could not send in time it sends at once, as much as a burst may be.
    const due = Math.min((passedMs * aSecond) / 1000, sent + aSecond / 20);
    for (; sent < due; sent += 1) send(sent);
    setTimeout(go, 1);
  };
  go();
};

socket.on('message', (bytes) => {
  if (recorded.length < RECORDED_MAX) recorded.push(bytes);
});
socket.bind({ port, address: group }, () => {
  socket.addMembership(group, '127.0.0.1');
  socket.setMulticastInterface('127.0.0.1');
  setTimeout(flood, RECORD_MS);
});
