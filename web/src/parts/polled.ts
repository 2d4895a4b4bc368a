/** How does a page keep what is not on the live socket? Asked again and again while somebody looks, never twice at once. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../api/client';

export interface Polled<T> {
  /** null before the first answer; the last good one afterwards. */
  readonly value: T | null;
  /** What the newest try came to; null where it went well. */
  readonly problem: unknown;
  /** Ask now. */
  readonly again: () => void;
}

/** Ask `/api/v1` + `path` every `everyS` seconds (0: once), and when `also` changes; null asks nothing. */
export function usePolled<T>(path: string | null, everyS: number, also: unknown = null): Polled<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const shownPath = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` and `also` ask again
  useEffect(() => {
    if (path === null) return;
    if (shownPath.current !== path) setValue(null);
    shownPath.current = path;
    const stopped = new AbortController();
    let timer = 0;
    const look = async () => {
      if (document.visibilityState !== 'hidden') {
        try {
          const found = await ask<T>('GET', path, { signal: stopped.signal });
          setValue(found);
          setProblem(null);
        } catch (error) {
          if (stopped.signal.aborted) return;
          setProblem(error);
        }
      }
      if (everyS > 0 && !stopped.signal.aborted) timer = window.setTimeout(look, everyS * 1000);
    };
    look();
    return () => {
      stopped.abort();
      window.clearTimeout(timer);
    };
  }, [path, everyS, also, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { value, problem, again };
}
