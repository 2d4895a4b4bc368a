/** How does a flow look? The engine's own drawing, as large as it is or as wide as the page. */

import { useState } from 'preact/hooks';
import { addressOf } from '../../api/client';
import { change } from '../../router';
import { isDark } from '../../theme';
import { words } from '../../words';

interface DrawingProps {
  readonly flows: readonly string[];
  readonly flow: string;
  readonly version: number;
  readonly holds: boolean;
  readonly spoken: string;
}

export function Drawing({ flows, flow, version, holds, spoken }: DrawingProps) {
  const said = words.value.flows;
  const [isWhole, setWhole] = useState(false);
  const [hasFailed, setFailed] = useState('');
  const source = addressOf(`/flows/${flow}/drawing`, {
    version,
    language: spoken,
    theme: isDark.value ? 'dark' : 'light',
  });
  return (
    <section class="panel drawing" aria-label={flow}>
      <header class="panel-head">
        <h2>{flow}</h2>
        <span class="quiet">{holds ? said.asItHolds(version) : said.asItWas(version)}</span>
        <div class="panel-tools">
          <select aria-label={said.flow} value={flow} onChange={(event) => change({ flow: event.currentTarget.value })}>
            {flows.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
          <button type="button" aria-pressed={isWhole} onClick={() => setWhole(!isWhole)}>
            {said.whole}
          </button>
        </div>
      </header>
      {hasFailed === source ? (
        <p class="quiet none">{said.notThen}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="paper" tabIndex={0} aria-label={said.picture}>
          <img
            class={isWhole ? 'is-whole' : undefined}
            src={source}
            alt={said.pictureOf(flow)}
            onError={() => setFailed(source)}
          />
        </section>
      )}
    </section>
  );
}
