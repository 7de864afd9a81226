/**
 * What servers on this host have in common. Any page of any site may ask them, so whoever asks slowly
 * is put out, and even a refusal cannot be taken for something else, or framed.
 */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Who wants something says so within so long. In milliseconds. */
const REQUEST_MS_MAX = 5_000;

export const hastyRequests = {
  requestTimeout: REQUEST_MS_MAX,
  headersTimeout: REQUEST_MS_MAX,
  connectionsCheckingInterval: REQUEST_MS_MAX / 5,
};

const HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export const refuse = (response: ServerResponse, code: number, why: string): void => {
  response.writeHead(code, HEADERS).end(`${why}\n`);
};

/** Refuses a stream. */
export const refuseUpgrade = (socket: Duplex, why: string): void => {
  const lines = Object.entries({ connection: 'close', ...HEADERS }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(`HTTP/1.1 403 Forbidden\r\n${lines.join('')}\r\n${why}\n`);
};
