/** The campaigns' page: how each stands, what its pacing does and why, and what can be done; the chosen one in full. */

import './campaigns.css';
import { isStale, useLive } from '../../live/now';
import { SwitchDown } from '../../parts/connection';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText } from '../../parts/toast';
import { asked as address, change } from '../../router';
import { named, words } from '../../words';
import { Detail } from './detail';
import { Abandoned, Progress, State } from './parts';
import { type CampaignRow, doneShare, long } from './rows';

const EVERY_S = 2;

export default function Campaigns() {
  useLive(['status']);
  const said = words.value.campaigns;
  const { value, problem, again } = usePolled<{ readonly campaigns: readonly CampaignRow[] }>('/campaigns', EVERY_S);
  const name = address.value.get('campaign') ?? '';
  const rows = value?.campaigns ?? [];
  const chosen = rows.find((row) => row.name === name) ?? rows.find((row) => row.state === 'running') ?? rows[0];
  return (
    <>
      <SwitchDown />
      <main id="content" class={isStale.value || problem !== null ? 'campaigns is-stale' : 'campaigns'}>
        <h1 class="only-spoken">{words.value.pages.campaigns}</h1>
        {problem !== null && (
          <p class="alarm" role="alert">
            {problemText(problem)}
          </p>
        )}
        <Table
          title={words.value.pages.campaigns}
          rows={rows}
          keyOf={(row) => row.name}
          columns={columns()}
          drawnFrom={chosen?.name}
          textOf={(row) => `${row.name} ${row.queue ?? ''} ${named(said.states, row.state)}`}
          classOf={(row) => (row.name === chosen?.name ? 'is-chosen' : '')}
          onOpen={(row) => change({ campaign: row.name })}
          none={value === null ? words.value.frame.loading : said.none}
        />
        {chosen && <Detail key={chosen.name} row={chosen} onChanged={again} />}
      </main>
    </>
  );
}

function columns(): readonly Column<CampaignRow>[] {
  const { columns: heads, hints, modes } = words.value.campaigns;
  return [
    { key: 'name', head: heads.name, cell: (row) => <strong>{row.name}</strong>, by: (row) => row.name },
    { key: 'state', head: heads.state, cell: (row) => <State row={row} />, by: (row) => row.state },
    { key: 'mode', head: heads.mode, cell: (row) => named(modes, row.mode), by: (row) => row.mode },
    { key: 'queue', head: heads.queue, cell: (row) => row.queue ?? '–', by: (row) => row.queue },
    {
      key: 'progress',
      head: heads.progress,
      hint: hints.progress,
      cell: (row) => <Progress row={row} />,
      by: (row) => doneShare(row),
    },
    {
      key: 'left',
      head: heads.left,
      isNumber: true,
      cell: (row) => row.leads_left,
      by: (row) => row.leads_left,
    },
    {
      key: 'eta',
      head: heads.eta,
      hint: hints.eta,
      isNumber: true,
      cell: (row) => long(row.eta_s),
      by: (row) => row.eta_s,
    },
    {
      key: 'air',
      head: heads.air,
      hint: hints.air,
      isNumber: true,
      cell: (row) => (row.planned ?? 0) + (row.dialling ?? 0),
      by: (row) => (row.planned ?? 0) + (row.dialling ?? 0),
    },
    {
      key: 'talking',
      head: heads.talking,
      isNumber: true,
      cell: (row) => row.connected ?? 0,
      by: (row) => row.connected ?? 0,
    },
    {
      key: 'abandoned',
      head: heads.abandoned,
      hint: hints.abandoned,
      isNumber: true,
      cell: (row) => <Abandoned row={row} />,
      by: (row) => (row.answered ? (row.abandoned ?? 0) / row.answered : null),
    },
  ];
}
