/** How does a page keep what is not on the live socket? Asked again and again while somebody looks, never twice at once. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../api/client';

/** After a failure it is tried again so soon, however seldom it is asked else. */
const AGAIN_S = 3;

export interface Polled<T> {
  /** null before the first answer; the last good one afterwards. */
  readonly value: T | null;
  /** What the newest try came to; null where it went well. */
  readonly problem: unknown;
  /** Ask now. */
  readonly again: () => void;
}

interface More<T> {
  /** Asks anew when it changes, and keeps what is shown until the answer is there. */
  readonly also?: unknown;
  /** Where one request is not enough; `path` names what it answers. */
  readonly load?: (signal: AbortSignal) => Promise<T>;
}

/** Ask `/api/v1` + `path` every `everyS` seconds (0: once, when it has gone well); null asks nothing. */
export function usePolled<T>(path: string | null, everyS: number, { also, load }: More<T> = {}): Polled<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const shownPath = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` and `also` ask again; `load` is new at each drawing, `path` names it
  useEffect(() => {
    if (path === null) return;
    if (shownPath.current !== path) {
      setValue(null);
      setProblem(null);
    }
    shownPath.current = path;
    const stopped = new AbortController();
    const { signal } = stopped;
    let timer = 0;
    let isAsking = false;
    const look = async () => {
      if (isAsking || document.visibilityState === 'hidden') return;
      isAsking = true;
      let waitS = everyS;
      try {
        const found = await (load ? load(signal) : ask<T>('GET', path, { signal }));
        setValue(found);
        setProblem(null);
      } catch (error) {
        if (signal.aborted) return;
        setProblem(error);
        waitS = everyS === 0 ? AGAIN_S : Math.min(everyS, AGAIN_S);
      }
      isAsking = false;
      if (waitS > 0 && !signal.aborted) timer = window.setTimeout(look, waitS * 1000);
    };
    const seenAgain = () => {
      window.clearTimeout(timer);
      look();
    };
    look();
    document.addEventListener('visibilitychange', seenAgain, { signal });
    return () => {
      stopped.abort();
      window.clearTimeout(timer);
    };
  }, [path, everyS, also, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { value, problem, again };
}
