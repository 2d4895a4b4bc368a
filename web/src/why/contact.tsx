/** Why did this call go there? What happened to a contact, and each look for an agent with everybody's standing. */

import './why.css';
import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { Badge } from '../parts/badge';
import { usePolled } from '../parts/polled';
import { problemText } from '../parts/toast';
import { named, words } from '../words';
import { LookView } from './look';
import { factPhrase, span, whoPhrase } from './phrases';
import { AGAIN_S, timeOf } from './times';
import type { Decisions, Fact, Timeline } from './told';

const LOOKS = 5;

interface ContactStoryProps {
  readonly contact: string;
  readonly onAgent: (agent: string) => void;
}

export function ContactStory({ contact, onAgent }: ContactStoryProps) {
  const said = words.value.why;
  const [isAll, setAll] = useState(false);
  const path = `/contacts/${contact.split('/').map(encodeURIComponent).join('/')}`;
  const load = async (signal: AbortSignal) => {
    const [timeline, decisions] = await Promise.all([
      ask<Timeline>('GET', `${path}/timeline`, { signal }),
      ask<Decisions>('GET', `${path}/decisions`, { signal }),
    ]);
    return { ...timeline, ...decisions };
  };
  const { value: told, problem } = usePolled<Timeline & Decisions>(path, AGAIN_S, { load });
  if (told === null)
    return <p class="dialog-body quiet">{problem === null ? words.value.frame.loading : problemText(problem)}</p>;
  const { contact: line, looks, passed } = told;
  const shown = isAll ? looks : looks.slice(-LOOKS);
  const state = line.outcome ? named(said.outcomes, line.outcome) : named(words.value.contactState, line.state);
  return (
    <div class="dialog-body why">
      <p>
        {line.caller && <strong>{line.caller} </strong>}
        <Badge tone={line.outcome ? 'calm' : 'busy'}>{state}</Badge> {line.queue ?? '–'}
        {line.agent && (
          <>
            {' · '}
            <button type="button" class="link" onClick={() => onAgent(line.agent ?? '')}>
              {line.agent}
            </button>
          </>
        )}
        {line.disposition && <> · {line.disposition}</>}
      </p>
      {told.now?.settling && <p class="problem">{said.settling}</p>}
      <h3>{said.story}</h3>
      <Facts facts={told.facts} />
      {passed.length > 0 && <h3>{said.passed}</h3>}
      {passed.length > 0 && (
        <ul>
          {passed.slice(-8).map((each) => (
            <li key={`${each.at} ${each.agent}`}>
              <time>{timeOf(each.at)}</time> {each.agent}: {each.contact},{' '}
              {said.look.urgency(`${each.urgency.toFixed(2)} > ${each.own_urgency.toFixed(2)}`)}
            </li>
          ))}
        </ul>
      )}
      <h3>{said.looks}</h3>
      {looks.length > shown.length && (
        <button type="button" onClick={() => setAll(true)}>
          {said.olderLooks(looks.length - shown.length)}
        </button>
      )}
      {shown.map((look) => (
        <LookView key={look.at} look={look} onAgent={onAgent} />
      ))}
      {told.now?.look && <LookView look={told.now.look} isNow onAgent={onAgent} />}
    </div>
  );
}

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const said = words.value.why;
  const began = facts[0]?.at ?? 0;
  const phrases = facts.map((fact) => ({ fact, phrase: factPhrase(fact, said) }));
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{said.when}</th>
          <th scope="col" class="is-number">
            {said.after}
          </th>
          <th scope="col">{said.what}</th>
          <th scope="col">{said.by}</th>
        </tr>
      </thead>
      <tbody>
        {phrases.map(
          ({ fact, phrase }, index) =>
            phrase !== null && (
              <tr key={index}>
                <td class="number">{timeOf(fact.at)}</td>
                <td class="is-number number">{span(fact.at - began, said)}</td>
                <td class="is-text">{phrase}</td>
                <td class="quiet">{whoPhrase(fact, said)}</td>
              </tr>
            ),
        )}
      </tbody>
    </table>
  );
}
