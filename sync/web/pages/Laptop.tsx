/**
 * What goes to the laptop besides packages of recoveries: who this sync is, a package for a new
 * platform key, all that a new laptop needs.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Words } from '../../../ui/Words.tsx';
import type { FileAnswer } from '../../routes/answers.ts';
import styles from '../App.module.css';
import { Panel } from '../components/Panel.tsx';
import { Refused } from '../components/Refused.tsx';
import { call } from '../lib/api.ts';
import { download, save } from '../lib/files.ts';
import { addressOf } from '../lib/route.ts';
import { useTask } from '../lib/task.ts';
import type { ViewProps } from '../lib/view.ts';

export function Laptop({ me }: ViewProps) {
  return (
    <section className={styles.page}>
      <h1>For the laptop</h1>
      <p>
        Everything here goes by stick. What comes back, a bundle, is taken in at{' '}
        <a href={addressOf('')}>the queue</a>; a recovery’s package is at{' '}
        <a href={addressOf('requests')}>its request</a>.
      </p>
      <Descriptor />
      {me.admin.roles.includes('operator') ? <Setup /> : null}
      <Chain />
    </section>
  );
}

function Descriptor() {
  const [file, setFile] = useState<FileAnswer | null>(null);
  const { busy, problem, run } = useTask();
  const fetch = () =>
    run(async () => {
      const found = await call<FileAnswer>('GET', '/v1/descriptor');
      save(found);
      setFile(found);
    });
  return (
    <Panel title="Who this sync is">
      <p>
        A laptop that does not know this sync takes its descriptor once. Somebody reads these eight
        words aloud from here, and they are typed there.
      </p>
      {file === null ? null : <Words words={file.words} label="Words of the descriptor" />}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button disabled={busy} onPress={() => void fetch()}>
          Download the descriptor
        </Button>
      </Actions>
    </Panel>
  );
}

function Setup() {
  const [version, setVersion] = useState('');
  const [made, setMade] = useState<FileAnswer | null>(null);
  const { busy, problem, run } = useTask();
  const make = () =>
    run(async () => {
      setMade(null);
      const file = await call<FileAnswer>('POST', '/v1/packages/setup', {
        keyVersion: version.trim(),
      });
      save(file);
      setMade(file);
    });
  return (
    <Panel
      title="A package for a whole new platform key"
      onSend={() => {
        if (version.trim() !== '') void make();
      }}
    >
      <p>
        It holds no secret and changes nothing by itself. The bundle that answers it is approved by
        two who read the witness’s paper.
      </p>
      <Field
        label="Key version"
        hint="The version to be made, such as v1."
        value={version}
        onChange={setVersion}
      />
      {made === null ? null : (
        <output>
          <strong>{made.fileName}</strong> was saved. It is in the queue, too, until its bundle
          comes.
        </output>
      )}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button type="submit" disabled={busy || version.trim() === ''}>
          Make the package
        </Button>
      </Actions>
    </Panel>
  );
}

function Chain() {
  const { busy, problem, run } = useTask();
  return (
    <Panel title="For a new or lost laptop">
      <p>Descriptor, trusted share sets, rosters and the newest 2,000 receipts, in one file.</p>
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button disabled={busy} onPress={() => void run(() => download('/v1/chain'))}>
          Download the chain
        </Button>
      </Actions>
    </Panel>
  );
}
