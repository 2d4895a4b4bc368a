/** How does somebody sign in? Name and password, and a code where the engine asks for one; or at the provider who knows him. */

import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../api/problem';
import { ownCodes, signIn, waysIn } from '../api/session';
import { problemText, say } from '../parts/toast';
import { asked as address } from '../router';
import { named, words } from '../words';
import { Choices } from './top_bar';

export function SignIn() {
  const said = words.value.signIn;
  const [needsCode, setNeedsCode] = useState(false);
  const [isRecovering, setRecovering] = useState(false);
  const [problem, setProblem] = useState('');
  const [cameWith, setCameWith] = useState(address.value.get('problem') ?? '');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const word = (name: string) => String(form.get(name) ?? '');
    setBusy(true);
    setProblem('');
    setCameWith('');
    try {
      await signIn(word('name').trim(), word('password'), word('code').replaceAll(' ', ''));
      if (isRecovering) say(words.value.account.left(ownCodes.value.recovery_left));
    } catch (error) {
      const asksCode = error instanceof Problem && error.reason === 'totp_needed';
      setNeedsCode(needsCode || asksCode);
      setProblem(asksCode ? (needsCode ? said.wrongCode : said.codeNeeded) : wrong(error, needsCode));
      setBusy(false);
    }
  };
  return (
    <main id="content" class="sign-in">
      <form class="panel" onSubmit={submit}>
        <h1>{words.value.pages['sign-in']}</h1>
        <label>
          {said.name}
          <input name="name" required autocomplete="username" autocapitalize="none" spellcheck={false} />
        </label>
        <label>
          {said.password}
          <input name="password" type="password" required autocomplete="current-password" />
        </label>
        {needsCode && (
          <>
            <label>
              {isRecovering ? said.recoveryCode : said.code}
              <input
                key={String(isRecovering)}
                name="code"
                required
                autofocus
                inputMode={isRecovering ? 'text' : 'numeric'}
                autocomplete={isRecovering ? 'off' : 'one-time-code'}
                autocapitalize="none"
                spellcheck={false}
                maxLength={40}
              />
            </label>
            <button type="button" class="link" onClick={() => setRecovering(!isRecovering)}>
              {isRecovering ? said.useApp : said.useRecovery}
            </button>
          </>
        )}
        <p class="problem" role="alert">
          {problem || ledBack(cameWith)}
        </p>
        <button type="submit" class="primary" disabled={isBusy}>
          {said.submit}
        </button>
        <Provider />
      </form>
      <div class="choices">
        <Choices />
      </div>
    </main>
  );
}

/** Another way in, where one is configured: it leads out of these pages, and back. */
function Provider() {
  const [way, setWay] = useState({ address: '', name: '' });
  useEffect(() => {
    waysIn().then(setWay, () => undefined); // then there is the password
  }, []);
  if (way.address === '') return null;
  return (
    <a class="way" href={way.address}>
      {words.value.signIn.at(way.name)}
    </a>
  );
}

/** Why the provider's way has led back here. An address can be written by anybody: only words of ours are shown. */
function ledBack(reason: string): string {
  const known = words.value.problems;
  return Object.hasOwn(known, reason) ? named(known, reason) : '';
}

function wrong(error: unknown, withCode: boolean): string {
  const said = words.value.signIn;
  if (error instanceof Problem && error.status === 401) return withCode ? said.wrongWithCode : said.wrong;
  if (error instanceof Problem && error.status === 429) return said.tooOften(String(error.said.retry_after_s ?? '…'));
  return problemText(error);
}
