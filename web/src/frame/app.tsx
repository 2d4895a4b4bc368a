/** Which page is shown to whom? Sign-in first, then the page of the path, inside the frame. */

import { useEffect, useState } from 'preact/hooks';
import { findOut, session, type User } from '../api/session';
import { firstOf, PAGES, type Page, pagesOf } from '../pages';
import { Guard } from '../parts/guard';
import { Health } from '../parts/health';
import { problemText, Toasts } from '../parts/toast';
import { go, path } from '../router';
import { speakAs, words } from '../words';
import { Keys } from './keys';
import { Lazy } from './lazy';
import { SignIn } from './sign_in';
import { TopBar } from './top_bar';

const AGAIN_MS = 3_000;

export function App() {
  return (
    <Guard>
      <Shown />
      <Toasts />
    </Guard>
  );
}

function Shown() {
  // A wall has no user but a token in its address: it goes in without signing in.
  const isWall = path.value === '/wall' && window.location.hash.includes('token=');
  const [trouble, setTrouble] = useState<unknown>(null);
  useEffect(() => {
    if (isWall) return;
    let timer = 0;
    // Until the engine says it: who opens the page while engine or store is away has it when they are back.
    const look = () =>
      findOut().then(
        () => setTrouble(null),
        (error) => {
          setTrouble(error);
          timer = window.setTimeout(look, AGAIN_MS);
        },
      );
    look();
    return () => window.clearTimeout(timer);
  }, [isWall]);
  if (isWall) return <Lazy key="wall" page={pageNamed('wall')} />;
  const who = session.value;
  if (who === 'asking')
    return (
      <p class="quiet center" role="status">
        {trouble === null ? words.value.frame.loading : problemText(trouble)}
      </p>
    );
  if (who === null) return <SignIn />;
  return <Signed user={who} />;
}

function Signed({ user }: { readonly user: User }) {
  useEffect(() => speakAs(user.language), [user.language]);
  const open = pagesOf(user);
  const page = PAGES.find((each) => each.path === path.value);
  const first = firstOf(open, user);
  const isNowhere = path.value === '/' || path.value === '/sign-in';
  useEffect(() => {
    if (isNowhere && first) go(first.path, { replace: true });
  }, [isNowhere, first]);
  useEffect(() => {
    document.title = page ? `${words.value.pages[page.name]} – cti` : 'cti';
  }, [page]);
  if (page?.name === 'wall' && open.includes(page)) return <Lazy key="wall" page={page} />;
  return (
    <>
      <TopBar user={user} open={open} />
      <Keys />
      <Health />
      {page === undefined ? (
        <Notice text={isNowhere && first ? words.value.frame.loading : words.value.frame.notThere} />
      ) : open.includes(page) ? (
        <Guard key={page.name}>
          <Lazy page={page} />
        </Guard>
      ) : (
        <Notice text={words.value.frame.notAllowed(user.role)} />
      )}
    </>
  );
}

function Notice({ text }: { readonly text: string }) {
  return (
    <main id="content" class="center">
      <p class="quiet">{text}</p>
    </main>
  );
}

function pageNamed(name: string): Page {
  const page = PAGES.find((each) => each.name === name);
  if (page === undefined) throw new Error(`no page ${name}`);
  return page;
}
