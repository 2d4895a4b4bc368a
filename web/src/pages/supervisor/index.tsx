/** The supervisor's page: queues, agents and who waits, dense and live; what can be done stands in each row. */

import './supervisor.css';
import { useEffect, useMemo } from 'preact/hooks';
import { may } from '../../api/session';
import { isStale, picture, rowsOf, useLive } from '../../live/now';
import { type AgentRow, type CallRow, type QueueRow, typed } from '../../live/rows';
import { asked as address, change } from '../../router';
import { words } from '../../words';
import { askDefinitions } from '../definitions';
import { Agents } from './agents';
import { Dialogs } from './dialogs';
import { useOwnListening } from './listening';
import { Queues, WINDOWS, type WindowName } from './queues';
import { inLine, Waiting } from './waiting';

export default function Supervisor() {
  useLive(['queues', 'agents', 'calls', 'listening', 'status']);
  useEffect(askDefinitions, []);
  useOwnListening();
  const queue = address.value.get('queue') ?? '';
  const window = WINDOWS.find((name) => name === address.value.get('window')) ?? 'today';
  const queueRows = rowsOf('queues');
  const agentRows = rowsOf('agents');
  const callRows = rowsOf('calls');
  const queues = useMemo(() => typed<QueueRow>(queueRows), [queueRows]);
  const agents = useMemo(
    () => typed<AgentRow>(agentRows).filter((row) => queue === '' || row.queues.includes(queue)),
    [agentRows, queue],
  );
  const waiting = useMemo(() => {
    const all = inLine([...typed<CallRow>(callRows)], new Map(queues.map((row) => [row.name, row])));
    return queue === '' ? all : all.filter((row) => row.queue === queue);
  }, [callRows, queues, queue]);
  if (!picture.value.complete) {
    return (
      <main id="content" class="center">
        <p class="quiet">{words.value.connection.connecting}</p>
      </main>
    );
  }
  return (
    <>
      <main id="content" class={isStale.value ? 'supervisor is-stale' : 'supervisor'}>
        <Queues
          rows={queues}
          chosen={queue}
          window={window}
          onWindow={(name: WindowName) => change({ window: name === 'today' ? null : name })}
          onChoose={(name) => change({ queue: name })}
        />
        {may('calls.read') && <Waiting rows={waiting} queue={queue} />}
        <Agents rows={agents} queue={queue} />
      </main>
      <Dialogs />
    </>
  );
}
