/**
 * Signing in with a passkey.
 * @module
 */
import { Actions, Button } from '../../../ui/Button.tsx';
import styles from '../App.module.css';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { askPasskey, type AskedOfKey } from '../lib/passkey.ts';
import { useTask } from '../lib/task.ts';

export function SignIn({ onDone }: { onDone: () => Promise<void> }) {
  const { busy, problem, run } = useTask();
  const signIn = () =>
    run(async () => {
      const { challengeId, options } = await call<AskedOfKey>('POST', '/v1/sign-in/options');
      const response = await askPasskey(options);
      await call('POST', '/v1/sign-in', { challengeId, response });
      await onDone();
    });
  return (
    <section className={styles.page}>
      <h1>Sign in</h1>
      <p>Your passkey says who you are. You will be asked for it again at each approval.</p>
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button kind="primary" onPress={() => void signIn()} disabled={busy}>
          {busy ? 'Waiting for your key' : 'Sign in with your passkey'}
        </Button>
      </Actions>
      <p>
        No key yet? Open the one-time link that you were given. Your keys lost? Two other admins can
        let you in again: see “sync.md”.
      </p>
    </section>
  );
}
