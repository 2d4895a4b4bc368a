/** Who would be dialled within the next hours, and why not the others? Asked when somebody wants to know; dials nobody. */

import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { sayProblem } from '../../parts/toast';
import { words } from '../../words';
import { Reasons } from './detail';
import type { PlanAnswer } from './rows';

const HOURS = [1, 8, 24] as const;

export function Plan({ name }: { readonly name: string }) {
  const said = words.value.campaigns;
  const [hours, setHours] = useState<number | null>(null);
  const [plan, setPlan] = useState<PlanAnswer['plan'] | null>(null);
  const look = (ahead: number) => {
    setHours(ahead);
    ask<PlanAnswer>('GET', `/campaigns/${name}/plan`, { query: { hours: ahead }, limitS: 60 })
      .then((found) => setPlan(found.plan))
      .catch(sayProblem);
  };
  return (
    <section aria-label={said.plan}>
      <h3>{said.plan}</h3>
      <p class="quiet">{said.planHint}</p>
      <p class="choices-row">
        {HOURS.map((ahead) => (
          <button key={ahead} type="button" aria-pressed={hours === ahead} onClick={() => look(ahead)}>
            {said.hours(ahead)}
          </button>
        ))}
      </p>
      {plan && hours !== null && (
        <div role="status">
          <p>{said.planned(plan.counts.dialled ?? 0, plan.leads, hours)}</p>
          <Reasons
            counts={Object.fromEntries(Object.entries(plan.counts).filter(([word]) => word !== 'dialled'))}
            names={said.rules}
            whole={plan.leads}
          />
        </div>
      )}
    </section>
  );
}
