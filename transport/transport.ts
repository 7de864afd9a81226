/**
 * What Greenwave needs from a network: bytes to all, best effort and unordered; bytes to one,
 * ordered while the connection lasts. Nothing here knows what the bytes say.
 */

/** Where a node can be reached for what is meant for it alone. */
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

export interface Handlers {
  /** Called once for each message that arrives, never during `open` or `send`. */
  heard(bytes: Uint8Array, origin: Origin): void;
  /** A connection to `to` was lost or could not be made. What was queued for it is dropped. */
  lost(to: Address, why: Loss): void;
  /** Something an operator should know: a socket failed and is being opened anew. */
  troubled(message: string): void;
}

export interface Transport {
  /** Joins the network. Rejects with a clear message when that is impossible. */
  open(handlers: Handlers): Promise<Port>;
}

export interface Port {
  /** Where this node listens; what it announces. */
  readonly address: Address;
  /** To all nodes of the network, this one possibly included. At most `DATAGRAM_BYTES_MAX`. */
  sendAll(bytes: Uint8Array): void;
  /** To one node, connecting when needed. Never throws; loss is told by `lost`. */
  sendOne(to: Address, bytes: Uint8Array): void;
  /** Sends what is queued, at most for a moment, then closes every socket. */
  close(): Promise<void>;
}

/** A datagram that fits an Ethernet frame with room for tunnels. */
export const DATAGRAM_BYTES_MAX = 1400;
/** A message to one node: room for a large intersection's description or a snapshot's part. */
export const FRAME_BYTES_MAX = 262_144;
