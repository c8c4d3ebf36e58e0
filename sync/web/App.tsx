/**
 * Which page is shown: registering a key, signing in, or one of the views.
 * @module
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { Band } from '../../ui/Band.tsx';
import { Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Nav } from './components/Nav.tsx';
import { Refused } from './components/Refused.tsx';
import { call, problemOf } from './lib/api.ts';
import { LiveProvider } from './lib/live.tsx';
import type { Me } from './lib/me.ts';
import { addressOf, type Route, useRoute } from './lib/route.ts';
import { useTask } from './lib/task.ts';
import type { Problem } from '../http/problem.ts';
import { Enrol } from './pages/Enrol.tsx';
import { SignIn } from './pages/SignIn.tsx';
import { VIEWS } from './views.ts';
import styles from './App.module.css';

type Who =
  | { readonly is: 'asking' }
  | { readonly is: 'nobody' }
  | { readonly is: 'somebody'; readonly me: Me };

interface Found {
  readonly who: Who;
  readonly problem: Problem | null;
}

async function askWho(): Promise<Found> {
  try {
    return { who: { is: 'somebody', me: await call<Me>('GET', '/v1/me') }, problem: null };
  } catch (cause) {
    const problem = problemOf(cause);
    return { who: { is: 'nobody' }, problem: problem.code === 'not-signed-in' ? null : problem };
  }
}

export function App() {
  const [{ who, problem }, setFound] = useState<Found>({ who: { is: 'asking' }, problem: null });
  const enrolling = location.pathname === '/enrol';
  const look = useCallback(async () => setFound(await askWho()), []);
  useEffect(() => {
    if (!enrolling) askWho().then(setFound, () => {});
  }, [enrolling]);
  const signedOut = useCallback(() => setFound({ who: { is: 'nobody' }, problem: null }), []);

  if (enrolling) {
    return (
      <Frame>
        <Enrol />
      </Frame>
    );
  }
  if (who.is === 'asking') return <Frame>{null}</Frame>;
  if (who.is === 'nobody') {
    return (
      <Frame>
        {problem === null ? null : <Refused problem={problem} />}
        <SignIn onDone={look} />
      </Frame>
    );
  }
  return (
    <LiveProvider onSignedOut={signedOut}>
      <Signed me={who.me} onSignedOut={signedOut} />
    </LiveProvider>
  );
}

function Signed({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const route = useRoute();
  const open = VIEWS.find(({ view }) => view === route.view);
  return (
    <Frame me={me} onSignedOut={onSignedOut} route={route}>
      {open === undefined ? (
        <Notice tone="warn" title="There is no such view here.">
          <p>
            The address names one that this sync does not have. Go on with{' '}
            <a href={addressOf('')}>the queue</a>.
          </p>
        </Notice>
      ) : (
        <open.show key={`${route.view} ${route.subject}`} me={me} subject={route.subject} />
      )}
    </Frame>
  );
}

/** After a link, the keyboard and whoever hears the page begin where the new view begins. */
function useMoved(route: Route | undefined) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(route);
  const name = VIEWS.find(({ view }) => view === route?.view)?.name;
  useEffect(() => {
    document.title = name === undefined ? 'Conclave sync' : `${name} – Conclave sync`;
  }, [name]);
  useEffect(() => {
    const was = before.current;
    before.current = route;
    if (route === undefined || was === undefined) return;
    if (was.view === route.view && was.subject === route.subject) return;
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [route]);
  return main;
}

function Frame(props: {
  readonly me?: Me;
  readonly onSignedOut?: () => void;
  readonly route?: Route;
  readonly children: React.ReactNode;
}) {
  const { me, onSignedOut, route, children } = props;
  const { busy, problem, run } = useTask();
  const main = useMoved(route);
  const leave = () =>
    run(async () => {
      await call('POST', '/v1/sign-out');
      onSignedOut?.();
    });
  return (
    <>
      {me === undefined ? null : <Band mode={me.mode} />}
      <header className={styles.head}>
        <p className={styles.name}>Conclave sync</p>
        {me === undefined ? null : (
          <div className={styles.me}>
            <span>
              {me.admin.name}, {me.admin.roles.join(' and ')}
            </span>
            <Button onPress={() => void leave()} disabled={busy}>
              Sign out
            </Button>
          </div>
        )}
      </header>
      {route === undefined ? null : <Nav views={VIEWS} open={route.view} />}
      <main ref={main} tabIndex={-1} className={styles.main}>
        {problem === null ? null : <Refused problem={problem} />}
        {children}
      </main>
    </>
  );
}
