/** Why does this agent get no call? His own state, what each queue has for him, and which decisions he lost. */

import './why.css';
import { usePolled } from '../parts/polled';
import { problemText } from '../parts/toast';
import { words } from '../words';
import { ownState, queuePhrase, standingPhrase } from './phrases';
import { AGAIN_S, timeOf } from './times';
import type { AgentTold } from './told';

interface AgentWhyProps {
  readonly agent: string;
  readonly onContact: (contact: string) => void;
}

export function AgentWhy({ agent, onContact }: AgentWhyProps) {
  const said = words.value.why;
  const { value: told, problem } = usePolled<AgentTold>(`/agents/${encodeURIComponent(agent)}/explain`, AGAIN_S);
  if (told === null)
    return <p class="dialog-body quiet">{problem === null ? words.value.frame.loading : problemText(problem)}</p>;
  const { now, lost } = told;
  const queues = now.queues ?? [];
  return (
    <div class="dialog-body why">
      <p>
        <strong>{now.agent}</strong> {ownState(now.standing, said)}
      </p>
      {now.settling && <p class="problem">{said.settling}</p>}
      {queues.length === 0 ? <p>{said.queue.none}</p> : <Queues told={told} />}
      <h3>{said.lost.title}</h3>
      {lost.length === 0 ? <p class="quiet">{said.lost.none}</p> : <Lost told={told} onContact={onContact} />}
    </div>
  );
}

function Queues({ told }: { readonly told: AgentTold }) {
  const said = words.value.why;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{said.queue.queue}</th>
          <th scope="col" class="is-number">
            {said.queue.waiting}
          </th>
          <th scope="col" class="is-number">
            {said.queue.forHim}
          </th>
          <th scope="col">{said.queue.whyNot}</th>
        </tr>
      </thead>
      <tbody>
        {(told.now.queues ?? []).map((queue) => (
          <tr key={queue.queue}>
            <td>
              {queue.queue} {!queue.serves && <span class="quiet">({said.queue.byRings})</span>}
            </td>
            <td class="is-number number">{queue.waiting}</td>
            <td class="is-number number">{queue.for_him ?? 0}</td>
            <td class="is-text">{queuePhrase(queue, told.now.standing, said)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Lost({ told, onContact }: { readonly told: AgentTold; readonly onContact: (contact: string) => void }) {
  const said = words.value.why;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{said.when}</th>
          <th scope="col">{said.queue.queue}</th>
          <th scope="col">{said.lost.chosen}</th>
          <th scope="col">{said.lost.he}</th>
        </tr>
      </thead>
      <tbody>
        {told.lost.map((each) => (
          <tr key={`${each.at} ${each.contact}`}>
            <td>
              <button type="button" class="link number" title={each.contact} onClick={() => onContact(each.contact)}>
                {timeOf(each.at)}
              </button>
            </td>
            <td>{each.queue}</td>
            <td>{each.winner?.agent ?? '–'}</td>
            <td class="is-text">{each.his ? standingPhrase(each.his, each.winner ?? undefined, said) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
