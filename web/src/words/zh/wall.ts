/** 大屏的词。 */

import type { wall as english } from '../en/wall';
import type { Said } from '../index';

export const wall: Said<typeof english> = {
  all: '全部队列',
  tiles: {
    waiting: '等待',
    longest: '最长等待',
    level: '服务水平',
    abandoned: '放弃',
    free: '空闲坐席',
    answered: '今日接听',
  },
  against: {
    waiting: (free) => `${free} 名坐席空闲`,
    longest: (target, queue) => (queue === null ? `目标 ${target}` : `${queue}，目标 ${target}`),
    level: (target) => `目标 ${target}`,
    abandoned: (target) => `不超过 ${target}`,
    free: (available) => `在岗 ${available} 名`,
    answered: (offered) => `共来电 ${offered}`,
  },
  noQueue: (names) => `没有这个队列：${names}`,
  needsToken: '大屏的地址需要带令牌：/wall#token=…',
  noAccess: '此大屏的令牌已失效。',
};
