import { expect, test } from 'vitest';
import type { FromEntry, ToEntry } from '../../shared/ipc/entry.ts';
import { refusals } from '../../shared/refusal.ts';
import { Secret } from '../../shared/secret/secret.ts';
import { Cancelled, EntrySession, type EntryPort } from './entry.ts';

/** A port whose far end is the test's hand. */
function hand() {
  const heard: ToEntry[] = [];
  let say: (message: FromEntry) => void = () => undefined;
  let hangUp: () => void = () => undefined;
  const port: EntryPort = {
    post: (message) => void heard.push(message),
    onMessage: (listener) => {
      say = (message) => listener(message, []);
    },
    onClose: (listener) => {
      hangUp = listener;
    },
    close: () => undefined,
  };
  return {
    port,
    heard,
    say: (message: FromEntry) => say(message),
    hangUp: () => hangUp(),
  };
}

test('what was opened while the window was closed is wiped, for nobody gets it', async () => {
  const { port, say, hangUp } = hand();
  const session = new EntrySession(port, 'rehearsal');
  const seed = new Uint8Array(32).fill(7);
  const passphrase = new Secret(new Uint8Array(20).fill(9));
  const typed = new TextEncoder().encode('six words');
  const asked = session.ask({ task: 'passphrase', person: 'operator', opens: 'it' }, (input) => {
    if (input.type !== 'passphrase') return undefined;
    hangUp();
    return { value: { seed, parts: [seed.subarray(4)] }, passphrase };
  });
  say({ type: 'ready' });
  // The task is shown first: what came before it was not meant for it.
  await new Promise((resolve) => setImmediate(resolve));
  say({ type: 'passphrase', bytes: typed });
  await expect(asked).rejects.toBeInstanceOf(Cancelled);
  expect(seed.every((byte) => byte === 0)).toBe(true);
  expect(passphrase.wiped).toBe(true);
  expect(typed.every((byte) => byte === 0)).toBe(true);
});

test('what a person can mend is tried again when the window says so, and not for anything else', async () => {
  const { port, heard, say, hangUp } = hand();
  const session = new EntrySession(port, 'rehearsal');
  const refuse = refusals({
    'not-touched': () => ({ happened: 'It was not touched.', means: 'So.', next: 'Again.' }),
  });
  let went = false;
  const tried = session.again(refuse('not-touched')).then(() => {
    went = true;
  });
  expect(heard).toMatchObject([{ type: 'refused', note: { code: 'not-touched' }, again: true }]);
  const pin = new TextEncoder().encode('123456');
  say({ type: 'pin', bytes: pin });
  await new Promise((resolve) => setImmediate(resolve));
  expect(went).toBe(false);
  expect(pin.every((byte) => byte === 0)).toBe(true);
  say({ type: 'again' });
  await tried;
  session.refused(refuse('not-touched'));
  expect(heard.at(-1)).not.toHaveProperty('again');
  const givenUp = session.again(refuse('not-touched'));
  hangUp();
  await expect(givenUp).rejects.toBeInstanceOf(Cancelled);
});
