/** Who is signed in here, and what may he do? The one signal that every page reads. */

import { computed, signal } from '@preact/signals';
import { ask, keepCsrf, type Once, whenNobody } from './client';
import { Problem } from './problem';

export interface User {
  readonly name: string;
  readonly role: string;
  readonly queues: readonly string[];
  readonly teams: readonly string[];
  readonly rights: readonly string[];
  readonly agent: string | null;
  readonly phone: string | null;
  readonly language: string | null;
}

/** Whether codes of an authenticator are asked for, and how many codes stand in for a lost one. */
export interface OwnCodes {
  readonly on: boolean;
  readonly recovery_left: number;
}

interface Signed {
  readonly user: User;
  readonly csrf: string;
  readonly codes: OwnCodes;
}

/** 'asking' until the engine has told; null: nobody. */
export const session = signal<User | null | 'asking'>('asking');
export const user = computed(() => (session.value === 'asking' ? null : session.value));
export const ownCodes = signal<OwnCodes>({ on: false, recovery_left: 0 });

whenNobody(() => forget());

/** Ask who is signed in. Throws Problem where the engine cannot be reached. */
export async function findOut(): Promise<void> {
  try {
    take(await ask<Signed>('GET', '/me'));
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 403)) return forget();
    throw error;
  }
}

/** The way by an OpenID Connect provider: '' where there is none. Throws Problem. */
export async function waysIn(): Promise<{ readonly address: string; readonly name: string }> {
  const told = await ask<{ readonly oidc: string | null; readonly oidc_name: string }>('GET', '/sign-in');
  return { address: told.oidc ?? '', name: told.oidc_name };
}

/** Throws Problem: wrong_credentials, totp_needed, or 429 with what to wait. */
export async function signIn(name: string, password: string, totp: string): Promise<void> {
  const body = totp === '' ? { name, password } : { name, password, totp };
  take(await ask<Signed>('POST', '/sign-in', { body }));
}

/** Throws Problem: wrong_credentials, weak_password. All other sessions end; this one goes on. */
export async function changePassword(old: string, fresh: string, once: Once): Promise<void> {
  take(await ask<Signed>('POST', '/me/password', { body: { old, new: fresh }, once }));
}

export async function signOut(): Promise<void> {
  try {
    await ask('POST', '/sign-out', { body: {} });
  } finally {
    forget();
  }
}

/** May the person do this? The engine decides; the page only leaves out what it would refuse. */
export function may(right: string): boolean {
  return user.value?.rights.includes(right) ?? false;
}

function take(signed: Signed): void {
  keepCsrf(signed.csrf);
  ownCodes.value = signed.codes;
  session.value = signed.user;
}

function forget(): void {
  keepCsrf('');
  session.value = null;
}
