/** Which pages are there, and who may open them? One line a page; its code is fetched when it is opened. */

import type { ComponentType } from 'preact';
import type { words } from '../words';

export type PageName = Exclude<keyof typeof words.value.pages, 'sign-in'>;

export interface Page {
  readonly name: PageName;
  readonly path: string;
  /** Any of these rights opens it. */
  readonly rights: readonly string[];
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

export const PAGES: readonly Page[] = [
  { name: 'supervisor', path: '/supervisor', rights: ['queues.read'], load: () => import('./supervisor') },
  { name: 'wall', path: '/wall', rights: ['queues.read'], load: () => import('./wall') },
  { name: 'campaigns', path: '/campaigns', rights: ['campaigns.read'], load: () => import('./campaigns') },
  { name: 'reports', path: '/reports', rights: ['reports.read'], load: () => import('./reports') },
  { name: 'flows', path: '/flows', rights: ['flows.read'], load: () => import('./flows') },
  {
    name: 'admin',
    path: '/admin',
    rights: ['users.change', 'audit.read', 'hooks.change'],
    load: () => import('./admin'),
  },
];
