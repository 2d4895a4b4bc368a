/** How is it with me, for how long, and what can I do about it? One word, one clock, the few buttons that fit. */

import { useState } from 'preact/hooks';
import { rowsOf, serverNow } from '../../live/now';
import type { AgentRow, HealthRow } from '../../live/rows';
import { clockFace } from '../../live/server_clock';
import { breakWord, lookOf, stateOf, stateWord } from '../../parts/agent_state';
import { Duration } from '../../parts/duration';
import { Icon } from '../../parts/icon';
import { named, words } from '../../words';
import { askSelf, type Desk, doing } from './desk';

interface StateProps {
  readonly row: AgentRow;
  readonly desk: Desk | null;
  readonly again: () => void;
}

export function MyState({ row, desk, again }: StateProps) {
  const said = words.value.agent;
  const state = stateOf(row);
  const [tone, icon] = lookOf(state);
  return (
    <section class="panel my-state" aria-label={said.state}>
      <div class={`now tone-${tone}`}>
        <Icon name={icon} />
        <strong role="status">{stateWord(row)}</strong>
        {state !== 'logged_out' && <Duration since={row.since} />}
      </div>
      <div class="todo">
        <Hint row={row} state={state} />
        {state === 'wrapup' && <Left desk={desk} />}
        <p class="buttons">
          <Buttons row={row} again={again} />
        </p>
      </div>
      <p class="quiet whose">
        <strong>{row.name || row.id}</strong>
        <br />
        {said.phone(row.phone?.replace(/^PJSIP\//, '') ?? '–')}
      </p>
    </section>
  );
}

function Hint({ row, state }: { readonly row: AgentRow; readonly state: string }) {
  const { hints } = words.value.agent;
  const word = state === 'on_break' && row.reason in hints ? row.reason : state;
  return word in hints ? <p>{named(hints, word)}</p> : null;
}

/** How long the wrap-up is still to last. */
function Left({ desk }: { readonly desk: Desk | null }) {
  const said = words.value.agent;
  const now = serverNow.value;
  if (desk?.activity !== 'wrapup' || desk.until === null || now === null) return null;
  return (
    <p>
      <strong class="number">{said.left(clockFace(Math.max(0, Math.ceil(desk.until - now))))}</strong> {said.next}
    </p>
  );
}

function Buttons({ row, again }: { readonly row: AgentRow; readonly again: () => void }) {
  const said = words.value.agent;
  const act = (word: Parameters<typeof askSelf>[1], reason = '') => doing(askSelf(row.id, word, reason), again);
  if (row.status === 'logged_out') {
    return (
      <button type="button" class="primary" onClick={() => act('login')}>
        <Icon name="login" /> {said.login}
      </button>
    );
  }
  return (
    <>
      {row.activity === 'wrapup' && (
        <>
          <button type="button" class="primary" onClick={() => act('ready')}>
            <Icon name="good" /> {said.ready}
          </button>
          <button type="button" onClick={() => act('extend')}>
            {said.extend}
          </button>
        </>
      )}
      {row.status === 'on_break' ? (
        <button type="button" class="primary" onClick={() => act('unpause')}>
          <Icon name="play" /> {said.endBreak}
        </button>
      ) : row.pending !== '' ? (
        <button type="button" onClick={() => act('unpause')}>
          {said.takeBack}
        </button>
      ) : (
        <Break isAfter={row.activity !== 'idle'} onTake={(reason) => act('pause', reason)} />
      )}
      <button type="button" onClick={() => act('logout')}>
        <Icon name="out" /> {said.logout}
      </button>
    </>
  );
}

function Break({ isAfter, onTake }: { readonly isAfter: boolean; readonly onTake: (reason: string) => void }) {
  const said = words.value.agent;
  const breaks = (rowsOf('status').now as HealthRow | undefined)?.breaks ?? [];
  const [chosen, setChosen] = useState('');
  const reason = breaks.includes(chosen) ? chosen : (breaks[0] ?? '');
  return (
    <span class="break">
      {breaks.length > 1 && (
        <select aria-label={said.breakFor} value={reason} onChange={(event) => setChosen(event.currentTarget.value)}>
          {breaks.map((name) => (
            <option key={name} value={name}>
              {breakWord(name)}
            </option>
          ))}
        </select>
      )}
      <button type="button" onClick={() => onTake(reason)}>
        <Icon name="pause" /> {isAfter ? said.beginAfter : said.begin}
      </button>
    </span>
  );
}
