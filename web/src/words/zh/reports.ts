/** 报表页的词。 */

import type { reports as english } from '../en/reports';
import type { Said } from '../index';

export const reports: Said<typeof english> = {
  report: '报表',
  time: '时间',
  days: '从…到…',
  from: '从',
  to: '到',
  step: '间隔',
  queues: '队列',
  allQueues: '全部',
  csv: 'CSV',
  curve: '曲线',
  figure: '曲线的指标',
  none: '此时间内没有内容。',
  total: '合计',
  weak: '（样本少）',
  weakHint: '样本太少，不可靠',
  names: {
    queues: '队列',
    intervals: '时段',
    agents: '坐席',
    campaigns: '外呼活动',
    flows: '流程',
    numbers: '号码',
    abandonment: '放弃',
  },
  times: { today: '今天', yesterday: '昨天', '-7d': '最近 7 天', '-30d': '最近 30 天' },
  steps: {
    all: '合为一行',
    '15m': '一刻钟',
    '30m': '半小时',
    hour: '小时',
    day: '天',
    week: '周',
    month: '月',
  },
  columns: {
    start: '开始',
    asa_s: '平均应答时间',
    aht_s: '平均处理时长',
    service_level: '服务水平',
    abandon_rate: '放弃率',
  },
};
