/** What has to be asked before something is done: a reason, a queue, seconds, a phone? One dialog at a time. */

import { useState } from 'preact/hooks';
import type { Once } from '../../api/client';
import { user } from '../../api/session';
import { rowsOf } from '../../live/now';
import type { AgentRow, CallRow, HealthRow } from '../../live/rows';
import { breakWord } from '../../parts/agent_state';
import { AskDialog, Dialog } from '../../parts/dialog';
import { say } from '../../parts/toast';
import { AgentWhy } from '../../why/agent';
import { ContactStory } from '../../why/contact';
import { words } from '../../words';
import { askAgent, askContact, asked, type Listening } from './doing';

const GIVEN_S = 60;
const MOST_S = 86_400;

export function Dialogs() {
  const open = asked.value;
  const close = () => {
    asked.value = null;
  };
  const said = words.value.supervisor;
  switch (open?.what) {
    case 'why':
      return (
        <Dialog title={said.why(open.agent)} onClose={close} wide>
          <AgentWhy agent={open.agent} onContact={(contact) => (asked.value = { what: 'story', contact })} />
        </Dialog>
      );
    case 'story':
      return (
        <Dialog title={said.story} onClose={close} wide>
          <ContactStory contact={open.contact} onAgent={(agent) => (asked.value = { what: 'why', agent })} />
        </Dialog>
      );
    case 'pause':
      return <Pause agent={open.agent} onClose={close} />;
    case 'logout':
      return <LogOut agent={open.agent} onClose={close} />;
    case 'move':
      return <Move call={open.call} onClose={close} />;
    case 'prioritise':
      return <Prioritise call={open.call} onClose={close} />;
    case 'withdraw':
      return <Withdraw call={open.call} onClose={close} />;
    case 'listen':
    case 'whisper':
    case 'barge':
      return <Listen what={open.what} agent={open.agent} onClose={close} />;
    default:
      return null;
  }
}

interface CallDialogProps {
  readonly call: CallRow;
  readonly onClose: () => void;
}

interface AgentDialogProps {
  readonly agent: AgentRow;
  readonly onClose: () => void;
}

function Pause({ agent, onClose }: AgentDialogProps) {
  const said = words.value.supervisor;
  const breaks = (rowsOf('status').now as HealthRow | undefined)?.breaks ?? [];
  const [reason, setReason] = useState(breaks[0] ?? '');
  return (
    <AskDialog
      title={said.of(said.pause, agent.name || agent.id)}
      confirm={said.pause}
      onConfirm={() => askAgent(agent, 'pause', reason)}
      onClose={onClose}
    >
      <Choice
        label={said.reason}
        value={reason}
        options={breaks.map((name) => [name, breakWord(name)])}
        onChoose={setReason}
      />
    </AskDialog>
  );
}

function LogOut({ agent, onClose }: AgentDialogProps) {
  const said = words.value.supervisor;
  return (
    <AskDialog
      title={said.of(said.logout, agent.name || agent.id)}
      confirm={said.logout}
      isDanger
      onConfirm={() => askAgent(agent, 'logout')}
      onClose={onClose}
    >
      <p>{said.logoutHint}</p>
    </AskDialog>
  );
}

function Move({ call, onClose }: CallDialogProps) {
  const said = words.value.supervisor;
  const others = Object.keys(rowsOf('queues')).filter((name) => name !== call.queue);
  const [queue, setQueue] = useState(others[0] ?? '');
  const move = async (once: Once) => {
    await askContact(call.contact, 'move', { queue }, once);
    say(said.of(call.caller ?? call.contact, said.didContact.move));
  };
  return (
    <AskDialog
      title={said.of(said.move, call.caller ?? call.contact)}
      confirm={said.move}
      onConfirm={move}
      onClose={onClose}
    >
      <Choice label={said.toQueue} value={queue} options={others.map((name) => [name, name])} onChoose={setQueue} />
      <p class="quiet">{said.keepsTime}</p>
    </AskDialog>
  );
}

function Prioritise({ call, onClose }: CallDialogProps) {
  const said = words.value.supervisor;
  const [seconds, setSeconds] = useState(GIVEN_S);
  const isWithin = Number.isInteger(seconds) && Math.abs(seconds) <= MOST_S;
  const prioritise = async (once: Once) => {
    await askContact(call.contact, 'prioritise', { seconds }, once);
    say(said.of(call.caller ?? call.contact, said.didContact.prioritise));
  };
  return (
    <AskDialog
      title={said.of(said.prioritise, call.caller ?? call.contact)}
      confirm={said.prioritise}
      onConfirm={prioritise}
      onClose={onClose}
    >
      <label>
        {said.seconds}
        <input
          type="number"
          step={1}
          min={-MOST_S}
          max={MOST_S}
          required
          value={seconds}
          onInput={(event) => setSeconds(event.currentTarget.valueAsNumber)}
        />
      </label>
      {isWithin ? (
        <p class="quiet">{said.secondsHint}</p>
      ) : (
        <p class="problem" role="alert">
          {said.secondsBounds(MOST_S)}
        </p>
      )}
    </AskDialog>
  );
}

function Withdraw({ call, onClose }: CallDialogProps) {
  const said = words.value.supervisor;
  const reasons = Object.entries(said.withdrawReasons);
  const [reason, setReason] = useState(reasons[0]?.[0] ?? '');
  const withdraw = async (once: Once) => {
    await askContact(call.contact, 'withdraw', { reason }, once);
    say(said.of(call.caller ?? call.contact, said.didContact.withdraw));
  };
  return (
    <AskDialog
      title={said.of(said.withdraw, call.caller ?? call.contact)}
      confirm={said.withdraw}
      isDanger
      onConfirm={withdraw}
      onClose={onClose}
    >
      <Choice label={said.reason} value={reason} options={reasons} onChoose={setReason} />
      <p class="quiet">{said.withdrawHint}</p>
    </AskDialog>
  );
}

function Listen({ what, agent, onClose }: AgentDialogProps & { readonly what: Listening }) {
  const said = words.value.supervisor;
  const self = rowsOf('agents')[user.value?.agent ?? ''] as AgentRow | undefined;
  const own = user.value?.phone ?? self?.phone ?? '';
  const [phone, setPhone] = useState('');
  const contact = (rowsOf('agents')[agent.id] as AgentRow | undefined)?.contact ?? agent.contact;
  const listen = async (once: Once) => {
    await askContact(contact ?? '', what, phone === '' ? {} : { phone }, once);
    say(said.called);
  };
  return (
    <AskDialog
      title={said.of(said[what], agent.name || agent.id)}
      confirm={said[what]}
      onConfirm={listen}
      onClose={onClose}
    >
      <label>
        {said.phone}
        <input
          value={phone}
          required={own === ''}
          placeholder={own}
          onInput={(event) => setPhone(event.currentTarget.value.trim())}
        />
      </label>
      <p class="quiet">
        {own !== '' && said.phoneOwn} {said.phoneHint}
      </p>
    </AskDialog>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
