/**
 * The local inspector server: nodes stream to it, any number of times anew, and whoever looks on
 * gets it all from what is remembered. Stands in for the package's own `createInspectorServer`,
 * which listens on all interfaces, lets every client speak for all, and remembers the last two
 * hundred messages.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { nodeNameOf, refusalOf } from './inspect-door.ts';
import { History } from './inspect-history.ts';
import { type Page, pageFraming } from './inspect-page.ts';
import { Viewer } from './inspect-viewer.ts';
import { hastyRequests, refuse, refuseUpgrade } from './local-http.ts';

/** How many may be connected at a time. */
const NODES_MAX = 512;
const VIEWERS_MAX = 16;
const CONNECTIONS_MAX = NODES_MAX + 2 * VIEWERS_MAX;
/** Bytes of one message: a node keeps to less; who looks on has nothing to say. */
const NODE_PAYLOAD_MAX = 4 * 2 ** 20;
const VIEWER_PAYLOAD_MAX = 1024;
/** Who does not answer from one look to the next is put out. In milliseconds. */
const LOOK_MS = 15_000;

/** What an operator is told. */
export type News =
  | { readonly kind: 'nodeCame' | 'nodeWent'; readonly node: string }
  | { readonly kind: 'viewerCame'; readonly viewer: number }
  | { readonly kind: 'viewerWent'; readonly viewer: number; readonly reason?: string }
  | { readonly kind: 'dropped'; readonly viewer: number; readonly count: number }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ServerOptions {
  /** How much is remembered. */
  readonly bytesMax: number;
  /** The inspector that the page frames. */
  readonly frame: URL;
  readonly tell: (news: News) => void;
}

export class InspectServer {
  readonly #tell: (news: News) => void;
  readonly #history: History;
  readonly #page: Page;
  readonly #server: Server;
  readonly #forNodes = new WebSocketServer(handshakeWith(NODE_PAYLOAD_MAX));
  readonly #forViewers = new WebSocketServer(handshakeWith(VIEWER_PAYLOAD_MAX));
  readonly #nodes = new Map<string, WebSocket>();
  readonly #viewers = new Map<WebSocket, Viewer>();
  /** Who has not answered since the last look. */
  readonly #silent = new Set<WebSocket>();
  #viewersEver = 0;
  /** Why somebody was sent away last: told once, however often he comes. */
  #refused = '';
  #looking: NodeJS.Timeout | undefined;

  constructor(options: ServerOptions) {
    this.#tell = options.tell;
    this.#history = new History(options.bytesMax);
    this.#page = pageFraming(options.frame);
    this.#server = createServer(hastyRequests, (request, response) => {
      const refusal = refusalOf(request);
      const isPage = request.url === '/' && ['GET', 'HEAD'].includes(request.method ?? '');
      if (refusal !== undefined) refuse(response, 403, `refused: ${refusal}`);
      else if (!isPage) refuse(response, 404, 'there is one page here, and it is /');
      else response.writeHead(200, this.#page.headers).end(this.#page.html);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('upgrade', (...upgrade) => this.#letIn(...upgrade));
  }

  /** Gives the port once it listens: any that is free for 0. Rejects when it is taken. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#looking = setInterval(() => this.#lookAround(), LOOK_MS);
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    clearInterval(this.#looking);
    for (const socket of this.#all()) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #letIn(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const node = nodeNameOf(request);
    const isFull =
      node === undefined ? this.#viewers.size >= VIEWERS_MAX : this.#nodes.size >= NODES_MAX;
    const refusal = refusalOf(request) ?? (isFull ? 'there are too many already' : undefined);
    if (refusal !== undefined) {
      if (refusal !== this.#refused) this.#tell({ kind: 'refused', reason: refusal });
      this.#refused = refusal;
      refuseUpgrade(socket, `refused: ${refusal}`);
    } else if (node === undefined) {
      this.#forViewers.handleUpgrade(request, socket, head, (viewer) => this.#greet(viewer));
    } else this.#forNodes.handleUpgrade(request, socket, head, (one) => this.#hear(one, node));
  }

  #hear(socket: WebSocket, node: string): void {
    // A node that was started again may be here before its former connection is known to be dead.
    this.#nodes.get(node)?.terminate();
    this.#nodes.set(node, socket);
    this.#tell({ kind: 'nodeCame', node });
    let refused = '';
    socket.on('message', (data, isBinary) => {
      if (this.#nodes.get(node) !== socket) return;
      const reason = isBinary ? 'what it said is binary' : this.#history.take(node, data as Buffer);
      if (reason === undefined) for (const viewer of this.#viewers.values()) viewer.pump();
      else if (reason !== refused) this.#tell({ kind: 'refused', reason: `${node}: ${reason}` });
      refused = reason ?? refused;
    });
    this.#watch(socket, () => {
      if (this.#nodes.get(node) !== socket) return;
      this.#nodes.delete(node);
      this.#history.lose(node, Date.now());
      for (const viewer of this.#viewers.values()) viewer.pump();
      this.#tell({ kind: 'nodeWent', node });
    });
  }

  #greet(socket: WebSocket): void {
    this.#viewersEver += 1;
    const viewer = this.#viewersEver;
    this.#tell({ kind: 'viewerCame', viewer });
    let reason: string | undefined;
    socket.on('message', () => {
      reason ??= 'it speaks, and has only to listen';
      socket.close(1008, reason);
    });
    this.#watch(socket, (why) => {
      this.#viewers.delete(socket);
      reason ??= why;
      this.#tell({ kind: 'viewerWent', viewer, ...(reason !== undefined && { reason }) });
    });
    const dropped = (count: number) => this.#tell({ kind: 'dropped', viewer, count });
    this.#viewers.set(socket, new Viewer(socket, this.#history, dropped));
  }

  #watch(socket: WebSocket, gone: (why?: string) => void): void {
    let why: string | undefined;
    socket.on('error', ({ message }) => {
      why = message;
    });
    socket.on('pong', () => this.#silent.delete(socket));
    socket.on('close', () => {
      if (this.#silent.delete(socket)) why ??= 'it did not answer';
      gone(why);
    });
  }

  #all(): WebSocket[] {
    return [...this.#nodes.values(), ...this.#viewers.keys()];
  }

  #lookAround(): void {
    for (const socket of this.#all()) {
      if (this.#silent.has(socket)) socket.terminate();
      else {
        this.#silent.add(socket);
        socket.ping();
      }
    }
  }
}

const handshakeWith = (maxPayload: number) => ({
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload,
});
