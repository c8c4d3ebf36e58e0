/**
 * Which page is shown: registering a key, signing in, or what waits.
 * @module
 */
import { useCallback, useEffect, useState } from 'react';
import { Band } from './components/Band.tsx';
import { Button } from './components/Button.tsx';
import { Refused } from './components/Note.tsx';
import { call, problemOf } from './lib/api.ts';
import type { Me } from './lib/me.ts';
import { useTask } from './lib/task.ts';
import type { Problem } from '../http/problem.ts';
import { Enrol } from './pages/Enrol.tsx';
import { Home } from './pages/Home.tsx';
import { SignIn } from './pages/SignIn.tsx';
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
    <Frame me={who.me} onSignedOut={signedOut}>
      <Home me={who.me} onSignedOut={signedOut} />
    </Frame>
  );
}

function Frame(props: {
  readonly me?: Me;
  readonly onSignedOut?: () => void;
  readonly children: React.ReactNode;
}) {
  const { me, onSignedOut, children } = props;
  const { busy, problem, run } = useTask();
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
      <main className={styles.main}>
        {problem === null ? null : <Refused problem={problem} />}
        {children}
      </main>
    </>
  );
}
