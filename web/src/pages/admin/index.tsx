/** The administrator's page: people, tokens, systems that are told, Asterisk nodes, and who did what. One at a time. */

import './admin.css';
import type { ComponentType } from 'preact';
import { may } from '../../api/session';
import { useLive } from '../../live/now';
import { asked as address, change } from '../../router';
import { words } from '../../words';
import { Audit } from './audit';
import { Hooks } from './hooks';
import { Nodes } from './nodes';
import { Tokens } from './tokens';
import { Users } from './users';

type Part = keyof typeof words.value.admin.parts;

const PARTS: readonly { readonly name: Part; readonly right: string; readonly Shown: ComponentType }[] = [
  { name: 'users', right: 'users.change', Shown: Users },
  { name: 'tokens', right: 'users.change', Shown: Tokens },
  { name: 'hooks', right: 'hooks.change', Shown: Hooks },
  { name: 'nodes', right: 'status.read', Shown: Nodes },
  { name: 'audit', right: 'audit.read', Shown: Audit },
];

export default function Admin() {
  useLive(['status']);
  const open = PARTS.filter((part) => may(part.right));
  const part = open.find((each) => each.name === address.value.get('part')) ?? open[0];
  return (
    <main id="content" class="admin">
      <h1 class="only-spoken">{words.value.pages.admin}</h1>
      <nav class="tabs" aria-label={words.value.pages.admin}>
        {open.map(({ name }) => (
          <button
            key={name}
            type="button"
            aria-current={name === part?.name ? 'page' : undefined}
            onClick={() => change({ part: name })}
          >
            {words.value.admin.parts[name]}
          </button>
        ))}
      </nav>
      {part && <part.Shown />}
    </main>
  );
}
