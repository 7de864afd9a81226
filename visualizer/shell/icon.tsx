/** The page's few icons, drawn, because fonts disagree on them. */

const PATHS = {
  play: 'M5 3.5v9l7.5-4.5z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  back: 'M12 3.5v9L6 8zM3.5 3.5h1.8v9H3.5z',
  on: 'M4 3.5v9L10 8zM10.7 3.5h1.8v9h-1.8z',
  split: 'M2 3h12v10H2zM3.4 4.4v7.2h3.9V4.4zM8.7 4.4v7.2h3.9V4.4z',
  close: 'M4 3l4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z',
  plus: 'M7.2 3h1.6v4.2H13v1.6H8.8V13H7.2V8.8H3V7.2h4.2z',
  minus: 'M3 7.2h10v1.6H3z',
  fit: 'M2 2h4v1.5H3.5V6H2zM10 2h4v4h-1.5V3.5H10zM2 10h1.5v2.5H6V14H2zM12.5 10H14v4h-4v-1.5h2.5z',
  part: 'M7.2 1h1.6v3H7.2zM7.2 6.5h1.6v3H7.2zM7.2 12h1.6v3H7.2zM1 7h4v2H1zM11 7h4v2h-4z',
  auto: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 3.3a4.7 4.7 0 1 1 0 9.4z',
  light:
    'M8 4.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM7.3 1h1.4v2.2H7.3zM7.3 12.8h1.4V15H7.3zM1 7.3h2.2v1.4H1zM12.8 7.3H15v1.4h-2.2z',
  dark: 'M6.2 2.2A6 6 0 1 0 13.8 10 5 5 0 0 1 6.2 2.2z',
} as const;

export const Icon = ({ name }: { name: keyof typeof PATHS }) => (
  <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path fill-rule="evenodd" d={PATHS[name]} />
  </svg>
);
