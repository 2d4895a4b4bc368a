/** How does an answer become a file? By a link of its own: the cookie goes along, and nothing is held in memory. */

import { type Asked, addressOf } from '../api/client';

export function download(path: string, query: Asked['query'] = {}): void {
  const link = document.createElement('a');
  link.href = addressOf(path, query);
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
