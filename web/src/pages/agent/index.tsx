/** The agent's page: how it is with him, whom he has, his work and his day. For a laptop, beside his other programs. */

import './agent.css';
import { user } from '../../api/session';
import { isStale, picture, rowsOf, useLive } from '../../live/now';
import type { AgentRow } from '../../live/rows';
import { words } from '../../words';
import { Customer } from './customer';
import { MyDay, MyQueues } from './day';
import { useDesk } from './desk';
import { MyState } from './state';
import { MyWork } from './work';

export default function Agent() {
  useLive(['agents', 'queues', 'status']);
  const said = words.value;
  const name = user.value?.agent ?? '';
  const row = rowsOf('agents')[name] as AgentRow | undefined;
  if (name === '' || !picture.value.complete || row === undefined) {
    const text =
      name === '' ? said.agent.noAgent : picture.value.complete ? said.agent.unknown(name) : said.connection.connecting;
    return (
      <main id="content" class="center">
        <p class="quiet">{text}</p>
      </main>
    );
  }
  return (
    <main id="content" class={isStale.value ? 'desk is-stale' : 'desk'}>
      <h1 class="only-spoken">{said.pages.agent}</h1>
      <Mine row={row} />
    </main>
  );
}

function Mine({ row }: { readonly row: AgentRow }) {
  const { desk, again } = useDesk(row);
  return (
    <>
      <MyState row={row} desk={desk} again={again} />
      <div class="desk-main">
        <Customer row={row} desk={desk} again={again} />
        <MyWork agent={row.id} turn={row.activity} />
      </div>
      <div class="desk-side">
        <MyQueues row={row} />
        <MyDay row={row} />
      </div>
    </>
  );
}
