/** How old is what the page shows? Always on the page: staleness is a state. */

import { ageS, connection, isStale } from '../live/now';
import { words } from '../words';
import { Badge } from './badge';

export function ConnectionBadge() {
  const said = words.value.connection;
  if (connection.value === 'refused') return <Badge tone="bad">{said.refused}</Badge>;
  if (connection.value === 'connecting') return <Badge tone="unknown">{said.connecting}</Badge>;
  if (isStale.value) return <Badge tone="bad">{said.stale(ageS.value)}</Badge>;
  return <Badge tone="good">{said.live}</Badge>;
}
