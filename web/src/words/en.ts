/** The English words: the other languages must have the same keys. One file a page, in words/en. */

import { admin } from './en/admin';
import { agent } from './en/agent';
import { campaigns } from './en/campaigns';
import { common } from './en/common';
import { flows } from './en/flows';
import { reports } from './en/reports';
import { supervisor } from './en/supervisor';
import { wall } from './en/wall';
import { why } from './en/why';

export const en = { ...common, admin, agent, campaigns, flows, reports, supervisor, wall, why };
