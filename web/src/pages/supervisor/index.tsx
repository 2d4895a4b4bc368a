/** The supervisor's page: what happens now, and what can be done about it. */

import { useLive } from '../../live/now';

export default function Supervisor() {
  useLive(['queues', 'agents', 'calls', 'status']);
  return <main id="content" />;
}
