/** Whose contract is accepted while it changes and afterwards, by announcements and by the rule. */
import { describe, expect, test } from 'vitest';
import { type Digests, isAkin } from '../../machines/kinship.ts';
import type { ContractState } from '../../protocol/contract.ts';
import type { Message, Only } from '../../protocol/event.ts';
import { type Contract, contractDigest, type Timing } from '../../protocol/timing.ts';
import { first, second, third } from './contract-words.ts';
import { announce, memberOf } from './membership-words.ts';
import { contract, heard, only, sent } from './play.ts';

const ofTiming = (timing: Timing): Contract => ({ ...contract(), timing });
const digest = (timing: Timing) => contractDigest(ofTiming(timing));
type Rest = Partial<Only<Message, 'membership.announce'>>;

const digests = (rest: Partial<Digests> = {}): Digests => ({
  ...{ contract: 'one', filed: 'one', former: [], next: null },
  ...rest,
});

describe('a contract is akin', () => {
  const HERE = digests({ contract: 'two', filed: 'one', former: ['one'], next: 'three' });
  test.each<[string, Digests, Rest & { contract: string; group: string }, boolean]>([
    ['that is the same', digests(), { contract: 'one', group: 'g' }, true],
    ['that was in force before', HERE, { contract: 'one', group: 'g' }, true],
    ['that is to come', HERE, { contract: 'three', group: 'g' }, true],
    ['of a node without a group, by its file', HERE, { contract: 'one', group: '' }, true],
    [
      'of which ours was one before',
      digests(),
      { contract: 'two', former: ['one'], group: 'g' },
      true,
    ],
    [
      'to which ours is to come',
      digests({ contract: 'two', filed: 'two' }),
      { contract: 'one', next: 'two', group: 'g' },
      true,
    ],
    ['that nobody ever had', HERE, { contract: 'four', group: 'g' }, false],
    [
      'of another group, when our file could start there',
      HERE,
      { contract: 'five', former: ['one'], group: 'h' },
      true,
    ],
    [
      'of another group by what ours agreed on alone: our store would not say so there',
      { ...HERE, filed: 'two' },
      { contract: 'one', group: 'h' },
      false,
    ],
  ])('%s: %s', (_, ours, theirs, is) => {
    expect(isAkin({ group: 'g', digests: ours }, theirs)).toBe(is);
  });
});

describe('a member', () => {
  const agreed: ContractState = {
    ...{ version: 2, timing: second, former: [first], longest: first },
  };
  const changed = (timing: Timing, former: Timing[], next?: Timing) => ({
    type: 'contract.changed' as const,
    ...{ timing, former, changes: [], ...(next && { next }) },
  });
  const from = (play: ReturnType<typeof memberOf>, rest: Rest) =>
    play.hear({ ...heard('n2', announce(2, rest)), group: 'g' });
  const formed = (rest: Parameters<typeof memberOf>[0] = {}) => {
    const play = memberOf(rest);
    play.hear({ type: 'genesis.formed', group: 'g' });
    play.pass(500);
    return play;
  };

  test('announces what is in force, what was, and what is to come, as soon as it changes', () => {
    const play = formed();
    play.hear(changed(second, [first], third));
    const [said] = sent(play.pass(500));
    expect(said?.message).toMatchObject({
      type: 'membership.announce',
      contract: digest(second),
      former: [digest(first)],
      next: digest(third),
    });
  });

  test('says when it is asked, not before, that it accepts what is to come', () => {
    const play = formed();
    play.hear(changed(first, [], second));
    expect(sent(play.pass(500))).toEqual([]);
    from(play, { contract: digest(second), asks: true });
    const [said] = sent(play.pass(500));
    expect(said?.message).toMatchObject({ contract: digest(first), next: digest(second) });
  });

  test('says nothing of contracts when there was only one', () => {
    const [said] = sent(formed().pass(10_000));
    expect(Object.keys(said?.message ?? {})).not.toContain('former');
    expect(Object.keys(said?.message ?? {})).not.toContain('next');
  });

  test('takes into its view who is to follow, who was before, and who is ahead', () => {
    for (const [ours, state, theirs] of [
      [first, changed(first, [], second), second],
      [second, changed(second, [first]), first],
    ] as const) {
      const play = formed({ contract: ofTiming(ours) });
      expect(only(from(play, { contract: digest(theirs) }), 'membership.joined')).toEqual([]);
      play.hear(state);
      expect(only(from(play, { contract: digest(theirs) }), 'membership.joined')).toHaveLength(1);
    }
  });

  test('refuses what was taken back, and what nobody ever had', () => {
    const play = formed();
    play.hear(changed(first, [], second));
    play.hear(changed(first, []));
    for (const timing of [second, third]) {
      expect(only(from(play, { contract: digest(timing) }), 'membership.joined')).toEqual([]);
    }
  });

  test('starts by what its store says, and accepts its own file', () => {
    const play = formed({ contract: ofTiming(second), filed: first, agreed });
    const [said] = sent(play.pass(10_000));
    expect(said?.message).toMatchObject({ contract: digest(second), former: [digest(first)] });
    expect(only(from(play, { contract: digest(first) }), 'membership.joined')).toHaveLength(1);
  });

  test('takes no word of a contract that it accepts for that of a stranger', () => {
    const play = formed({ contract: ofTiming(second), filed: first, agreed });
    const message = { type: 'membership.contract', district: 'town' } as const;
    const said = (timing: Timing) =>
      play.hear(heard('n3', { ...message, contract: ofTiming(timing) }));
    expect(said(first)).toEqual([]);
    expect(only(said(third), 'membership.refused')).toHaveLength(1);
  });
});
