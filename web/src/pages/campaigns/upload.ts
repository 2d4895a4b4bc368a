/** How does a list get to the engine, and what does it say of it? The requests of the import, and their shapes. */

import { ask } from '../../api/client';

export interface Upload {
  readonly upload: string;
  readonly file: string;
  readonly bytes: number;
  readonly state: 'ready' | 'trying' | 'tried' | 'importing' | 'done' | 'failed';
  readonly done_bytes: number;
  readonly problems: readonly string[];
  readonly look: Partial<Look>;
  readonly list?: number | null;
  readonly rows?: number;
  readonly verdicts?: Readonly<Record<string, number>>;
  readonly reasons?: readonly { readonly text: string; readonly rows: number }[];
  readonly outside_hours_now?: number;
  readonly in_another_campaign?: number;
  readonly numbers_left_out?: number;
  readonly unreadable_letters?: number;
}

export interface Look {
  readonly encoding: string;
  readonly delimiter: string;
  readonly header: boolean;
  readonly names: readonly string[];
  readonly columns: Readonly<Record<string, readonly string[]>>;
  readonly rows: readonly PreviewRow[];
}

export interface PreviewRow {
  readonly line: number;
  readonly numbers: readonly string[];
  readonly name: string;
  readonly zones: readonly string[];
  readonly verdict: string;
  readonly reason: string;
}

/** What is said of how the list is to be read; what is left out is found out. */
export interface Wishes {
  readonly region?: string;
  readonly zone?: string;
  readonly header?: boolean;
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  readonly not_across?: boolean;
}

const UPLOAD_LIMIT_S = 600;
const LOOK_AGAIN_MS = 400;

interface Answer {
  readonly upload: Upload;
}

/** Throws Problem. */
export async function sendFile(campaign: string, file: File): Promise<Upload> {
  const asked = { body: file, query: { file: file.name.slice(-100) }, limitS: UPLOAD_LIMIT_S };
  return (await ask<Answer>('POST', `/campaigns/${campaign}/uploads`, asked)).upload;
}

/** Throws Problem. */
export async function step(
  campaign: string,
  upload: Upload,
  word: 'look' | 'try' | 'import',
  wishes: Wishes,
): Promise<Upload> {
  const path = `/campaigns/${campaign}/uploads/${upload.upload}`;
  const asked = { body: wishes, limitS: UPLOAD_LIMIT_S, once: word === 'import' };
  return (await ask<Answer>('POST', `${path}/${word}`, asked)).upload;
}

/** Ask until it is no longer worked on; `told` hears how it stands meanwhile. Throws Problem. */
export async function through(campaign: string, upload: Upload, told: (now: Upload) => void): Promise<Upload> {
  for (;;) {
    const now = (await ask<Answer>('GET', `/campaigns/${campaign}/uploads/${upload.upload}`)).upload;
    told(now);
    if (now.state !== 'trying' && now.state !== 'importing') return now;
    await new Promise((go) => setTimeout(go, LOOK_AGAIN_MS));
  }
}

/** Nobody wants it any more; what it answers does not matter. */
export function drop(campaign: string, upload: Upload): void {
  ask('DELETE', `/campaigns/${campaign}/uploads/${upload.upload}`).catch(() => undefined);
}
