/** How do the state, the progress and the abandoned calls of a campaign look? */

import type { Level } from '../../live/hysteresis';
import { Badge, type Tone } from '../../parts/badge';
import { percent } from '../../parts/figures';
import { named, words } from '../../words';
import { type CampaignRow, doneShare } from './rows';

const TONES: Readonly<Record<string, Tone>> = {
  running: 'good',
  paused: 'pause',
  draining: 'watch',
  stopped: 'calm',
  ready: 'calm',
  done: 'busy',
};
const ABANDONED_WATCH = 0.02;
const ABANDONED_BAD = 0.03;

export function State({ row }: { readonly row: CampaignRow }) {
  return <Badge tone={TONES[row.state] ?? 'unknown'}>{named(words.value.campaigns.states, row.state)}</Badge>;
}

export function Progress({ row, isWide = false }: { readonly row: CampaignRow; readonly isWide?: boolean }) {
  const share = doneShare(row);
  return (
    <span class={isWide ? 'progress is-wide' : 'progress'}>
      <progress value={share ?? 0} max={1} aria-label={words.value.campaigns.columns.progress} />
      <span class="number">{percent(share)}</span>
    </span>
  );
}

/** Of all answers of persons: the law's own figure, over its window. */
export function Abandoned({ row }: { readonly row: CampaignRow }) {
  const answered = row.answered ?? 0;
  if (answered === 0) return <>–</>;
  const share = (row.abandoned ?? 0) / answered;
  const level: Level = share > ABANDONED_BAD ? 'bad' : share > ABANDONED_WATCH ? 'watch' : 'good';
  const text = percent(share, 1);
  return level === 'good' ? <span>{text}</span> : <Badge tone={level}>{text}</Badge>;
}
