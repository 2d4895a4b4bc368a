/** Light or dark? As the system says, unless somebody chose at this screen. */

import { computed, effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEPT = 'cti.theme';
const kept = localStorage.getItem(KEPT);

export const theme = signal<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system');

const system = window.matchMedia('(prefers-color-scheme: dark)');
const isSystemDark = signal(system.matches);
system.addEventListener('change', (event) => {
  isSystemDark.value = event.matches;
});

/** For what is drawn elsewhere, and not by our style sheets. */
export const isDark = computed(() => (theme.value === 'system' ? isSystemDark.value : theme.value === 'dark'));

effect(() => {
  const chosen = theme.value;
  if (chosen === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEPT);
  } else {
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem(KEPT, chosen);
  }
});
