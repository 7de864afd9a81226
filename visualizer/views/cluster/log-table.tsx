/** The log: what the district has agreed on, the latest first. */
import type { Command } from '../../../protocol/command.ts';
import type { Moment } from '../../desk.ts';
import { timeText } from '../../words.ts';

/** As many as somebody scrolls through. */
const SHOWN_MAX = 100;

export const LogTable = ({ moment }: { moment: Moment }) => {
  const { picture } = moment;
  return (
    <section class="list" aria-label="Log">
      <header>
        <h2>Log</h2>
      </header>
      {picture.log.length === 0 ? (
        <p class="empty">Nothing is agreed yet.</p>
      ) : (
        <div class="scrolled">
          <table class="log">
            <thead>
              <tr>
                <th scope="col">#</th>
                <th scope="col">Term</th>
                <th scope="col">Command</th>
                <th scope="col">At</th>
              </tr>
            </thead>
            <tbody>
              {picture.log
                .slice(-SHOWN_MAX)
                .toReversed()
                .map(({ index, term, command, atMs }) => (
                  <tr key={index} title={JSON.stringify(command, null, 1).slice(0, 2000)}>
                    <td class="number">{index}</td>
                    <td class="number">{term}</td>
                    <td>
                      <code>{command.kind}</code> <span class="faint">{subjectOf(command)}</span>
                    </td>
                    <td class="number">{timeText(atMs)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

/** What the command is about, in a word or two. */
const subjectOf = (command: Command): string => {
  if ('plan' in command) return `${command.plan.id}, cycle ${command.plan.cycleS} s`;
  if ('voters' in command) return command.voters.map(({ node }) => node).join(' ');
  if (command.kind === 'term.open') return command.leader;
  if ('intersection' in command && typeof command.intersection === 'string') {
    return `${command.intersection}${'group' in command ? ` ${command.group}` : ''}`;
  }
  return 'node' in command ? command.node : '';
};
