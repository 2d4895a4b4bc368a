/** Which pages are there, and who may open them? One line a page; its code is fetched when it is opened. */

import type { ComponentType } from 'preact';
import type { User } from '../api/session';
import type { words } from '../words';

export type PageName = Exclude<keyof typeof words.value.pages, 'sign-in'>;

export interface Page {
  readonly name: PageName;
  readonly path: string;
  /** Any of these rights opens it. */
  readonly rights: readonly string[];
  /** Shown only to who is an agent himself, and first to those who are nothing else. */
  readonly isOwnDesk?: boolean;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
}

/** The pages that somebody may open, in the order of the menu. */
export function pagesOf(user: User): readonly Page[] {
  const open = PAGES.filter((page) => page.rights.some((right) => user.rights.includes(right)));
  return open.filter((page) => !page.isOwnDesk || user.agent !== null || user.role === 'agent');
}

/** Where somebody begins: an agent at his desk, everybody else where he sees the centre. */
export function firstOf(open: readonly Page[], user: User): Page | undefined {
  return open.find((page) => page.isOwnDesk === (user.role === 'agent' ? true : undefined)) ?? open[0];
}

export const PAGES: readonly Page[] = [
  { name: 'agent', path: '/agent', rights: ['self.change'], isOwnDesk: true, load: () => import('./agent') },
  { name: 'supervisor', path: '/supervisor', rights: ['calls.read'], load: () => import('./supervisor') },
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
