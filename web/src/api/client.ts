/** How does a page ask the engine? One function; who asks is in the cookie, or in the wall's token. */

import { Problem, readProblem } from './problem';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * What a person wants to have done once: made where the dialog opens. A request whose answer was lost, sent again with
 * the same `Once`, has the same Idempotency-Key, and is not done twice. Keys by request, each until it is answered.
 */
export type Once = Map<string, string>;

export function newOnce(): Once {
  return new Map();
}

export interface Asked {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly once?: Once;
  readonly signal?: AbortSignal;
  readonly limitS?: number;
}

const LIMIT_S = 20;
let csrf = '';
let token = '';
let nobody: () => void = () => undefined;

/** What the answers to sign-in and /me brought; '' forgets it. */
export function keepCsrf(word: string): void {
  csrf = word;
}

/** Ask with a token from now on instead of the cookie (the wall); '' ends it. */
export function useToken(word: string): void {
  token = word;
}

/** `work` is called when the engine answers that nobody is signed in (any more). */
export function whenNobody(work: () => void): void {
  nobody = work;
}

/** Ask `/api/v1` + `path` and return its JSON. Throws Problem. */
export async function ask<T>(method: Method, path: string, asked: Asked = {}): Promise<T> {
  const response = await send(method, path, asked);
  const answer = (await response.json()) as T;
  asked.once?.delete(requestOf(method, path, asked));
  return answer;
}

/** The same, for answers that are no JSON (a CSV, a drawing). */
export async function askText(method: Method, path: string, asked: Asked = {}): Promise<string> {
  return (await send(method, path, asked)).text();
}

/** The words of `query` as an address has them; a list is one word several times. */
export function addressOf(path: string, query: Asked['query'] = {}): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'object' ? value : [String(value)]) words.append(name, one);
  }
  const said = words.toString();
  return `/api/v1${path}${said === '' ? '' : `?${said}`}`;
}

/** What a change by the cookie, or by a token, carries; for requests that are not made by `ask`. */
export function changeHeaders(): Record<string, string> {
  return headersOf('POST', '', {});
}

async function send(method: Method, path: string, asked: Asked): Promise<Response> {
  const limit = AbortSignal.timeout((asked.limitS ?? LIMIT_S) * 1000);
  const init: RequestInit = {
    method,
    headers: headersOf(method, path, asked),
    credentials: token === '' ? 'same-origin' : 'omit',
    signal: asked.signal ? AbortSignal.any([asked.signal, limit]) : limit,
    cache: 'no-store',
  };
  if (asked.body !== undefined) init.body = asked.body instanceof Blob ? asked.body : JSON.stringify(asked.body);
  let response: Response;
  try {
    response = await fetch(addressOf(path, asked.query), init);
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Problem(0, 'unreachable', '');
  }
  if (response.ok) return response;
  if (response.status === 401 && path !== '/sign-in') nobody();
  throw readProblem(response.status, await response.text().catch(() => ''));
}

function requestOf(method: Method, path: string, asked: Asked): string {
  return `${method} ${addressOf(path, asked.query)} ${JSON.stringify(asked.body)}`;
}

function keyOf(request: string, once: Once): string {
  const key = once.get(request) ?? oneKey();
  once.set(request, key);
  return key;
}

/** `crypto.randomUUID` is there on https and on the same machine only. */
function oneKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function headersOf(method: Method, path: string, asked: Asked): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json, text/csv, image/svg+xml' };
  if (asked.body !== undefined && !(asked.body instanceof Blob)) headers['Content-Type'] = 'application/json';
  if (token !== '') headers.Authorization = `Bearer ${token}`;
  else if (method !== 'GET' && csrf !== '') headers['X-CSRF-Token'] = csrf;
  if (asked.once) headers['Idempotency-Key'] = keyOf(requestOf(method, path, asked), asked.once);
  return headers;
}
