/** Whom do I have, what is known of him, and what came of it? Also the one whom I would call. */

import { useEffect } from 'preact/hooks';
import { serverNow } from '../../live/now';
import type { AgentRow } from '../../live/rows';
import { clockFace } from '../../live/server_clock';
import { Badge } from '../../parts/badge';
import { Icon } from '../../parts/icon';
import { say } from '../../parts/toast';
import { isTyping } from '../../parts/typing';
import { words } from '../../words';
import { askSelf, type Desk, type DeskContact, decide, doing, type Preview } from './desk';

interface CustomerProps {
  readonly row: AgentRow;
  readonly desk: Desk | null;
  readonly again: () => void;
}

/** Nobody has talked yet: there is no result to be told. */
const RINGS: readonly string[] = ['ringing', 'dialling'];

export function Customer({ row, desk, again }: CustomerProps) {
  const said = words.value.agent;
  return (
    <section class="panel customer" aria-label={said.customer}>
      <header class="panel-head">
        <h2>{desk?.preview ? said.preview : said.customer}</h2>
      </header>
      {desk?.preview ? (
        <Previewed agent={row.id} preview={desk.preview} again={again} />
      ) : desk?.contact ? (
        <Had agent={row.id} contact={desk.contact} isRung={RINGS.includes(row.activity)} again={again} />
      ) : (
        <p class="quiet none">{said.nobody}</p>
      )}
    </section>
  );
}

function Previewed({ agent, preview, again }: { agent: string; preview: Preview; again: () => void }) {
  const said = words.value.agent;
  const left = serverNow.value === null ? null : Math.max(0, Math.ceil(preview.until - serverNow.value));
  return (
    <div class="customer-body">
      <p class="who number">{preview.number}</p>
      <Facts
        rows={[
          [said.facts.campaign, preview.campaign],
          [said.facts.queue, preview.queue],
        ]}
        data={preview.data}
      />
      <p class="buttons">
        <button
          type="button"
          class="primary"
          onClick={() =>
            doing(decide(agent, 'accept'), () => {
              say(said.calling);
              again();
            })
          }
        >
          <Icon name="phone" /> {said.call}
        </button>
        <button
          type="button"
          onClick={() =>
            doing(decide(agent, 'skip'), () => {
              say(said.skipped);
              again();
            })
          }
        >
          {said.skip}
        </button>
        <span class="quiet number">{said.left(clockFace(left))}</span>
      </p>
    </div>
  );
}

interface HadProps {
  readonly agent: string;
  readonly contact: DeskContact;
  readonly isRung: boolean;
  readonly again: () => void;
}

function Had({ agent, contact, isRung, again }: HadProps) {
  const said = words.value.agent;
  const { facts } = said;
  const waited = contact.since === null ? '' : new Date(contact.since * 1000).toLocaleTimeString();
  return (
    <div class="customer-body">
      <p class="who number">{contact.caller || '–'}</p>
      <Facts
        rows={[
          [facts.queue, contact.queue],
          [facts.campaign, contact.campaign],
          [facts.dialled, contact.dialled],
          [facts.waited, waited],
        ]}
        data={contact.customer}
      />
      <Results agent={agent} contact={contact} isRung={isRung} again={again} />
    </div>
  );
}

interface FactsProps {
  readonly rows: readonly (readonly [string, string])[];
  readonly data: Readonly<Record<string, string>>;
}

/** Ours first, then what the customer's own data say, by the names that they have there. */
function Facts({ rows, data }: FactsProps) {
  const all = [...Object.entries(data), ...rows].filter(([, value]) => value !== '');
  return (
    <dl class="facts known">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const MOST_KEYS = 9;

/** A button for each result; the keys 1 to 9 press them, while nobody types. */
function Results({ agent, contact, isRung, again }: HadProps) {
  const said = words.value.agent;
  const results = Object.entries(contact.dispositions);
  const names = results.map(([name]) => name).join();
  useEffect(() => {
    if (isRung) return;
    const choose = (name: string) => doing(askSelf(agent, 'disposition', name), again);
    const press = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const name = names.split(',').slice(0, MOST_KEYS)[Number(event.key) - 1];
      if (name) choose(name);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [agent, names, isRung, again]);
  if (results.length === 0) return null;
  const mustSay = contact.is_required && contact.is_over && contact.disposition === '';
  return (
    <fieldset class="results" disabled={isRung}>
      <legend>{mustSay ? said.resultFirst : said.result}</legend>
      <div class="choices-row">
        {results.map(([name, text], index) => (
          <button
            key={name}
            type="button"
            class={mustSay ? 'primary' : undefined}
            aria-pressed={contact.disposition === name}
            onClick={() => doing(askSelf(agent, 'disposition', name), again)}
          >
            {index < MOST_KEYS && <kbd>{index + 1}</kbd>} {text}
          </button>
        ))}
      </div>
      {contact.disposition !== '' && (
        <Badge tone="good">{said.noted(contact.dispositions[contact.disposition] ?? contact.disposition)}</Badge>
      )}
      <p class="quiet">{said.resultKeys}</p>
    </fieldset>
  );
}
