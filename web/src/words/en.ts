/** The English words: the other languages must have the same keys. One file a page, in words/en. */

import { campaigns } from './en/campaigns';
import { common } from './en/common';
import { supervisor } from './en/supervisor';
import { wall } from './en/wall';
import { why } from './en/why';

export const en = { ...common, campaigns, supervisor, wall, why };
