/** The wall: the page that many people see from afar. */

import { useLive } from '../../live/now';

export default function Wall() {
  useLive(['queues', 'status']);
  return <main id="content" />;
}
