/**
 * Who may come in at the inspector server, which listens on this machine alone. A web page of
 * anywhere can make a browser on this machine connect to it; the browser then says whose page it
 * is (Origin), or calls this machine by a name that is not its own (Host): both are sent away.
 */
import type { IncomingMessage } from 'node:http';
import { NODE_HEADER } from './inspect-stream.ts';

const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);
const NODE_NAME_LENGTH_MAX = 200;

/** The host name of `Host`, without a port: behind a tunnel it may be any. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '');

/** Why a request is refused, if it is. */
export const refusalOf = ({ headers }: IncomingMessage): string | undefined => {
  const { host = '', origin } = headers;
  if (!OWN_NAMES.has(nameOf(host))) return `it asks for the host ${host.slice(0, 100)}`;
  if (origin !== undefined && origin !== `http://${host}`) {
    return `it comes from a page of ${origin.slice(0, 100)}`;
  }
  return undefined;
};

/** Which node says that it connects: district and name. Undefined for one who looks on. */
export const nodeNameOf = ({ headers }: IncomingMessage): string | undefined => {
  const name = headers[NODE_HEADER];
  if (typeof name !== 'string') return undefined;
  try {
    return decodeURIComponent(name).slice(0, NODE_NAME_LENGTH_MAX);
  } catch {
    return undefined;
  }
};
