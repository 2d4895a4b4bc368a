/** Which lists does a campaign have, and how do their leads stand? */

import { usePolled } from '../../parts/polled';
import { named, words } from '../../words';
import type { ListRow } from './rows';

/** `turn` changes when another list has come in. */
export function Lists({ name, turn }: { readonly name: string; readonly turn: number }) {
  const said = words.value.campaigns;
  const { value } = usePolled<{ readonly lists: readonly ListRow[] }>(`/campaigns/${name}/lists`, 30, { also: turn });
  const lists = value?.lists ?? [];
  return (
    <section aria-label={said.lists}>
      <h3>
        {said.lists} <span class="quiet number">{lists.length}</span>
      </h3>
      {lists.length === 0 ? (
        <p class="quiet">{said.noLists}</p>
      ) : (
        <ul class="lists">
          {lists.map((list) => (
            <li key={list.id}>
              <strong>{list.name}</strong>
              <span class="quiet">
                {new Date(list.at * 1000).toLocaleString()} · {list.by} · {said.leadsOf(list.leads, list.rows)}
              </span>
              <span>
                {Object.entries(list.states)
                  .map(([state, leads]) => `${named(said.outcomes, state)} ${leads}`)
                  .join(', ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
