/** What can somebody change about his own signing in? His password, and the codes of an authenticator. */

import { useState } from 'preact/hooks';
import type { Once } from '../api/client';
import { changePassword, ownCodes } from '../api/session';
import { AskDialog, Dialog } from '../parts/dialog';
import { say } from '../parts/toast';
import { words } from '../words';
import { Begin, End, Renew } from './account_codes';
import { Hidden } from './hidden';

/** As cti/people/passwords.py has it. */
const LEAST_CHARS = 12;

const FEW = 3;

type Part = 'password' | 'begin' | 'renew' | 'end';

interface AccountProps {
  readonly name: string;
  readonly onClose: () => void;
}

export function Account({ name, onClose }: AccountProps) {
  const said = words.value.account;
  const [part, setPart] = useState<Part | null>(null);
  const { on, recovery_left: left } = ownCodes.value;
  if (part === 'password') return <Password name={name} onClose={onClose} />;
  if (part === 'begin') return <Begin name={name} onClose={onClose} />;
  if (part === 'renew') return <Renew name={name} onClose={onClose} />;
  if (part === 'end') return <End onClose={onClose} />;
  const choice = (to: Part, text: string) => (
    <button type="button" onClick={() => setPart(to)}>
      {text}
    </button>
  );
  return (
    <Dialog title={`${said.title}: ${name}`} onClose={onClose}>
      <div class="dialog-body">
        {choice('password', said.password)}
        <p>
          {on ? said.withCodes : said.withoutAny}{' '}
          {on && <span class={left <= FEW ? 'problem' : undefined}>{said.left(left)}</span>}
        </p>
        {on && choice('renew', said.renew)}
        {choice('begin', on ? said.otherApp : said.codes)}
        {on && choice('end', said.noCodes)}
      </div>
    </Dialog>
  );
}

function Password({ name, onClose }: AccountProps) {
  const said = words.value.account;
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const save = async (once: Once) => {
    if (fresh !== again) throw new Error(said.notSame);
    await changePassword(old, fresh, once);
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
