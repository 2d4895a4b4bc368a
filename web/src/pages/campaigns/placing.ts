/** How does a decision of the pacing read? As cti/outbound/placing.py says it in a terminal. Pure: the words are an argument. */

import { percent } from '../../parts/figures';
import type { Said } from '../../words';
import type { campaigns as english } from '../../words/en/campaigns';
import type { Placing } from './rows';

/** Without these nobody is dialled, and no figure says more. */
const NOBODY = ['switch_lost', 'stale', 'no_agents'];

export function placingPhrase(placing: Placing, said: Said<typeof english>): string {
  const words = said.placing;
  const why = (said.placingWhy as Readonly<Record<string, string>>)[placing.why] ?? placing.why;
  if (NOBODY.includes(placing.why)) return words.none(why);
  const parts = [
    placing.freed === null ? words.free(placing.free) : words.freed(placing.free, placing.freed.toFixed(1)),
  ];
  if (placing.share !== null) parts.push(words.share(percent(placing.share, 1), percent(placing.cap, 1)));
  if (placing.in_air > 0) parts.push(words.inAir(placing.in_air));
  if (placing.lines !== null) parts.push(words.lines(placing.lines_used ?? 0, placing.lines));
  return words.some(placing.number, parts.join(words.comma), why);
}
