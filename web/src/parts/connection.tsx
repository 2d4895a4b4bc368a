/** How old is what the page shows, and is the switch there? Always on the page: staleness is a state. */

import { ageS, connection, isStale, pulse, rowsOf, serverNow } from '../live/now';
import type { HealthRow } from '../live/rows';
import { clockFace, elapsedS } from '../live/server_clock';
import { words } from '../words';
import { Badge } from './badge';

export function ConnectionBadge() {
  const said = words.value.connection;
  if (connection.value === 'refused') return <Badge tone="bad">{said.refused}</Badge>;
  if (connection.value === 'connecting') return <Badge tone="unknown">{said.connecting}</Badge>;
  if (isStale.value) return <Badge tone="bad">{said.stale(ageS.value)}</Badge>;
  return <Badge tone="good">{said.live}</Badge>;
}

/** One line for each node that is not connected; nothing where all is well. */
export function SwitchDown() {
  const said = words.value.connection;
  const status = rowsOf('status').now as HealthRow | undefined;
  const nodes = pulse.value?.nodes ?? status?.nodes ?? {};
  const since = { ...status?.down_since, ...pulse.value?.since };
  const down = Object.entries(nodes).filter(([, state]) => state !== 'up');
  return (
    <>
      {down.map(([node]) => {
        const passed = elapsedS(since[node], serverNow.value);
        return (
          <p key={node} class="alarm" role="alert">
            {passed === null ? said.switchDownSince(node) : said.switchDown(node, clockFace(passed))}
          </p>
        );
      })}
    </>
  );
}
