/** One campaign in full: what can be done, how far it is, what it does now and why, its leads, its lists. */

import { useEffect, useState } from 'preact/hooks';
import { ask, type Once } from '../../api/client';
import { may } from '../../api/session';
import { serverNow } from '../../live/now';
import { AskDialog } from '../../parts/dialog';
import { download } from '../../parts/download';
import { count, percent } from '../../parts/figures';
import { say } from '../../parts/toast';
import { named, words } from '../../words';
import { askDefinitions, definitionOf } from '../definitions';
import { Lists } from './lists';
import { Progress, State } from './parts';
import { placingPhrase } from './placing';
import { Plan } from './plan';
import { type Action, type CampaignRow, long, type Placing, readyInS } from './rows';
import { Wizard } from './wizard';

interface DetailProps {
  readonly row: CampaignRow;
}

export function Detail({ row }: DetailProps) {
  const said = words.value.campaigns;
  useEffect(askDefinitions, []);
  const [asked, setAsked] = useState<Action | null>(null);
  const [isImporting, setImporting] = useState(false);
  const [imported, setImported] = useState(0);
  const doIt = async (action: Action, once: Once) => {
    await ask('POST', `/campaigns/${row.name}/${action}`, { body: {}, once });
    say(said.did(row.name, said.actions[action]));
  };
  return (
    <section class="panel campaign" aria-label={row.name}>
      <header class="panel-head">
        <h2>{row.name}</h2>
        <State row={row} />
        <span class="quiet">
          {named(said.modes, row.mode)}
          {row.queue ? ` → ${row.queue}` : ''}
        </span>
        <div class="panel-tools">
          {may('campaigns.run') &&
            row.may.map((action) => (
              <button
                key={action}
                type="button"
                class={action === 'start' || action === 'resume' ? 'primary' : undefined}
                onClick={() => setAsked(action)}
              >
                {said.actions[action]}
              </button>
            ))}
          {may('campaigns.run') && (
            <button type="button" onClick={() => setImporting(true)}>
              {said.importList}
            </button>
          )}
          <button type="button" onClick={() => download(`/campaigns/${row.name}/results`, { format: 'csv' })}>
            {said.results}
          </button>
        </div>
      </header>
      <div class="campaign-body">
        <Now row={row} />
        <Leads row={row} />
        <Plan name={row.name} />
        <Lists name={row.name} turn={imported} />
      </div>
      {asked && (
        <AskDialog
          title={`${said.actions[asked]}: ${row.name}`}
          confirm={said.actions[asked]}
          isDanger={asked === 'stop'}
          onConfirm={(once) => doIt(asked, once)}
          onClose={() => setAsked(null)}
        >
          <p>{said.meanings[asked]}</p>
        </AskDialog>
      )}
      {isImporting && (
        <Wizard campaign={row.name} onClose={() => setImporting(false)} onImported={() => setImported(imported + 1)} />
      )}
    </section>
  );
}

/** What it does at this moment, and why not more. */
function Now({ row }: { readonly row: CampaignRow }) {
  const said = words.value.campaigns;
  const until = row.until ? new Date(row.until * 1000).toLocaleString() : '';
  const answered = row.answered ?? 0;
  const abandoned =
    answered > 0 ? `${count(row.abandoned)} / ${answered} (${percent((row.abandoned ?? 0) / answered, 1)})` : '–';
  return (
    <section aria-label={said.now}>
      <h3>{said.now}</h3>
      <Progress row={row} isWide />
      {(row.untaken ?? 0) > 0 && (
        <p class="alarm" role="alert">
          {said.untaken(row.untaken ?? 0, row.untaken_trunk ?? '')}
        </p>
      )}
      <dl class="facts">
        <dt>{said.columns.eta}</dt>
        <dd title={said.hints.eta}>{long(readyInS(row, serverNow.value))}</dd>
        <dt>{said.columns.air}</dt>
        <dd>{said.air(row.planned ?? 0, row.dialling ?? 0, row.connected ?? 0)}</dd>
        <dt>{said.atHand}</dt>
        <dd>{said.dueOf(row.due ?? 0, row.at_hand ?? 0)}</dd>
        <dt>{said.today}</dt>
        <dd title={definitionOf('human')}>{said.attempts(row.today?.placed ?? 0, row.today?.human ?? 0)}</dd>
        <dt>{said.columns.abandoned}</dt>
        <dd title={said.hints.abandoned}>{abandoned}</dd>
      </dl>
      {row.why && row.why !== row.state && (
        <p class="why">
          <strong>{said.waits}</strong> {named(said.rules, row.why)}
          {until && ` · ${said.until(until)}`}
        </p>
      )}
      {row.placing?.why && (
        <p class="why">
          <strong>{said.pacing}</strong> {placingPhrase(row.placing as Placing, said)}
        </p>
      )}
      <Reasons title={said.notDialled} hint={said.hints.notDialled} counts={row.not_dialled ?? {}} names={said.rules} />
    </section>
  );
}

function Leads({ row }: { readonly row: CampaignRow }) {
  const said = words.value.campaigns;
  return (
    <section aria-label={said.leads}>
      <h3>
        {said.leads} <span class="quiet number">{row.leads}</span>
      </h3>
      <Reasons counts={row.states} names={said.outcomes} whole={row.leads} />
      {row.leads === 0 && <p class="quiet">{said.noLeads}</p>}
    </section>
  );
}

interface ReasonsProps {
  readonly title?: string;
  readonly hint?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly names: Readonly<Record<string, string>>;
  readonly whole?: number;
}

/** Words with how often, the most frequent first, as bars against the whole (or the largest of them). */
export function Reasons({ title, hint, counts, names, whole }: ReasonsProps) {
  const rows = Object.entries(counts).sort((one, other) => other[1] - one[1]);
  if (rows.length === 0) return null;
  const most = whole ?? Math.max(...rows.map(([, rowsOf]) => rowsOf));
  return (
    <>
      {title && <h3 title={hint}>{title}</h3>}
      <table class="reasons">
        <tbody>
          {rows.map(([word, times]) => (
            <tr key={word}>
              <th scope="row">{named(names, word)}</th>
              <td class="is-number number">{times}</td>
              <td class="bar">
                <progress value={times} max={Math.max(1, most)} aria-label={named(names, word)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
