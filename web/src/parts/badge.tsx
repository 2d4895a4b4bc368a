/** How does a state look? A word on a tint, with an icon where the colour says something: never colour alone. */

import type { ComponentChildren } from 'preact';
import type { Level } from '../live/hysteresis';
import { Icon, type IconName } from './icon';

export type Tone = Level | 'busy' | 'pause' | 'calm';

interface BadgeProps {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly title?: string | undefined;
  /** 0, 1 or 2: how long it has been so already; each step is a darker shade. */
  readonly shade?: number;
  /** A class of the page's own. */
  readonly look?: string;
  readonly children: ComponentChildren;
}

export function Badge({ tone, icon, title, shade = 0, look = '', children }: BadgeProps) {
  const mark = icon ?? (tone === 'good' || tone === 'watch' || tone === 'bad' ? tone : undefined);
  return (
    <span class={`badge tone-${tone} shade-${shade} ${look}`} title={title}>
      {mark && <Icon name={mark} />}
      <span>{children}</span>
    </span>
  );
}
