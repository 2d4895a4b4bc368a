/** What does the engine say in sentences of its own, in the page's language? One that is not known is shown as it is. Pure. */

import type { Language } from './index';
import { sentences as zh } from './zh/sentences';

/** `{}` in a pattern stands for whatever the engine has put there. */
const KNOWN = Object.entries(zh).map(([pattern, translation]) => ({
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
  for (const { seen, translation } of KNOWN) {
    const found = seen.exec(text);
    if (found) return found.slice(1).reduce((said, part) => said.replace('{}', () => part), translation);
  }
  return null;
}

/** Without what a pattern would take for a sign of its own. */
function plain(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
