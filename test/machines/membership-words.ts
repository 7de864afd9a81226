/** What the tests of membership are written with: a node that joins, and what others announce. */
import { type MembershipInput, membershipMachine } from '../../machines/membership.ts';
import type { Message, Only } from '../../protocol/event.ts';
import { contractDigest } from '../../protocol/timing.ts';
import { contract, Play } from './play.ts';

export const address = (k: number) => ({ host: '10.0.0.1', port: 6000 + k });

export const inputOf = (rest: Partial<MembershipInput> = {}): MembershipInput => ({
  id: 'n1',
  incarnation: 1,
  outbids: 0,
  store: 's1',
  district: 'town',
  contract: contract(),
  filed: (rest.contract ?? contract()).timing,
  agreed: null,
  versions: [1, 1],
  isObserver: false,
  ...rest,
});

export const announce = (
  k: number,
  rest: Partial<Only<Message, 'membership.announce'>> = {},
): Only<Message, 'membership.announce'> => ({
  type: 'membership.announce',
  district: 'town',
  ...address(k),
  store: `s${k}`,
  phase: 'member',
  asks: false,
  versions: [1, 1],
  contract: contractDigest(contract()),
  term: 0,
  ...rest,
});

/** A node that has joined and knows its group. */
export const memberOf = (rest: Partial<MembershipInput> = {}) => {
  const play = new Play(membershipMachine, inputOf(rest));
  play.hear({ type: 'wire.opened', ...address(1) });
  play.pass(500);
  play.hear({ type: 'genesis.formed', group: 'g' });
  play.pass(50);
  return play;
};
