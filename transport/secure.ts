/**
 * Makes the TCP connections of a district with keys: TLS 1.3 with a pre-shared key and an ephemeral
 * exchange (RFC 8446, section 2.2), so that neither certificates nor a clock are needed, and
 * recordings stay shut when a key is lost later.
 *
 * Node gives OpenSSL's older callback for pre-shared keys, which in TLS 1.3 takes the hash SHA-256
 * alone; so there is one suite, TLS_AES_128_GCM_SHA256. Nothing less is offered or taken.
 */
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { SharedKeys } from './keyring.ts';
import { HANDSHAKE_MS_MAX } from './limits.ts';

const suite = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256',
} as const;

/** Speaks TLS over a socket that connects. 'secureConnect' says that the other has the key too. */
export const securely = (socket: Socket, keys: SharedKeys): TLSSocket =>
  connect({
    ...suite,
    socket,
    pskCallback: () => keys.current,
    // Whoever has the key is the district; there is no name to compare.
    checkServerIdentity: () => undefined,
  });

export interface ServerOptions {
  readonly noDelay: boolean;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelay: number;
}

/** A server whose `joined` is called with each socket that may be read. Without keys, any. */
export const serverOf = (
  options: ServerOptions,
  keys: SharedKeys | undefined,
  joined: (socket: Socket) => void,
): Server =>
  keys === undefined
    ? createPlainServer(options, joined)
    : createTlsServer(
        {
          ...suite,
          ...options,
          handshakeTimeout: HANDSHAKE_MS_MAX,
          pskCallback: (_, identity) => keys.of(identity) ?? null,
        },
        joined,
      );
