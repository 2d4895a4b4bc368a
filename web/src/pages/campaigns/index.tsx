/** The campaigns' page: how each stands, what its pacing does and why, and what can be done; the chosen one in full. */

import './campaigns.css';
import { useMemo } from 'preact/hooks';
import { isStale, picture, rowsOf, serverNow, useLive } from '../../live/now';
import { type Column, Table } from '../../parts/table';
import { asked as address, change } from '../../router';
import { named, words } from '../../words';
import { Detail } from './detail';
import { Abandoned, Progress, State } from './parts';
import { type CampaignRow, campaignsOf, doneShare, long, readyInS } from './rows';

export default function Campaigns() {
  useLive(['campaigns', 'status']);
  const said = words.value.campaigns;
  const name = address.value.get('campaign') ?? '';
  const told = rowsOf('campaigns');
  const rows = useMemo(() => campaignsOf(told), [told]);
  const chosen = rows.find((row) => row.name === name) ?? rows.find((row) => row.state === 'running') ?? rows[0];
  return (
    <main id="content" class={isStale.value ? 'campaigns is-stale' : 'campaigns'}>
      <h1 class="only-spoken">{words.value.pages.campaigns}</h1>
      <Table
        title={words.value.pages.campaigns}
        rows={rows}
        keyOf={(row) => row.name}
        columns={columns()}
        drawnFrom={chosen?.name}
        textOf={(row) => `${row.name} ${row.queue ?? ''} ${named(said.states, row.state)}`}
        classOf={(row) => (row.name === chosen?.name ? 'is-chosen' : '')}
        onOpen={(row) => change({ campaign: row.name })}
        none={picture.value.complete ? said.none : words.value.connection.connecting}
      />
      {chosen && <Detail key={chosen.name} row={chosen} />}
    </main>
  );
}

export function ReadyIn({ row }: { readonly row: CampaignRow }) {
  return <>{long(readyInS(row, serverNow.value))}</>;
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
      cell: (row) => <ReadyIn row={row} />,
      by: (row) => readyInS(row, serverNow.value),
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
