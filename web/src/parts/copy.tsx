import { useState } from 'preact/hooks';
import { sayProblem } from './toast';

interface CopyProps {
  readonly text: string;
  readonly said: { readonly copy: string; readonly copied: string };
}

/** Puts `text` where the next paste takes it from; nothing where the browser has no such place. */
export function Copy({ text, said }: CopyProps) {
  const [isCopied, setCopied] = useState(false);
  if (!navigator.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), sayProblem);
  return (
    <button type="button" onClick={copy}>
      {isCopied ? said.copied : said.copy}
    </button>
  );
}
