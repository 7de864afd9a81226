/** A TCP connection to SUMO, for a client that knows bytes alone. */
import { connect, type Socket } from 'node:net';
import type { OpenPipe } from './traci-client.ts';

/** Connects to a port of this host. Rejects with the system's error when nobody listens. */
export const connectTo = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('error', reject).once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });

/**
 * The pipe over a connected socket. `explain` says why it ended: whoever started SUMO knows more
 * than the socket does.
 */
export const pipeOver =
  (socket: Socket, explain: (why: string) => Promise<string>): OpenPipe =>
  (listener) => {
    let why = 'SUMO has ended the connection';
    let isOurs = false;
    socket
      .on('data', (bytes) => listener.heard(bytes))
      .on('error', ({ message }) => {
        why = message;
      })
      .on('close', () => {
        if (!isOurs) void explain(why).then((words) => listener.ended(words));
      });
    return {
      write: (bytes) => void socket.write(bytes),
      end: () => {
        isOurs = true;
        socket.removeAllListeners('data').destroy();
      },
    };
  };
