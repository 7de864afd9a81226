/** What docs/TESTS.md says of mutants: how many are killed, and what it means of those that live. */
import { JUDGES, type Judge, mutationsOf, SUBJECTS } from './subjects.ts';
import { livingIn, survivors } from './survivors.ts';

const TITLES: Readonly<Record<Judge, string>> = {
  generated: 'by the generated tests',
  byHand: 'by what does not come from the machine',
};

const share = (killed: number, all: number): string =>
  `${killed} of ${all}, ${((100 * killed) / all).toFixed(1)} %`;

const scoreTable = (): string =>
  [
    `| machine | killed ${TITLES.generated} | not counting mutants that do the same | killed ${TITLES.byHand} |`,
    '|---|---|---|---|',
    ...SUBJECTS.map((machine) => {
      const all = mutationsOf(machine).length;
      const { alive, same } = livingIn(survivors[machine].generated);
      const byHand = livingIn(survivors[machine].byHand);
      const killed = all - alive.length;
      const cells = [
        share(killed, all),
        share(killed, all - same.length),
        share(all - byHand.alive.length, all),
      ];
      return `| ${machine} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');

export const mutantReport = (): string =>
  [
    scoreTable(),
    ...JUDGES.flatMap((judge) => [
      `### What is not killed ${TITLES[judge]}`,
      ...SUBJECTS.flatMap((machine) => {
        const lines = Object.entries(survivors[machine][judge]).map(
          ([meaning, names]) => `- ${meaning} (${names.length}) ${names.map(quoted).join(', ')}`,
        );
        return [`**${machine}**\n\n${lines.join('\n')}`];
      }),
    ]),
  ].join('\n\n');

const quoted = (name: string): string => `\`${name}\``;
