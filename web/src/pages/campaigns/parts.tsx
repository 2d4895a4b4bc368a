/** How do the state, the progress and the abandoned calls of a campaign look? */

import { Badge, type Tone } from '../../parts/badge';
import { percent } from '../../parts/figures';
import { named, words } from '../../words';
import { type CampaignRow, doneShare, ofAbandonedBy } from './rows';

const TONES: Readonly<Record<string, Tone>> = {
  running: 'good',
  paused: 'pause',
  draining: 'watch',
  stopped: 'calm',
  ready: 'calm',
  done: 'busy',
};

export function State({ row }: { readonly row: CampaignRow }) {
  const said = words.value.campaigns;
  const fails = row.untaken ?? 0;
  const tone = fails > 0 ? 'bad' : (TONES[row.state] ?? 'unknown');
  const title = fails > 0 ? said.untaken(fails, row.untaken_trunk ?? '') : undefined;
  return (
    <Badge tone={tone} title={title}>
      {named(said.states, row.state)}
    </Badge>
  );
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

/** Of all answers of persons: the law's own figure, over its window, against the cap that the campaign has. */
export function Abandoned({ row }: { readonly row: CampaignRow }) {
  const answered = row.answered ?? 0;
  if (answered === 0) return <>–</>;
  const share = (row.abandoned ?? 0) / answered;
  const level = ofAbandonedBy(share, row.abandon_cap_percent);
  const text = percent(share, 1);
  const title = words.value.campaigns.cap(percent(row.abandon_cap_percent / 100, 1));
  if (level === 'good') return <span title={title}>{text}</span>;
  return (
    <Badge tone={level} title={title}>
      {text}
    </Badge>
  );
}
