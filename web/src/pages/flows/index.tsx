/** The flows' page: what callers hear before anybody answers, drawn; which versions there were, and the way back. */

import './flows.css';
import { useState } from 'preact/hooks';
import { ask, type Once } from '../../api/client';
import { may } from '../../api/session';
import { useLive } from '../../live/now';
import { AskDialog } from '../../parts/dialog';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText, say } from '../../parts/toast';
import { asked as address, change } from '../../router';
import { language, words } from '../../words';
import { Drawing } from './drawing';

interface Version {
  readonly version: number;
  readonly at: number;
  readonly by: string;
  readonly calls: number;
  readonly holds: boolean;
}

interface FlowsAnswer {
  readonly version: number;
  readonly since: number | null;
  readonly by: string;
  readonly rolled_back: boolean;
  readonly calls: number;
  readonly versions: readonly Version[];
  readonly flows?: readonly { readonly name: string; readonly nodes: number; readonly languages: readonly string[] }[];
}

interface Difference {
  readonly difference?: readonly string[];
  readonly applied?: boolean;
}

const EVERY_S = 5;

export default function Flows() {
  useLive(['status']);
  const said = words.value.flows;
  const { value, problem, again } = usePolled<FlowsAnswer>('/flows', EVERY_S);
  const [asked, setAsked] = useState<number | 'reload' | null>(null);
  const flows = value?.flows ?? [];
  const flow = flows.find((each) => each.name === address.value.get('flow')) ?? flows[0];
  const seen = Number(address.value.get('version')) || value?.version;
  const spoken = flow?.languages.includes(language.value) ? language.value : (flow?.languages[0] ?? 'en');
  const roll = async (to: number, once: Once) => {
    await ask('POST', '/flows/rollback', { body: { to }, once });
    say(said.holds(to));
    again();
  };
  const reload = async (once: Once) => {
    const found = await ask<Difference>('POST', '/flows/reload', { body: {}, once });
    say(found.applied ? (found.difference ?? []).join('; ') : said.noDifference);
    again();
  };
  return (
    <>
      <main id="content" class="flows">
        <h1 class="only-spoken">{words.value.pages.flows}</h1>
        {problem !== null && (
          <p class="alarm" role="alert">
            {problemText(problem)}
          </p>
        )}
        <Table
          title={said.versions}
          rows={value?.versions ?? []}
          keyOf={(row) => String(row.version)}
          columns={columns(setAsked)}
          drawnFrom={seen}
          classOf={(row) => (row.version === seen ? 'is-chosen' : '')}
          onOpen={(row) => change({ version: row.holds ? null : String(row.version) })}
          none={value === null ? words.value.frame.loading : said.none}
          tools={
            may('flows.change') && (
              <button type="button" onClick={() => setAsked('reload')}>
                {said.reload}
              </button>
            )
          }
        />
        {flow && seen !== undefined && (
          <Drawing
            flows={flows.map((each) => each.name)}
            flow={flow.name}
            version={seen}
            holds={seen === value?.version}
            spoken={spoken}
          />
        )}
      </main>
      {typeof asked === 'number' && (
        <AskDialog
          title={said.rollBackTo(asked)}
          confirm={said.rollBack}
          onConfirm={(once) => roll(asked, once)}
          onClose={() => setAsked(null)}
        >
          <p>{said.rollBackMeans}</p>
        </AskDialog>
      )}
      {asked === 'reload' && (
        <AskDialog title={said.reload} confirm={said.reload} onConfirm={reload} onClose={() => setAsked(null)}>
          <p>{said.reloadMeans}</p>
        </AskDialog>
      )}
    </>
  );
}

function columns(onRoll: (version: number) => void): readonly Column<Version>[] {
  const said = words.value.flows;
  return [
    {
      key: 'version',
      head: said.columns.version,
      isNumber: true,
      cell: (row) => <strong>{row.version}</strong>,
      by: (row) => row.version,
    },
    {
      key: 'at',
      head: said.columns.at,
      cell: (row) => (
        <time>{new Date(row.at * 1000).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}</time>
      ),
      by: (row) => row.at,
    },
    { key: 'by', head: said.columns.by, cell: (row) => row.by, by: (row) => row.by },
    {
      key: 'calls',
      head: said.columns.calls,
      hint: said.callsHint,
      isNumber: true,
      cell: (row) => row.calls,
      by: (row) => row.calls,
    },
    {
      key: 'do',
      head: '',
      cell: (row) =>
        row.holds ? (
          <span class="badge tone-good">{said.holdsNow}</span>
        ) : (
          may('flows.change') && (
            <button
              type="button"
              onClick={(event) => {
                event.stopPropagation();
                onRoll(row.version);
              }}
            >
              {said.rollBack}
            </button>
          )
        ),
    },
  ];
}
