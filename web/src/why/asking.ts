/** How is an answer asked for, and again while somebody looks at it? */

import { useEffect, useState } from 'preact/hooks';
import { problemText } from '../parts/toast';

const AGAIN_MS = 2_000;

interface Answer<T> {
  readonly told: T | null;
  readonly problem: string;
}

/** What `load` answers, every two seconds while `key` is the same and the page is seen. */
export function useAsked<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ told: null, problem: '' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` is another function at each drawing; `key` names it
  useEffect(() => {
    const stop = new AbortController();
    let timer = 0;
    const once = async () => {
      if (document.visibilityState === 'visible') {
        try {
          setAnswer({ told: await load(stop.signal), problem: '' });
        } catch (error) {
          if (stop.signal.aborted) return;
          setAnswer((before) => ({ ...before, problem: problemText(error) }));
        }
      }
      if (!stop.signal.aborted) timer = window.setTimeout(once, AGAIN_MS);
    };
    setAnswer({ told: null, problem: '' });
    void once();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [key]);
  return answer;
}

/** The time of day of epoch seconds. */
export function timeOf(at: number): string {
  return new Date(at * 1000).toLocaleTimeString([], { hour12: false });
}
