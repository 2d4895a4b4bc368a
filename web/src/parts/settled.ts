/** Which colour does a figure keep for the moment? Hysteresis for components: worse at once, better when it has held. */

import { useRef } from 'preact/hooks';
import { firstShown, type Level, type Shown, settle } from '../live/hysteresis';
import { serverNow } from '../live/now';

/** The level to show; asked anew once a second, because time alone may make it better. */
export function useSettled(level: Level): Level {
  const shown = useRef<Shown | null>(null);
  const now = serverNow.value ?? 0;
  shown.current = shown.current === null ? firstShown(level) : settle(shown.current, level, now);
  return shown.current.level;
}
