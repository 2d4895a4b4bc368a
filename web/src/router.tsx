/** Which page is open, and how is another one opened? The path of the address, nothing else. */

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

export const path = signal(window.location.pathname);
/** The words behind the `?`. */
export const asked = signal(new URLSearchParams(window.location.search));

window.addEventListener('popstate', read);

/** Open `to`; with `replace` "back" does not lead here again. */
export function go(to: string, options: { replace?: boolean } = {}): void {
  if (options.replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  read();
}

/** Change the words behind the `?`, so that a reload and a sent link show the same; null takes one away. */
export function change(words: Readonly<Record<string, string | null>>): void {
  const next = new URLSearchParams(asked.value);
  for (const [name, value] of Object.entries(words)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  const said = next.toString();
  go(`${path.value}${said === '' ? '' : `?${said}`}`, { replace: true });
}

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link to another page of ours. With a key held it is an ordinary link: a new tab. */
export function Link({ to, current, children, ...rest }: LinkProps) {
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={open} aria-current={current ? 'page' : undefined} {...rest}>
      {children}
    </a>
  );
}

function read(): void {
  path.value = window.location.pathname;
  asked.value = new URLSearchParams(window.location.search);
}
