/**
 * What can go wrong between us and SUMO: one error, with its kind and its place, so that whoever
 * drives a simulation can tell a refused command, after which all goes on, from a broken stream,
 * after which nothing does.
 */

/**
 * - `malformed`: an answer is not what the protocol says; nothing after it can be read.
 * - `tooLong`: a message is longer than this client sends or takes.
 * - `refused`: SUMO understood a command and did not do it; all goes on.
 * - `late`: SUMO did not answer in time.
 * - `closed`: the connection has ended.
 * - `version`: SUMO speaks another version of TraCI.
 */
export type TraciFault = 'malformed' | 'tooLong' | 'refused' | 'late' | 'closed' | 'version';

/** Where in an answer something is wrong. */
export interface TraciPlace {
  /** In words: what was asked. */
  readonly command?: string;
  readonly variable?: string;
  /** In bytes, from the start of the message without its length. */
  readonly offset?: number;
}

/** The one error that this client throws and rejects with. */
export class TraciError extends Error {
  override readonly name = 'TraciError';
  readonly fault: TraciFault;
  readonly place: TraciPlace;

  constructor(fault: TraciFault, message: string, place: TraciPlace = {}) {
    super(placed(message, place));
    this.fault = fault;
    this.place = place;
  }
}

const placed = (message: string, { command, variable, offset }: TraciPlace): string => {
  const what = [command, variable].filter(Boolean).join(', ');
  const where = offset === undefined ? '' : ` (byte ${offset})`;
  return `${what && `${what}: `}${message}${where}`;
};
