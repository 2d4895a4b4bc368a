/** How does somebody begin or end to sign in with codes, and what does he keep for the day when his phone is lost? */

import { useEffect, useState } from 'preact/hooks';
import { ask, type Once } from '../api/client';
import { findOut } from '../api/session';
import { Copy } from '../parts/copy';
import { AskDialog, Dialog } from '../parts/dialog';
import { problemText, say, sayProblem } from '../parts/toast';
import { words } from '../words';
import { Hidden } from './hidden';

interface Secret {
  readonly secret: string;
  readonly address: string;
}

interface Told {
  readonly recovery_codes: readonly string[];
}

interface OwnProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** Codes of an app from now on; then the recovery codes. */
export function Begin({ name, onClose }: OwnProps) {
  const said = words.value.account;
  const [secret, setSecret] = useState<Secret | null>(null);
  const [told, setTold] = useState<readonly string[] | null>(null);
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    ask<Secret>('POST', '/me/totp/new', { body: {} }).then(setSecret, (error) => setProblem(problemText(error)));
  }, []);
  if (told) return <Sheet name={name} codes={told} onClose={onClose} />;
  const begin = async (once: Once) => {
    const body = { password, secret: secret?.secret, code: code.replaceAll(' ', '') };
    setTold((await ask<Told>('POST', '/me/totp', { body, once })).recovery_codes);
    say(said.codesBegun);
  };
  return (
    <AskDialog title={said.codes} confirm={said.save} onConfirm={begin} staysOpen onClose={onClose}>
      <p>{said.enter}</p>
      {secret && (
        <>
          <code class="own-secret">{secret.secret}</code>
          <a href={secret.address}>{said.openApp}</a>
        </>
      )}
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
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </AskDialog>
  );
}

/** Ten other recovery codes; those of before end. */
export function Renew({ name, onClose }: OwnProps) {
  const said = words.value.account;
  const [told, setTold] = useState<readonly string[] | null>(null);
  const [password, setPassword] = useState('');
  if (told) return <Sheet name={name} codes={told} onClose={onClose} />;
  const renew = async (once: Once) => {
    setTold((await ask<Told>('POST', '/me/totp/recovery', { body: { password }, once })).recovery_codes);
  };
  return (
    <AskDialog title={said.renew} confirm={said.renew} onConfirm={renew} staysOpen onClose={onClose}>
      <p>{said.renewMeans}</p>
      <Hidden label={said.old} value={password} kind="current-password" onInput={setPassword} />
    </AskDialog>
  );
}

export function End({ onClose }: { readonly onClose: () => void }) {
  const said = words.value.account;
  const [password, setPassword] = useState('');
  const end = async () => {
    await ask('DELETE', '/me/totp', { body: { password } });
    say(said.codesEnded);
    findOut().catch(sayProblem);
  };
  return (
    <AskDialog title={said.noCodes} confirm={said.noCodes} isDanger onConfirm={end} onClose={onClose}>
      <p>{said.withoutCodes}</p>
      <Hidden label={said.old} value={password} kind="current-password" onInput={setPassword} />
    </AskDialog>
  );
}

interface SheetProps {
  readonly name: string;
  readonly codes: readonly string[];
  readonly onClose: () => void;
}

/** Told this once: to be copied, or printed alone on a page. */
function Sheet({ name, codes, onClose }: SheetProps) {
  const said = words.value.account;
  useEffect(() => {
    findOut().catch(sayProblem); // how many are left
  }, []);
  return (
    <Dialog title={`${said.recovery}: ${name}`} onClose={onClose}>
      <div class="dialog-body print-alone">
        <p>{said.recoveryMeans}</p>
        <ol class="recovery">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ol>
      </div>
      <footer class="dialog-foot">
        <Copy text={codes.join('\n')} said={said} />
        <button type="button" onClick={() => window.print()}>
          {said.print}
        </button>
        <button type="button" class="primary" onClick={onClose}>
          {said.written}
        </button>
      </footer>
    </Dialog>
  );
}
