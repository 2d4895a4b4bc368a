/** How does a screen on a wall stay on, and up to date? A wake lock, and a reload when the engine has newer pages. */

import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { build } from '../../live/now';

/** Keep the screen on while the page is seen. A browser gives no lock on plain http from another machine. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    const take = () => {
      if (document.visibilityState !== 'visible' || isOver) return;
      navigator.wakeLock?.request('screen').then(
        (taken) => {
          if (isOver) void taken.release();
          else lock = taken;
        },
        () => undefined,
      );
    };
    take();
    document.addEventListener('visibilitychange', take);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', take);
      void lock?.release();
    };
  }, []);
}

/** Load the page anew when the engine serves another build than the one that was first told. */
export function useNewBuild(): void {
  useEffect(() => {
    let first = '';
    return effect(() => {
      const told = build.value;
      if (first === '') first = told;
      else if (told !== '' && told !== first) window.location.reload();
    });
  }, []);
}
