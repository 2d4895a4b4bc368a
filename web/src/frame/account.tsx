/** What can somebody change about his own signing in? His password, and the codes of an authenticator. */

import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { changePassword } from '../api/session';
import { AskDialog, Dialog } from '../parts/dialog';
import { problemText, say } from '../parts/toast';
import { words } from '../words';

/** As cti/people/passwords.py has it. */
const LEAST_CHARS = 12;

type Part = 'password' | 'codes' | 'noCodes';

interface AccountProps {
  readonly name: string;
  readonly onClose: () => void;
}

export function Account({ name, onClose }: AccountProps) {
  const said = words.value.account;
  const [part, setPart] = useState<Part | null>(null);
  const [codes, setCodes] = useState<Codes | null>(null);
  const [problem, setProblem] = useState('');
  const setUp = async () => {
    try {
      setCodes(await ask<Codes>('POST', '/me/totp/new', { body: {}, once: true }));
      setPart('codes');
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  if (part === 'password') return <Password name={name} onClose={onClose} />;
  if (part === 'codes' && codes) return <Begin codes={codes} onClose={onClose} />;
  if (part === 'noCodes') return <End onClose={onClose} />;
  return (
    <Dialog title={`${said.title}: ${name}`} onClose={onClose}>
      <div class="dialog-body">
        <button type="button" onClick={() => setPart('password')}>
          {said.password}
        </button>
        <button type="button" onClick={() => void setUp()}>
          {said.codes}
        </button>
        <button type="button" onClick={() => setPart('noCodes')}>
          {said.noCodes}
        </button>
        {problem !== '' && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Password({ name, onClose }: AccountProps) {
  const said = words.value.account;
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const save = async () => {
    if (fresh !== again) throw new Error(said.notSame);
    await changePassword(old, fresh);
    say(said.changed);
  };
  return (
    <AskDialog title={said.password} confirm={said.save} onConfirm={save} onClose={onClose}>
      <input class="only-spoken" tabIndex={-1} aria-hidden="true" autocomplete="username" value={name} readOnly />
      <Hidden label={said.old} value={old} kind="current-password" onInput={setOld} />
      <Hidden label={said.fresh} value={fresh} kind="new-password" least={LEAST_CHARS} onInput={setFresh} />
      <Hidden label={said.again} value={again} kind="new-password" onInput={setAgain} />
      <p class="quiet">{said.hint(LEAST_CHARS)}</p>
    </AskDialog>
  );
}

interface Codes {
  readonly secret: string;
  readonly address: string;
}

function Begin({ codes, onClose }: { readonly codes: Codes; readonly onClose: () => void }) {
  const said = words.value.account;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const begin = async () => {
    await ask('POST', '/me/totp', { body: { password, secret: codes.secret, code: code.replaceAll(' ', '') } });
    say(said.codesBegun);
  };
  return (
    <AskDialog title={said.codes} confirm={said.save} onConfirm={begin} onClose={onClose}>
      <p>{said.enter}</p>
      <code class="own-secret">{codes.secret}</code>
      <a href={codes.address}>{said.openApp}</a>
      <label>
        {said.code}
        <input
          required
          inputMode="numeric"
          autocomplete="one-time-code"
          maxLength={10}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <Hidden label={said.old} value={password} kind="current-password" onInput={setPassword} />
    </AskDialog>
  );
}

function End({ onClose }: { readonly onClose: () => void }) {
  const said = words.value.account;
  const [password, setPassword] = useState('');
  const end = async () => {
    await ask('DELETE', '/me/totp', { body: { password } });
    say(said.codesEnded);
  };
  return (
    <AskDialog title={said.noCodes} confirm={said.noCodes} isDanger onConfirm={end} onClose={onClose}>
      <p>{said.withoutCodes}</p>
      <Hidden label={said.old} value={password} kind="current-password" onInput={setPassword} />
    </AskDialog>
  );
}

interface HiddenProps {
  readonly label: string;
  readonly value: string;
  readonly kind: 'current-password' | 'new-password';
  readonly least?: number;
  readonly onInput: (value: string) => void;
}

function Hidden({ label, value, kind, least, onInput }: HiddenProps) {
  return (
    <label>
      {label}
      <input
        type="password"
        required
        minLength={least}
        autocomplete={kind}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
