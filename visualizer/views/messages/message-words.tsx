/** The messages in words, the latest first, for who does not see the drawing. */
import type { Exchange } from './exchange.ts';

interface Props {
  readonly exchanges: readonly Exchange[];
  readonly leader: string | undefined;
}

export const MessageWords = ({ exchanges, leader }: Props) => (
  <ul class="unseen" aria-label="Messages">
    {exchanges.toReversed().map((exchange) => (
      <li key={exchange.key} data-exchange={exchange.key} data-type={exchange.type}>
        {textOf(exchange, leader)}
      </li>
    ))}
  </ul>
);

const textOf = (exchange: Exchange, leader: string | undefined): string => {
  const { type, from, to, taken, repeated, missed, isOver } = exchange;
  const names = (some: readonly { node: string }[]) => some.map(({ node }) => node).join(' ');
  return [
    `${type} from ${from}${from === leader ? ' (the leader)' : ''} to ${to}`,
    taken.length > 0 ? `taken by ${names(taken)}` : 'taken by nobody',
    ...(repeated.length > 0 ? [`twice to ${names(repeated)}`] : []),
    ...(missed.length > 0 ? [`${isOver ? 'lost to' : 'on its way to'} ${missed.join(' ')}`] : []),
  ].join('; ');
};
