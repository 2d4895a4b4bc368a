/** 班长台的词。 */

import type { supervisor as english } from '../en/supervisor';
import type { Said } from '../index';

export const supervisor: Said<typeof english> = {
  queues: '队列',
  agents: '坐席',
  waiting: '等待中',
};
