/**
 * Continue on this laptop what another one began: a chain from a stick, confirmed by eight words.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { normaliseWords } from '../../shared/encoding/words.ts';
import type { Output } from '../../shared/ipc/contract.ts';
import type { Mode } from '../../shared/mode.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { DocumentPicker } from '../components/Pickers.tsx';
import { count } from '../lib/say.ts';
import { call, openPage } from '../lib/store.ts';
import { wordsFault, wordsMissing } from '../../ui/eight.ts';
import { HomeFrame } from './Home.tsx';
import { ModeChoice } from './ModeChoice.tsx';
import styles from './Home.module.css';

export function Continue({ application, refused }: { application: string; refused: boolean }) {
  const [mode, setMode] = useState<Mode>(refused ? 'rehearsal' : 'production');
  const [id, setId] = useState<string | null>(null);
  const [chain, setChain] = useState<Output<'chain:open'> | null>(null);
  if (chain !== null) {
    return (
      <ChainWords application={application} mode={mode} chain={chain} back={() => setChain(null)} />
    );
  }
  const open = async () => {
    if (id === null) return;
    const opened = await call('chain:open', { documentId: id, mode });
    if (opened) setChain(opened);
  };
  return (
    <HomeFrame heading="Plug in the stick with the earlier ceremonies" application={application}>
      <div className={styles.form}>
        <p>
          Sync keeps the public record of every ceremony, and each stick carries it too. It holds no
          secret. Once it is confirmed here, this laptop knows the share sets.
        </p>
        <ModeChoice mode={mode} onChange={setMode} refused={refused} />
        <DocumentPicker kind="chain" what="record" mode={mode} value={id} onChange={setId} />
        <Actions>
          <Button kind="primary" disabled={id === null} onPress={() => void open()}>
            Read the record
          </Button>
          <Button onPress={() => openPage('home')}>Back to home</Button>
        </Actions>
      </div>
    </HomeFrame>
  );
}

function ChainWords(props: {
  readonly application: string;
  readonly mode: Mode;
  readonly chain: Output<'chain:open'>;
  readonly back: () => void;
}) {
  const { application, mode, chain, back } = props;
  const [text, setText] = useState('');
  const missing = wordsMissing(text);
  const trust = async () => {
    const words = normaliseWords(text);
    const trusted = await call('chain:trust', { digest: chain.digest, words, mode });
    if (trusted !== undefined) openPage('home');
  };
  return (
    <HomeFrame
      heading={
        chain.wordsOf === 'descriptor'
          ? 'Type the eight words that sync’s operator reads aloud'
          : 'Type the eight words of the share set'
      }
      application={application}
      mode={mode}
    >
      <Form
        className={styles.form ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === 0) void trust();
        }}
      >
        {chain.wordsOf === 'descriptor' ? (
          <p>
            The record speaks of {count(chain.sets, 'share set')} and of the sync{' '}
            <strong>{chain.syncName}</strong>. Telephone the person who runs it, at a number that
            you know, and ask for the eight words of its descriptor.
          </p>
        ) : (
          <p>
            This is the log of one ceremony for the sync <strong>{chain.syncName}</strong>. The
            witness wrote down the eight words of the share set when it was signed: copy them from
            that paper.
          </p>
        )}
        <Field
          label="Eight words"
          hint={missing === 0 ? 'All eight are there.' : `${count(missing, 'word')} to go.`}
          value={text}
          onChange={setText}
          fault={wordsFault(text)}
          wide
        />
        <Actions>
          <Button kind="primary" type="submit" disabled={missing > 0}>
            Compare the words
          </Button>
          <Button onPress={back}>Back</Button>
        </Actions>
      </Form>
    </HomeFrame>
  );
}
