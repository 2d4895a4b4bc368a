/** How does a file get to the engine, so that somebody sees how far it is? fetch tells no progress of what it sends. */

import { addressOf, changeHeaders } from './client';
import { Problem, readProblem } from './problem';

export interface Sending<T> {
  /** Throws Problem; 'stopped' where `stop` was called. */
  readonly answer: Promise<T>;
  readonly stop: () => void;
}

/** Send `file` as it is, as the body of a POST; `told` hears how many bytes of how many have gone. Nothing cuts it off
 * but the engine, which waits for as long as something comes. */
export function sendFile<T>(
  path: string,
  query: Readonly<Record<string, string>>,
  file: Blob,
  told: (sent: number, whole: number) => void,
): Sending<T> {
  const request = new XMLHttpRequest();
  const answer = new Promise<T>((good, bad) => {
    request.upload.onprogress = (event) => told(event.loaded, event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) good(JSON.parse(request.responseText) as T);
      else bad(readProblem(request.status, request.responseText));
    };
    request.onerror = () => bad(new Problem(0, 'unreachable', ''));
    request.onabort = () => bad(new Problem(0, 'stopped', ''));
    request.open('POST', addressOf(path, query));
    for (const [name, value] of Object.entries(changeHeaders())) request.setRequestHeader(name, value);
    request.send(file);
  });
  return { answer, stop: () => request.abort() };
}
