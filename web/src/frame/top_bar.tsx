/** What stands above every page? The pages one may open, how fresh the data is, language, appearance, and the way out. */

import { useState } from 'preact/hooks';
import { signOut, type User } from '../api/session';
import type { Page } from '../pages';
import { ConnectionBadge } from '../parts/connection';
import { Icon } from '../parts/icon';
import { sayProblem } from '../parts/toast';
import { Link, path } from '../router';
import { type Theme, theme } from '../theme';
import { LANGUAGES, type Language, language, speak, words } from '../words';
import { Account } from './account';
import { areKeysShown } from './keys';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function TopBar({ user, open }: { readonly user: User; readonly open: readonly Page[] }) {
  const said = words.value;
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <header class="top">
        <a class="skip" href="#content">
          {said.frame.skip}
        </a>
        <nav aria-label={said.frame.menu}>
          {open.map((page) => (
            <Link key={page.name} to={page.path} current={page.path === path.value}>
              {said.pages[page.name]}
            </Link>
          ))}
        </nav>
        <div class="top-end">
          <ConnectionBadge />
          <Choices />
          <button type="button" class="plain" title={said.keys.title} onClick={() => (areKeysShown.value = true)}>
            <kbd>?</kbd>
            <span class="only-spoken">{said.keys.title}</span>
          </button>
          <button type="button" class="plain" title={said.account.title} onClick={() => setAsked(true)}>
            {user.name}
          </button>
          <button type="button" class="plain" title={said.frame.signOut} onClick={() => signOut().catch(sayProblem)}>
            <Icon name="out" />
            <span class="only-spoken">{said.frame.signOut}</span>
          </button>
        </div>
      </header>
      {isAsked && <Account name={user.name} onClose={() => setAsked(false)} />}
    </>
  );
}

/** Language and appearance, also before anybody has signed in. */
export function Choices() {
  const said = words.value.frame;
  return (
    <>
      <select
        aria-label={said.language}
        value={language.value}
        onChange={(event) => speak(event.currentTarget.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={said.theme}
        value={theme.value}
        onChange={(event) => {
          theme.value = event.currentTarget.value as Theme;
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {said.themes[name]}
          </option>
        ))}
      </select>
    </>
  );
}
