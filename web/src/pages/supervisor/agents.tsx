/** What does each agent do, for how long, and what can be done about it? */

import { user } from '../../api/session';
import type { AgentRow } from '../../live/rows';
import { AgentState, lookOf, STATES, stateOf, stateWord, wordOf } from '../../parts/agent_state';
import { Badge } from '../../parts/badge';
import { Duration } from '../../parts/duration';
import { Icon, type IconName } from '../../parts/icon';
import { type Column, Table } from '../../parts/table';
import { words } from '../../words';
import { askAgentNow, asked } from './doing';
import { Heard } from './listening';

export function Agents({ rows, queue }: { readonly rows: readonly AgentRow[]; readonly queue: string }) {
  const said = words.value.supervisor;
  return (
    <Table
      title={queue === '' ? said.agents : `${said.agents} · ${said.onlyQueue(queue)}`}
      rows={rows}
      keyOf={(row) => row.id}
      columns={columnsOf(user.value?.rights ?? [])}
      drawnFrom={user.value}
      order={{ column: 'agent', isDown: false }}
      tools={<Sums rows={rows} />}
      textOf={(row) => `${row.id} ${row.name} ${stateWord(row)} ${row.queues.join(' ')} ${row.groups.join(' ')}`}
      onOpen={(row) => {
        asked.value = { what: 'why', agent: row.id };
      }}
    />
  );
}

/** How many do what: the states that somebody is in. */
function Sums({ rows }: { readonly rows: readonly AgentRow[] }) {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(stateOf(row), (sums.get(stateOf(row)) ?? 0) + 1);
  return (
    <span class="sums">
      {STATES.filter((state) => sums.has(state)).map((state) => {
        const [tone, icon] = lookOf(state);
        return (
          <Badge key={state} tone={tone} icon={icon} title={wordOf(state)}>
            {sums.get(state)} <span class="only-wide">{wordOf(state)}</span>
          </Badge>
        );
      })}
    </span>
  );
}

function columnsOf(rights: readonly string[]): readonly Column<AgentRow>[] {
  const { columns, hints } = words.value.supervisor;
  return [
    { key: 'agent', head: columns.agent, cell: (row) => <Name row={row} />, by: (row) => row.name || row.id },
    { key: 'state', head: columns.state, cell: (row) => <State row={row} />, by: stateOrder },
    {
      key: 'since',
      head: columns.since,
      isNumber: true,
      cell: (row) => (row.status === 'logged_out' ? '' : <Duration since={row.since} />),
      by: (row) => (row.since === null ? null : -row.since),
    },
    { key: 'with', head: columns.with, cell: (row) => <With row={row} />, by: (row) => row.contact_queue },
    {
      key: 'queues',
      head: columns.queues,
      isForWide: true,
      cell: (row) => (
        <span class="quiet cut" title={row.queues.join(', ')}>
          {row.queues.join(', ')}
        </span>
      ),
      by: (row) => row.queues.join(),
    },
    {
      key: 'handled',
      head: columns.handled,
      hint: hints.handled,
      isNumber: true,
      cell: (row) => row.today?.handled ?? 0,
      by: (row) => row.today?.handled ?? 0,
    },
    {
      key: 'missed',
      head: columns.missed,
      hint: hints.missed,
      isNumber: true,
      cell: (row) => row.today?.missed ?? 0,
      by: (row) => row.today?.missed ?? 0,
    },
    { key: 'actions', head: columns.actions, cell: (row) => <Actions row={row} rights={rights} /> },
  ];
}

function Name({ row }: { readonly row: AgentRow }) {
  return (
    <span title={row.phone ?? undefined}>
      {row.name || row.id} {row.name !== '' && <span class="quiet only-wide">{row.id}</span>}
    </span>
  );
}

/** The queue of the contact he has; a click tells its story. */
function With({ row }: { readonly row: AgentRow }) {
  const { contact, contact_queue: queue } = row;
  if (contact === null) return null;
  return (
    <button
      type="button"
      class="link"
      title={words.value.supervisor.story}
      onClick={() => {
        asked.value = { what: 'story', contact };
      }}
    >
      {queue ?? '…'}
    </button>
  );
}

function stateOrder(row: AgentRow): number {
  return STATES.indexOf(stateOf(row));
}

/** Also who listens to him: that is nobody's secret here. */
function State({ row }: { readonly row: AgentRow }) {
  return (
    <>
      <AgentState row={row} />
      <Heard agent={row.id} />
    </>
  );
}

function Actions({ row, rights }: { readonly row: AgentRow; readonly rights: readonly string[] }) {
  const said = words.value.supervisor;
  const isHere = row.status !== 'logged_out';
  const talks = row.activity === 'talking' || row.activity === 'hold';
  const isSelf = row.id === user.value?.agent && rights.includes('self.change');
  const mayChange = isSelf || rights.includes('agents.change');
  return (
    <span class="actions">
      {talks &&
        (['listen', 'whisper', 'barge'] as const).map(
          (what) =>
            rights.includes(`calls.${what}`) && (
              <Act key={what} icon={LISTENING[what]} text={said.of(said[what], row.id)} onDo={() => open(what, row)} />
            ),
        )}
      {mayChange && row.activity === 'wrapup' && (
        <Act icon="good" text={said.of(said.ready, row.id)} onDo={() => askAgentNow(row, 'ready')} />
      )}
      {mayChange && row.status === 'available' && (
        <Act icon="pause" text={said.of(said.pause, row.id)} onDo={() => open('pause', row)} />
      )}
      {mayChange && row.status === 'on_break' && (
        <Act icon="play" text={said.of(said.resume, row.id)} onDo={() => askAgentNow(row, 'unpause')} />
      )}
      {mayChange && (
        <Act
          icon={isHere ? 'out' : 'login'}
          text={said.of(isHere ? said.logout : said.login, row.id)}
          onDo={() => (isHere ? open('logout', row) : askAgentNow(row, 'login'))}
        />
      )}
      <Act icon="why" text={said.why(row.id)} onDo={() => (asked.value = { what: 'why', agent: row.id })} />
    </span>
  );
}

const LISTENING = { listen: 'ear', whisper: 'whisper', barge: 'barge' } as const;

function open(what: 'pause' | 'logout' | 'listen' | 'whisper' | 'barge', agent: AgentRow): void {
  asked.value = { what, agent };
}

interface ActProps {
  readonly icon: IconName;
  readonly text: string;
  readonly onDo: () => void;
}

/** A small button in a row: a picture, and its words for pointers and screen readers. */
export function Act({ icon, text, onDo }: ActProps) {
  return (
    <button type="button" class="plain" title={text} aria-label={text} onClick={onDo}>
      <Icon name={icon} />
    </button>
  );
}
