/** What did the engine say when it said no? Pure. */

/** An answer that is not 2xx, or none at all (status 0). `said` holds everything that was in it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    detail: string,
    readonly said: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail === '' ? reason : detail);
    this.name = 'Problem';
  }
}

/** Read problem+json (RFC 9457) with our extension members; `text` may be anything at all. */
export function readProblem(status: number, text: string): Problem {
  let said: Record<string, unknown> = {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null) said = read as Record<string, unknown>;
  } catch {
    // a proxy's own page: its status is all there is to tell
  }
  const type = typeof said.type === 'string' ? said.type.replace(/^urn:cti:/, '') : '';
  const reason = typeof said.refused === 'string' ? said.refused : type !== '' ? type : `http_${status}`;
  const detail = [said.detail, said.error, said.title].find((part) => typeof part === 'string' && part !== '');
  return new Problem(status, reason, typeof detail === 'string' ? detail : '', said);
}
