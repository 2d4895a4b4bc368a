/** 中文：与英文的键相同，缺一个就是类型错误。每页一个文件，在 words/zh。 */

import type { en } from './en';
import type { Said } from './index';
import { admin } from './zh/admin';
import { agent } from './zh/agent';
import { campaigns } from './zh/campaigns';
import { common } from './zh/common';
import { flows } from './zh/flows';
import { reports } from './zh/reports';
import { supervisor } from './zh/supervisor';
import { wall } from './zh/wall';
import { why } from './zh/why';

export const zh: Said<typeof en> = { ...common, admin, agent, campaigns, flows, reports, supervisor, wall, why };
