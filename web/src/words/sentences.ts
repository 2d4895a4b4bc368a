/** What does the engine say in sentences of its own, in the page's language? One that is not known is shown as it is. Pure. */

import type { Language } from './index';
import { definitions } from './zh/definitions';
import { sentences } from './zh/sentences';

const ZH: Readonly<Record<string, string>> = { ...definitions, ...sentences };

/** `{}` in a pattern stands for whatever the engine has put there. */
const PATTERNS = Object.entries(ZH)
  .filter(([pattern]) => pattern.includes('{}'))
  .map(([pattern, translation]) => ({
    seen: new RegExp(`^${pattern.split('{}').map(plain).join('(.*)')}$`),
    translation,
  }));

/** A sentence of the engine's; one about a column of a file begins with its name. */
export function sentence(text: string, language: Language): string {
  const said = text.trim();
  if (language === 'en') return said;
  const about = /^(?:column "(.*)"|([^:]*)): (.*)$/.exec(said);
  const whole = translated(said);
  if (whole !== null || about === null) return whole ?? said;
  const rest = translated(about[3] ?? '');
  return rest === null ? said : `“${about[1] ?? about[2]}”列：${rest}`;
}

function translated(text: string): string | null {
  if (Object.hasOwn(ZH, text)) return ZH[text] ?? null;
  for (const { seen, translation } of PATTERNS) {
    const found = seen.exec(text);
    if (found) return found.slice(1).reduce((said, part) => said.replace('{}', () => part), translation);
  }
  return null;
}

/** Without what a pattern would take for a sign of its own. */
function plain(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
