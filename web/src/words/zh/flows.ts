/** 流程页的词。 */

import type { flows as english } from '../en/flows';
import type { Said } from '../index';

export const flows: Said<typeof english> = {
  versions: '版本',
  none: '配置中没有流程。',
  reload: '重新读取文件',
  reloadMeans: '读取并检查流程文件夹。正在其中的来电按原版本走完；有错误则不做任何更改。',
  noDifference: '文件与当前生效的一致。',
  rollBack: '回退',
  rollBackTo: (version) => `回退到版本 ${version}`,
  rollBackMeans: '对新来电生效，重启后仍然有效，直到流程被修改。正在其中的来电按原版本走完。',
  holds: (version) => `版本 ${version} 已生效。`,
  holdsNow: '生效中',
  callsHint: '此刻在该版本中的来电',
  asItHolds: (version) => `版本 ${version}，当前生效`,
  asItWas: (version) => `版本 ${version}，当时的样子`,
  flow: '流程',
  whole: '适合页面',
  picture: '图',
  pictureOf: (flow) => `流程 ${flow} 的图：节点及其之间的路径`,
  notThen: '该版本中没有这个流程。',
  columns: { version: '版本', at: '自', by: '由', calls: '来电' },
};
