/** Dark, light, or as the system has it; remembered. */
import { signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'greenwave-theme';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export const theme = signal<Theme>('auto');

const set = (next: Theme): void => {
  theme.value = next;
  document.documentElement.dataset['theme'] = next;
};

export const applyTheme = (): void => {
  const kept = localStorage.getItem(KEY);
  set(THEMES.find((one) => one === kept) ?? 'auto');
};

export const turnTheme = (): void => {
  set(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto');
  localStorage.setItem(KEY, theme.value);
};
