/** How does an answer, or what a page has drawn, become a file? */

import { type Asked, addressOf } from '../api/client';

/** By a link of its own: the cookie goes along, and nothing is held in memory. */
export function download(path: string, query: Asked['query'] = {}): void {
  follow(addressOf(path, query), '');
}

/** What is in memory already. */
export function keep(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  follow(address, name);
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function follow(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
