/** Which keys do what? Shown by `?`; and `/` leads to the filter of the page. */

import { signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../parts/dialog';
import { isTyping } from '../parts/typing';
import { words } from '../words';

const KEYS = [
  ['Tab', 'tab'],
  ['↑ ↓ Home End', 'arrows'],
  ['Enter', 'enter'],
  ['Esc', 'escape'],
  ['/', 'slash'],
  ['1 … 9', 'digits'],
  ['?', 'question'],
] as const;

export const areKeysShown = signal(false);

export function Keys() {
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  if (!areKeysShown.value) return null;
  const said = words.value.keys;
  return (
    <Dialog title={said.title} onClose={() => (areKeysShown.value = false)}>
      <div class="dialog-body">
        <dl class="facts">
          {KEYS.map(([keys, what]) => (
            <Fragment key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{said[what]}</dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}

function press(event: KeyboardEvent): void {
  if (isTyping(event)) return;
  if (event.key === '?') areKeysShown.value = true;
  else if (event.key === '/') {
    const filter = document.querySelector<HTMLInputElement>('main input[type="search"]');
    filter?.focus();
    if (filter) event.preventDefault();
  }
}
