/**
 * The limits of the transports: how much they queue and how long they wait, each with what it
 * trades. They are not part of the contract, because two nodes may differ in them and still agree.
 */

/** Queued for one destination. Too low: a snapshot in parts overflows; too high: a peer that does
 *  not read costs memory. */
export const QUEUE_BYTES_MAX = 8 * 1024 * 1024;

/** Of that, what may be taken by what can be done without; the rest is for what others wait for. */
export const QUEUE_SPARE_BYTES_MAX = QUEUE_BYTES_MAX / 2;

/** Datagrams handed to the kernel that have not gone out: those that can be done without, and all.
 *  Too low: bursts are cut; too high: a network card that stands still costs memory. */
export const SENDING_SPARE_MAX = 2_048;
export const SENDING_MAX = 8_192;

/** Connections in, and as many out. A district of hundreds stays well below; strangers do not. */
export const CONNECTIONS_MAX = 1024;

/** Of those in, how many one host may have. Too low: a district of many nodes on one machine is cut
 *  off; too high: one stranger takes all there are. */
export const CONNECTIONS_OF_HOST_MAX = 256;

/** How long a connection may take to be made: the first packet may be lost once. */
export const CONNECT_MS_MAX = 1500;

/** How long strangers may take to show that they have the key. */
export const HANDSHAKE_MS_MAX = 3000;

/** How long a frame may go unanswered before its connection is given up. Too low: a busy peer
 *  costs connections; too high: after a healed cut TCP's own retries hold everything up. */
export const ANSWER_MS_MAX = 3000;

/** How long one who connects may say nothing, because nodes connect only to say something. */
export const FIRST_FRAME_MS_MAX = 10_000;

/** Answers queued to a peer that sends frames but does not read their answers. */
export const ANSWERS_BYTES_MAX = 65_536;

/** Quiet after which the kernel asks whether the other host is still there, so that connections
 *  of hosts that vanished do not add up. */
export const KEEP_ALIVE_MS = 30_000;

/** How long `close` waits for what is queued. Longer would delay a clean stop's successor. */
export const FLUSH_MS_MAX = 300;

/** How often the membership of the multicast group is made sure of. */
export const REJOIN_MS = 1000;

/** How often an operator is told of one kind of trouble that strangers can cause at will. */
export const TROUBLE_MS_MIN = 10_000;

/** Ports tried from the first upwards. */
export const PORT_TRIES_MAX = 1000;

/** Asked of the kernel for multicast: its default loses bursts above 20,000 datagrams a second. */
export const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
