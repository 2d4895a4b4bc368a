/** How does a page's code get here? When it is opened first; after an update of the engine the old files are gone: reload. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Page } from '../pages';
import { words } from '../words';

const loaded = new Map<string, ComponentType>();

export function Lazy({ page }: { readonly page: Page }) {
  const [, setReady] = useState('');
  const [hasFailed, setFailed] = useState(false);
  const Shown = loaded.get(page.name);
  useEffect(() => {
    if (loaded.has(page.name)) return;
    setFailed(false);
    page.load().then(
      (module) => {
        loaded.set(page.name, module.default);
        setReady(page.name);
      },
      () => setFailed(true),
    );
  }, [page]);
  if (Shown) return <Shown />;
  return (
    <main id="content" class="center">
      {hasFailed ? (
        <button type="button" onClick={() => window.location.reload()}>
          {words.value.frame.reload}
        </button>
      ) : (
        <p class="quiet">{words.value.frame.loading}</p>
      )}
    </main>
  );
}
