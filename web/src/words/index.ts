/** In which language does the page speak? `words` is read by every component; a missing word is a type error. */

import { computed, effect, signal } from '@preact/signals';
import { en } from './en';
import { zh } from './zh';

/** The same keys as the English words, with any text. */
export type Said<T> = {
  readonly [K in keyof T]: T[K] extends (...asked: infer A) => string
    ? (...asked: A) => string
    : T[K] extends string
      ? string
      : Said<T[K]>;
};

export type Language = 'en' | 'zh';
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

const KEPT = 'cti.language';
const ALL: Readonly<Record<Language, Said<typeof en>>> = { en, zh };

export const language = signal<Language>(firstLanguage());
export const words = computed(() => ALL[language.value]);
effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
});

/** Speak `chosen` from now on, also after a reload. */
export function speak(chosen: Language): void {
  language.value = chosen;
  localStorage.setItem(KEPT, chosen);
}

/** Take the user's own language, unless somebody chose one at this screen. */
export function speakAs(wished: string | null): void {
  if (localStorage.getItem(KEPT) === null && (wished === 'en' || wished === 'zh')) language.value = wished;
}

/** A word of the engine's (a state, an outcome) in the page's language; one that we do not know is shown as it is. */
export function named(names: Readonly<Record<string, string>>, word: string | null | undefined): string {
  if (word == null || word === '') return '–';
  return names[word] ?? word.replaceAll('_', ' ');
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'en' || kept === 'zh') return kept;
  const asked = new URLSearchParams(window.location.search).get('language') ?? navigator.language;
  return asked.startsWith('zh') ? 'zh' : 'en';
}
