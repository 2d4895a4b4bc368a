/** What has just been done, or could not be done? Said for some seconds, and to a screen reader. */

import { signal } from '@preact/signals';
import { Problem } from '../api/problem';
import { language, named, words } from '../words';
import { Icon } from './icon';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isProblem: boolean;
}

const SHOWN_MS = 5_000;
const PROBLEM_MS = 12_000;
const MOST = 4;
/** What the engine says besides (in English) is wanted in any language: file, line, and what to write. */
const SAYS_MORE: readonly string[] = ['bad_configuration', 'bad_request', 'refused', 'in_use'];
const toasts = signal<readonly Toast[]>([]);
let newest = 0;

export function say(text: string): void {
  add(text, false);
}

/** Tell what went wrong, in the page's language where the engine's reason is known. */
export function sayProblem(error: unknown): void {
  add(problemText(error), true);
}

export function problemText(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof Error ? error.message : String(error);
  const known = named(words.value.problems, error.reason);
  const isKnown = error.reason in words.value.problems;
  const isSaid = language.value === 'en' || !isKnown || SAYS_MORE.includes(error.reason);
  const detail = error.message === error.reason || !isSaid ? '' : error.message;
  if (isKnown) return detail === '' || error.status === 0 ? known : `${known} (${detail})`;
  return detail === '' ? known : detail;
}

function add(text: string, isProblem: boolean): void {
  newest += 1;
  const toast = { id: newest, text, isProblem };
  toasts.value = [...toasts.value, toast].slice(-MOST);
  window.setTimeout(() => take(toast.id), isProblem ? PROBLEM_MS : SHOWN_MS);
}

function take(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={toast.isProblem ? 'toast is-problem' : 'toast'}>
          <Icon name={toast.isProblem ? 'bad' : 'good'} />
          <span>{toast.text}</span>
          <button type="button" class="plain" aria-label={words.value.parts.close} onClick={() => take(toast.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
