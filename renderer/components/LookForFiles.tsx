/**
 * Destruction of legacy shares: files that were left behind, looked for by their names on a stick or
 * in a folder.
 * @module
 */
import { useState } from 'react';
import type { Looked } from '../../shared/ceremony/types.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Choices } from '../../ui/Choices.tsx';
import { Field } from '../../ui/Field.tsx';
import { Notice } from '../../ui/Note.tsx';
import { say } from '../lib/store.ts';
import styles from './LookForFiles.module.css';
import { Named } from './MediaList.tsx';
import { VolumePicker } from './Pickers.tsx';

export function LookForFiles(props: { readonly mode: Mode; readonly looked: readonly Looked[] }) {
  const { mode, looked } = props;
  const [where, setWhere] = useState<'stick' | 'folder' | null>(null);
  const [volumeId, setVolumeId] = useState<string | null>(null);
  const [folder, setFolder] = useState('');
  const asked =
    where === 'stick'
      ? { volumeId, folder: null }
      : { volumeId: null, folder: folder.trim() === '' ? null : folder.trim() };
  const ready = asked.volumeId !== null || asked.folder !== null;
  return (
    <section className={styles.look} aria-labelledby="look">
      <h2 id="look">Look for copies that nobody listed</h2>
      <p>
        CheckTick’s commands leave files like platform_custodian_component_v1.bin behind; the
        procedure with a YubiKey leaves files that end in .enc and .key. Conclave looks at names
        only, and opens nothing: a copy under another name is not found.
      </p>
      <LookedAt looked={looked} />
      <Choices
        label="Where to look"
        value={where}
        onChange={setWhere}
        choices={[
          { id: 'stick', title: 'On a stick' },
          { id: 'folder', title: 'In a folder of this laptop' },
        ]}
      />
      {where === 'stick' ? (
        <VolumePicker mode={mode} forReading value={volumeId} onChange={setVolumeId} />
      ) : null}
      {where === 'folder' ? (
        <Field
          label="The folder"
          value={folder}
          onChange={setFolder}
          hint="Its whole path, as /home/admin."
        />
      ) : null}
      <Actions>
        <Button disabled={!ready} onPress={() => say({ type: 'look-for-files', ...asked })}>
          Look there
        </Button>
      </Actions>
    </section>
  );
}

/** What was found, place by place. */
export function LookedAt({ looked }: { readonly looked: readonly Looked[] }) {
  const found = looked.flatMap(({ where, files }) => files.map((name) => `${where}: ${name}`));
  const partly = looked.filter(({ complete }) => !complete).map(({ where }) => where);
  if (looked.length === 0) return null;
  return (
    <>
      {found.length === 0 ? (
        <p>Nothing of that kind was found on {looked.map(({ where }) => where).join(', ')}.</p>
      ) : (
        <Notice tone="warn" title="These may hold a legacy share, or all of the key.">
          <p>
            Look at what each is. Deleting a file does not remove it from a stick or a solid-state
            disk: its cells keep it where nobody sees it. Break the stick, or have the whole disk
            wiped.
          </p>
          <Named media={[...new Set(found)]} label="Leftover files" />
        </Notice>
      )}
      {partly.length === 0 ? null : <p>Not everything could be looked at: {partly.join(', ')}.</p>}
    </>
  );
}
