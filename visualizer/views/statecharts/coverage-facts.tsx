/** What the colours of a chart mean when coverage is shown, and what is not covered, with reasons. */
import { type Covered, type Standing, tallyOf } from './coverage.ts';

const KINDS: Readonly<Record<string, string>> = {
  state: 'states',
  transition: 'transitions',
  guard: 'guard outcomes',
};
const MEANINGS: readonly (readonly [Standing, string])[] = [
  ['whole', 'a generated test goes through it'],
  ['partly', 'its guard never answered both ways'],
  ['excused', 'no test can, for a reason'],
  ['missing', 'no test does'],
];

export const CoverageFacts = ({ covered: { told } }: { covered: Covered }) => (
  <section aria-label="Coverage">
    <h2>Coverage</h2>
    <ul class="tally">
      {tallyOf(told).map(({ kind, covered, all }) => (
        <li key={kind}>
          {covered} of {all} {KINDS[kind]}
        </li>
      ))}
    </ul>
    <ul class="meanings">
      {MEANINGS.map(([standing, meaning]) => (
        <li key={standing}>
          <svg class="chart sample" width="26" height="10" aria-hidden="true">
            <path class={`edge ${standing}`} d="M1 5H25" />
          </svg>{' '}
          {meaning}
        </li>
      ))}
    </ul>
    {told.uncovered.map(({ name, reason }) => (
      <p key={name}>
        {name}: {reason ?? 'not reached'}
      </p>
    ))}
  </section>
);
