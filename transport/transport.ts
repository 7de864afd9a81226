/**
 * What Greenwave needs from a network: bytes to all, best effort and unordered; bytes to one,
 * ordered while the connection lasts. Nothing here knows what the bytes say.
 *
 * Bytes are handed over, not copied: who sends them does not change them afterwards, and who
 * hears them neither changes nor keeps them, because other hearers may be given the same.
 */

/** Where a node can be reached for what is meant for it alone. `host` is an IP address, never a
 *  name, so that nothing waits for a name service. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** How bytes came: `all` was multicast, `one` was meant for this node. `host` is the sender's. */
export interface Origin {
  readonly via: 'all' | 'one';
  readonly host: string;
}

/** Why what was sent to one did not get through. `reset`: the peer's process ended or closed;
 *  `refused`: its host answers, but nobody listens there; `unreachable`: silence or no route;
 *  `overflow`: the queue to it is full. */
export type Loss = 'reset' | 'refused' | 'unreachable' | 'overflow';

/** What a node is told by its port. Nothing is told during `open` or a send, nor after `close`. */
export interface Handlers {
  /** Called once for each message that arrives. */
  heard(bytes: Uint8Array, origin: Origin): void;
  /** A connection to `to` was lost or could not be made. What was queued for it is dropped. The
   *  next send to it connects anew. */
  lost(to: Address, why: Loss): void;
  /** Something an operator should know: a socket failed and is being opened anew. */
  troubled(message: string): void;
}

/** A network that a node can join. */
export interface Transport {
  /** Joins the network. Rejects with a clear message when that is impossible. */
  open(handlers: Handlers): Promise<Port>;
}

/** A node's place on the network. What the network does to a message is told by the handlers;
 *  the sends throw only what `assert` throws, for messages that no node may send. */
export interface Port {
  /** Where this node listens; what it announces. */
  readonly address: Address;
  /** To all nodes of the network, this one possibly included. At most `DATAGRAM_BYTES_MAX`. What
   *  `isSpare` is dropped first, when there is more to send than goes out; nobody is told. */
  sendAll(bytes: Uint8Array, isSpare?: boolean): void;
  /** To one node, connecting when needed. At most `FRAME_BYTES_MAX`, and without a newline,
   *  because a newline ends a frame. Loss is told by `lost`, but for what `isSpare` and had to
   *  give way to the rest. */
  sendOne(to: Address, bytes: Uint8Array, isSpare?: boolean): void;
  /** Sends what is queued, at most for a moment, then closes every socket. */
  close(): Promise<void>;
}

/** A datagram that fits an Ethernet frame with room for tunnels. */
export const DATAGRAM_BYTES_MAX = 1400;
/** A message to one node: room for a large intersection's description or a snapshot's part. */
export const FRAME_BYTES_MAX = 262_144;
