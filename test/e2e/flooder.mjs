/**
 * Records what a multicast group carries for a moment, then floods it with noise, well-formed words and
 * recordings by turns. At the end it says how many datagrams it really sent.
 *
 * Arguments: port, group, datagrams a second, seconds.
 */
import { createSocket } from 'node:dgram';

const [port, group, aSecond, seconds] = process.argv
  .slice(2)
  .map((text, k) => (k === 1 ? text : Number(text)));
const RECORD_MS = 2000;
const RECORDED_MAX = 500;

const socket = createSocket({ type: 'udp4', reuseAddr: true });
const recorded = [];
const beat = (k) =>
  JSON.stringify({
    type: 'detector.beat',
    sender_id: `n${1 + (k % 3)}`,
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

const flood = () => {
  socket.dropMembership(group, '127.0.0.1');
  const startMs = performance.now();
  let sent = 0;
  const send = () => {
    const passedMs = performance.now() - startMs;
    if (passedMs >= seconds * 1000) {
      console.log(JSON.stringify({ sent, recorded: recorded.length, seconds: passedMs / 1000 }));
      socket.close();
      return;
    }
    // What it could not send in time it sends at once, as much as a burst may be.
    const due = Math.min((passedMs * aSecond) / 1000, sent + aSecond / 20);
    for (; sent < due; sent += 1) socket.send(kinds[sent % kinds.length](sent), port, group);
    setTimeout(send, 1);
  };
  send();
};

socket.on('message', (bytes) => {
  if (recorded.length < RECORDED_MAX) recorded.push(bytes);
});
socket.bind({ port, address: group }, () => {
  socket.addMembership(group, '127.0.0.1');
  socket.setMulticastInterface('127.0.0.1');
  setTimeout(flood, RECORD_MS);
});
