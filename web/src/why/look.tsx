/** What was compared when somebody looked for an agent? One line for the contact, one for each agent. */

import { Badge } from '../parts/badge';
import { words } from '../words';
import { lookPhrase, standingPhrase } from './phrases';
import { timeOf } from './times';
import type { Look } from './told';

const SHOWN = 12;

interface LookViewProps {
  readonly look: Look;
  readonly isNow?: boolean;
  readonly onAgent: (agent: string) => void;
}

export function LookView({ look, isNow = false, onAgent }: LookViewProps) {
  const said = words.value.why;
  const standings = look.standings ?? [];
  const best = standings.find((each) => each.chosen);
  const everybody = Object.values(look.counts ?? {}).reduce((sum, count) => sum + count, 0);
  const leftOut = Math.max(everybody, standings.length) - Math.min(SHOWN, standings.length);
  return (
    <article class="look">
      <h4>
        {isNow ? <Badge tone="watch">{said.now}</Badge> : <time>{timeOf(look.at)}</time>} {lookPhrase(look, said)}
      </h4>
      <ul>
        {standings.slice(0, SHOWN).map((each) => (
          <li key={each.agent} class={each.chosen ? 'is-best' : undefined}>
            <button type="button" class="link" onClick={() => onAgent(each.agent)}>
              {each.agent}
            </button>
            <span>{standingPhrase(each, best, said)}</span>
          </li>
        ))}
        {leftOut > 0 && <li class="quiet">{said.look.more(leftOut)}</li>}
      </ul>
    </article>
  );
}
