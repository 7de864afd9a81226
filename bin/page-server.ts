/**
 * Serves the page and streams a live district to it, on this host alone. Pages are strangers: any
 * page of any site may send requests to 127.0.0.1, so the host that they ask for and the origin they
 * come from are checked; what they send is small, and must carry the token to change anything.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { STREAM_PATH, UPWARD_BYTES_MAX } from '../visualizer/stream.ts';
import { hastyRequests, refuse, refuseUpgrade } from './local-http.ts';
import { type PageFile, pageFiles } from './page-files.ts';
import type { PageStream } from './page-stream.ts';
import { OperatorError } from './read-district.ts';

const HOST = '127.0.0.1';
/** The first port that is tried, unless one is named. */
export const PAGE_PORT = 8642;
/** So many ports are tried in turn, because several districts may be up. */
const PORTS_TRIED = 20;
/** Sixteen pages, each with its stream and a few requests. */
const CONNECTIONS_MAX = 128;

export interface PageServer {
  /** Where the page is, with the token behind `#` where there is one: that part is sent nowhere. */
  readonly url: string;
  close(): void;
}

/** A secret of one run: whoever has it may do deeds. */
export const newToken = (): string => randomBytes(18).toString('base64url');

export const isToken = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** `port` undefined: the first that is free. Throws an `OperatorError` when there is none. */
export const servePage = async (
  stream: PageStream,
  { port, token }: { port?: number | undefined; token?: string },
): Promise<PageServer> => {
  const files = pageFiles();
  if (!files) throw new OperatorError('the page is not built: npm run build:page');
  const server = createServer(hastyRequests);
  server.maxConnections = CONNECTIONS_MAX;
  const first = port ?? PAGE_PORT;
  const at = await listen(server, first, port === undefined ? PORTS_TRIED : 1);
  const hosts = [`${HOST}:${at}`, `localhost:${at}`];
  server.on('request', (request, response) => answer({ request, response, files, hosts }));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: UPWARD_BYTES_MAX,
    perMessageDeflate: false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = strangeness(request, hosts);
    if (refusal !== undefined) {
      refuseUpgrade(socket, refusal);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => stream.join(client));
  });
  const hash = token === undefined ? '' : `#token=${token}`;
  return {
    url: `http://${hosts[0]}/${hash}`,
    close: () => {
      stream.close();
      server.close();
      server.closeAllConnections();
    },
  };
};

export interface Wanted {
  readonly page: boolean;
  readonly pagePort?: number;
  /** The journal is printed: no other line may stand on standard output. */
  readonly json?: true;
  readonly token: string;
  readonly print: (text: string) => void;
}

/** The journal is printed alone, unless a page is asked for. */
export const isPageWanted = ({
  page,
  pagePort,
  json,
}: Pick<Wanted, 'page' | 'pagePort' | 'json'>): boolean =>
  page && (json !== true || pagePort !== undefined);

/** Serves the page and says where, unless nobody wants it, or it cannot be and nobody asked for it. */
export const offerPage = async (
  stream: PageStream,
  wanted: Wanted,
): Promise<PageServer | undefined> => {
  const { pagePort: port, json, token, print } = wanted;
  if (!isPageWanted(wanted)) return undefined;
  const say = json ? (text: string) => void process.stderr.write(`${text}\n`) : print;
  try {
    const server = await servePage(stream, { port, token });
    say(`The page: ${server.url}`);
    return server;
  } catch (error) {
    if (port !== undefined || !(error instanceof OperatorError)) throw error;
    say(`There is no page: ${error.message}`);
    return undefined;
  }
};

const listen = async (server: Server, first: number, tries: number): Promise<number> => {
  for (let port = first; port < first + tries; port += 1) {
    const isOurs = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(port, HOST, () => resolve(true));
    });
    server.removeAllListeners('error');
    const address = server.address();
    if (isOurs && typeof address === 'object' && address) return address.port;
  }
  const which = tries === 1 ? `port ${first} is taken` : `ports from ${first} are taken`;
  throw new OperatorError(`the page cannot be served: ${which}; name another by --page-port`);
};

/** Why a stream is refused to whoever asks for it, if it is. */
const strangeness = (
  { url, headers: { host = '', origin } }: IncomingMessage,
  hosts: readonly string[],
): string | undefined => {
  if (url !== STREAM_PATH) return `the stream is at ${STREAM_PATH}`;
  if (!hosts.includes(host)) return 'asked for by another name';
  // A program that is no browser says no origin, and could say any.
  if (origin !== undefined && origin !== `http://${host}`) return 'from a page of another site';
  return undefined;
};

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly hosts: readonly string[];
}

const answer = ({ request, response, files, hosts }: Asked): void => {
  const { method, url = '/', headers } = request;
  const host = headers.host ?? '';
  const file = files.get(url.split('?', 1)[0] ?? '/');
  const [code, why] = !hosts.includes(host)
    ? [403, 'asked for by another name']
    : method !== 'GET' && method !== 'HEAD'
      ? [405, 'only GET']
      : [404, 'not found'];
  if (code !== 404 || !file) {
    refuse(response, code, why);
    return;
  }
  response.writeHead(200, { ...headersOf(file, host), 'content-length': file.body.length });
  response.end(method === 'HEAD' ? undefined : file.body);
};

const headersOf = ({ type, isFixed }: PageFile, host: string) => ({
  'content-type': type,
  'cache-control': isFixed ? 'public, max-age=31536000, immutable' : 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    ...["script-src 'self'", "worker-src 'self'", "style-src 'self'", "img-src 'self'"],
    `connect-src 'self' ws://${host}`,
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
});
