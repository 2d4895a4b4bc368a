/** How long has it been so? Ticks by itself, once a second, by the engine's clock; the row around it is not drawn again. */

import { serverNow } from '../live/now';
import { clockFace, elapsedS } from '../live/server_clock';

export function Duration({ since }: { readonly since: number | null | undefined }) {
  return <time class="number">{clockFace(elapsedS(since, serverNow.value))}</time>;
}

/** Seconds since `since`, once a second; for shades and levels. */
export function useElapsedS(since: number | null | undefined): number | null {
  return elapsedS(since, serverNow.value);
}
