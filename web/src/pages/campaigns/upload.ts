/** How does a list get to the engine, and what does it say of it? The requests of the import, and their shapes. */

import { ask, type Once } from '../../api/client';
import { type Sending, sendFile } from '../../api/send_file';

export interface Upload {
  readonly upload: string;
  readonly file: string;
  readonly bytes: number;
  readonly state: 'ready' | 'trying' | 'tried' | 'importing' | 'done' | 'failed' | 'stopped';
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
  /** Whose numbers those without a country code were taken for. */
  readonly region: string;
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

const STEP_LIMIT_S = 600;
const LOOK_AGAIN_MS = 400;

export interface Answer {
  readonly upload: Upload;
}

/** `told` hears which part of it has been sent. */
export function sendList(campaign: string, file: File, told: (share: number) => void): Sending<Answer> {
  const query = { file: file.name.slice(-100) };
  return sendFile(`/campaigns/${campaign}/uploads`, query, file, (sent, whole) => told(whole > 0 ? sent / whole : 0));
}

/** Throws Problem. An import is begun `once`. */
export async function step(
  campaign: string,
  upload: Upload,
  word: 'look' | 'try' | 'import',
  wishes: Wishes,
  once: Once,
): Promise<Upload> {
  const path = `/campaigns/${campaign}/uploads/${upload.upload}`;
  const asked = { body: wishes, limitS: STEP_LIMIT_S };
  return (await ask<Answer>('POST', `${path}/${word}`, word === 'import' ? { ...asked, once } : asked)).upload;
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

/** Stop the trial or the import that is under way; `through` tells which of the two was first. Throws Problem. */
export async function stop(campaign: string, upload: Upload): Promise<void> {
  await ask('DELETE', `/campaigns/${campaign}/uploads/${upload.upload}`);
}

/** Nobody wants it any more; what it answers does not matter. */
export function drop(campaign: string, upload: Upload): void {
  stop(campaign, upload).catch(() => undefined);
}
