/** What do the lists of the administrator's page share? A secret that is told once, times, and who may see what. */

import { Copy } from '../../parts/copy';
import { Dialog } from '../../parts/dialog';
import { words } from '../../words';

/** An epoch time in the browser's own way; a dash where there is none. */
export function when(at: number | null | undefined): string {
  return at ? new Date(at * 1000).toLocaleString() : '–';
}

/** Queues and teams of somebody: all of the centre where neither is said, of an agent his own. */
export function scope(queues: readonly string[], teams: readonly string[], role = ''): string {
  const said = words.value.admin;
  if (role === 'agent' && queues.length === 0) return said.own;
  if (queues.length === 0 && teams.length === 0) return said.whole;
  return [...queues, ...teams.map((team) => said.team(team))].join(', ');
}

interface SecretProps {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}

/** It is nowhere else: whoever closes this without having written it down has to make another one. */
export function Secret({ title, secret, onClose }: SecretProps) {
  const said = words.value.admin;
  return (
    <Dialog title={title} onClose={onClose}>
      <div class="dialog-body">
        <p>{said.onlyNow}</p>
        <code class="secret">{secret}</code>
      </div>
      <footer class="dialog-foot">
        <Copy text={secret} said={said} />
        <button type="button" class="primary" onClick={onClose}>
          {said.written}
        </button>
      </footer>
    </Dialog>
  );
}
