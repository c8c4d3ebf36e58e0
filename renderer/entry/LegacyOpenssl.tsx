/**
 * The two files of CheckTick's YubiKey procedure, and beside them how the key file is got from the
 * YubiKey: Conclave does not speak to its PIV part.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { bytesOf, fileFault, type Limit } from './chosen-file.ts';
import { sendSecret, useEntry } from './link.ts';
import { Head } from './parts.tsx';
import { DESTROY_KEY_FILE, PIV_CUT, PIV_STEPS, PIV_TOOL } from './piv-guide.ts';
import styles from './Entry.module.css';

/** More no message carries. */
const ENCRYPTED: Limit = { bytes: 64 * 1024, words: '64 kB' };
const KEY: Limit = { bytes: 4096, words: '4 kB' };

export function LegacyOpenssl() {
  const [encrypted, setEncrypted] = useState<File | null>(null);
  const [key, setKey] = useState<File | null>(null);
  const busy = useEntry((state) => state.busy);
  const fault =
    (encrypted === null ? null : fileFault(encrypted, ENCRYPTED)) ??
    (key === null ? null : fileFault(key, KEY));
  const ready = encrypted !== null && key !== null && fault === null && busy === null;
  const submit = async () => {
    if (!ready) return;
    const opens = await bytesOf(key);
    sendSecret({ type: 'legacy-openssl', bytes: await bytesOf(encrypted), key: opens }, opens);
  };
  return (
    <>
      <Head heading="Open the files of the YubiKey procedure" />
      <div className={styles.beside}>
        <Form
          className={styles.form ?? ''}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <p>
            A legacy share is one that was made by CheckTick’s own command. Yours was locked with
            OpenSSL, and the key to it with your YubiKey.
          </p>
          <Choose id="encrypted" label="The locked legacy share (.enc)" onFile={setEncrypted} />
          <Choose id="key" label="The key that the YubiKey gave (32 bytes)" onFile={setKey} />
          <p role="alert" className={styles.fault}>
            {fault}
          </p>
          <Notice tone="warn" title="Destroy the key file afterwards.">
            <p>
              With the .enc file it opens the legacy share: <code>{DESTROY_KEY_FILE}</code>. It is
              gone, too, when the laptop is switched off.
            </p>
          </Notice>
          <Actions>
            <Button kind="primary" type="submit" disabled={!ready}>
              Open the legacy share
            </Button>
          </Actions>
        </Form>
        <Guide />
      </div>
    </>
  );
}

function Choose(props: {
  readonly id: string;
  readonly label: string;
  readonly onFile: (file: File | null) => void;
}) {
  const { id, label, onFile } = props;
  const busy = useEntry((state) => state.busy);
  return (
    <>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        className={styles.file}
        type="file"
        disabled={busy !== null}
        onChange={(event) => onFile(event.currentTarget.files?.[0] ?? null)}
      />
    </>
  );
}

function Guide() {
  return (
    <section className={styles.guide} aria-labelledby="guide">
      <h2 id="guide">How to get the key from the YubiKey</h2>
      <ol>
        {PIV_STEPS.map(({ text, command, afterwards }) => (
          <li key={text}>
            {text}
            {command === undefined ? null : <pre>{command}</pre>}
            {afterwards}
          </li>
        ))}
      </ol>
      <p>{PIV_TOOL}</p>
      <p>{PIV_CUT}</p>
    </section>
  );
}
