/** Who listens to whom, and what came of one's own wish to listen? A phone that could not be reached is said aloud. */

import { useEffect, useRef } from 'preact/hooks';
import { user } from '../../api/session';
import { rowsOf } from '../../live/now';
import { type ListeningRow, typed } from '../../live/rows';
import { Badge } from '../../parts/badge';
import type { IconName } from '../../parts/icon';
import { say, sayProblem } from '../../parts/toast';
import { named, words } from '../../words';

const ICONS: Readonly<Record<string, IconName>> = { listen: 'ear', whisper: 'whisper', barge: 'barge' };
/** Ends that are as they should be: the talk was over, or he hung up. */
const FINE = ['answered', 'talk_ended'];

/** Tells once what became of what this person asked for. */
export function useOwnListening(): void {
  const rows = rowsOf('listening');
  const own = user.value?.name;
  const told = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    const before = told.current ?? new Map();
    const isFirst = told.current === null;
    const said = words.value.supervisor;
    const now = new Map<string, string>();
    for (const row of typed<ListeningRow>(rows)) {
      if (row.by !== own) continue;
      now.set(row.spy, row.state);
      if (isFirst || before.get(row.spy) === row.state) continue;
      if (row.state === 'hearing') say(said.of(row.agent ?? '', named(said.hears, row.mode)));
      if (row.state === 'ended' && !FINE.includes(row.result)) {
        sayProblem(new Error(named(said.listeningEnds, row.result)));
      } else if (row.state === 'ended') say(said.listeningOver(row.agent ?? ''));
    }
    told.current = now;
  }, [rows, own]);
}

/** Whoever hears the talk of this agent now, or whose phone rings for it. */
export function Heard({ agent }: { readonly agent: string }) {
  const said = words.value.supervisor;
  const rows = typed<ListeningRow>(rowsOf('listening')).filter((row) => row.agent === agent && row.state !== 'ended');
  return (
    <>
      {rows.map((row) => (
        <Badge
          key={row.spy}
          tone={row.state === 'hearing' ? 'busy' : 'watch'}
          icon={ICONS[row.mode] ?? 'ear'}
          title={`${row.by}: ${named(row.state === 'hearing' ? said.listens : said.listeningRings, row.mode)}`}
        >
          {row.by}
        </Badge>
      ))}
    </>
  );
}
