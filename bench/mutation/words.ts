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
      const { byHand } = survivors[machine];
      const killed = all - alive.length;
      const cells = [
        share(killed, all),
        share(killed, all - same.length),
        byHand ? share(all - livingIn(byHand).alive.length, all) : 'not counted yet',
      ];
      return `| ${machine} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');

const isCounted = (judge: Judge) => SUBJECTS.some((machine) => survivors[machine][judge]);

export const mutantReport = (): string =>
  [
    scoreTable(),
    ...JUDGES.filter(isCounted).flatMap((judge) => [
      `### What is not killed ${TITLES[judge]}`,
      ...SUBJECTS.flatMap((machine) => {
        const meanings = survivors[machine][judge];
        if (!meanings) return [];
        const lines = Object.entries(meanings).map(
          ([meaning, names]) => `- ${meaning} (${names.length}) ${names.map(quoted).join(', ')}`,
        );
        return [`**${machine}**\n\n${lines.join('\n')}`];
      }),
    ]),
  ].join('\n\n');

const quoted = (name: string): string => `\`${name}\``;
