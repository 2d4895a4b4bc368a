/** 大屏的词。 */

import type { wall as english } from '../en/wall';
import type { Said } from '../index';

export const wall: Said<typeof english> = {
  waiting: '等待',
  longest: '最长等待',
  level: '服务水平',
  abandoned: '放弃',
  free: '空闲坐席',
  answered: '今日接听',
};
