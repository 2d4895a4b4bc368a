/** What does a figure mean? The engine's own definitions, asked for once, shown at the heads of columns. */

import { signal } from '@preact/signals';
import { ask } from '../api/client';
import { language } from '../words';
import { sentence } from '../words/sentences';

interface Definitions {
  readonly figures: Readonly<Record<string, { readonly unit: string; readonly definition: string }>>;
}

const known = signal<ReadonlyMap<string, string>>(new Map());
let isAsked = false;

/** Ask the engine, the first time; without an answer there are no hints. */
export function askDefinitions(): void {
  if (isAsked) return;
  isAsked = true;
  ask<Definitions>('GET', '/definitions').then(
    (answer) => {
      known.value = new Map(Object.entries(answer.figures).map(([name, each]) => [name, each.definition]));
    },
    () => {
      isAsked = false;
    },
  );
}

/** In the page's language. */
export function definitionOf(name: string): string | undefined {
  return translated(known.value.get(name));
}

/** A definition that came with an answer. */
export function translated(definition: string | undefined): string | undefined {
  return definition === undefined ? undefined : sentence(definition, language.value);
}
