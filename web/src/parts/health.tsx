/** What is wrong with the centre, what does it mean for the floor, what is to be done? One line, the worst first. */

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { may } from '../api/session';
import { isBad, type Trouble, troublesOf } from '../live/health';
import { connection, pulse, rowsOf, serverNow, unheardS } from '../live/now';
import type { HealthRow } from '../live/rows';
import { clockFace, elapsedS } from '../live/server_clock';
import { words } from '../words';
import { Icon } from './icon';
import { useSettled } from './settled';

/** Nothing where all is well. What callers do not feel is told only to those who look after the centre. */
export function Health() {
  const said = words.value.health;
  const [isOpen, setOpen] = useState(false);
  const mine = useTroubles().filter((trouble) => isBad(trouble) || may('calls.read'));
  const [worst, ...others] = mine;
  if (worst === undefined) return null;
  return (
    <section class="health" aria-label={said.title}>
      <Line trouble={worst} isTold>
        {others.length > 0 && (
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? said.less : said.more(others.length)}
          </button>
        )}
      </Line>
      {isOpen && others.map((trouble) => <Line key={`${trouble.kind} ${trouble.name}`} trouble={trouble} isTold />)}
    </section>
  );
}

/** For a wall: the worst alone, in few words; nobody can press anything there. */
export function HealthOfWall() {
  const worst = useTroubles().find(isBad);
  return worst === undefined ? null : (
    <section class="health" aria-label={words.value.health.title}>
      <Line trouble={worst} />
    </section>
  );
}

function useTroubles(): readonly Trouble[] {
  const status = rowsOf('status').now as HealthRow | undefined;
  const troubles = troublesOf({
    connection: connection.value,
    unheardS: unheardS.value,
    now: serverNow.value,
    status: useHeldDoor(status),
    nodes: pulse.value?.nodes ?? status?.nodes ?? {},
    downSince: { ...status?.down_since, ...pulse.value?.since },
  });
  return troubles;
}

/** An engine at its limit opens and closes its door from second to second: the line stays until it has been open for a while. */
function useHeldDoor(status: HealthRow | undefined): HealthRow | undefined {
  const closed = useRef(status?.admission);
  if (status?.admission?.closed) closed.current = status.admission;
  const shown = useSettled(status?.admission?.closed ? 'bad' : 'good');
  return status && closed.current && shown === 'bad' ? { ...status, admission: closed.current } : status;
}

interface LineProps {
  readonly trouble: Trouble;
  /** Also what it means and what to do. */
  readonly isTold?: boolean;
  readonly children?: ComponentChildren;
}

/** The age ticks outside of what a screen reader is told. */
function Line({ trouble, isTold = false, children }: LineProps) {
  const said = words.value.health[trouble.kind];
  const passed = elapsedS(trouble.since, serverNow.value);
  return (
    <div class={isBad(trouble) ? 'alarm' : 'alarm is-mild'}>
      <Icon name={isBad(trouble) ? 'bad' : 'watch'} />
      <p role="alert">
        <strong>{said.what(trouble.name)}</strong>
        {isTold && (
          <>
            {' '}
            <Typed text={`${said.means} ${said.todo}`} />
          </>
        )}
      </p>
      {passed !== null && <time class="number">{clockFace(passed)}</time>}
      {children}
    </div>
  );
}

/** What stands between two backticks is to be typed as it is. */
function Typed({ text }: { readonly text: string }) {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}</>;
}
