/**
 * Which sync a ticket is for, where this laptop trusts none yet: its descriptor, and the eight words
 * that the person who runs it reads aloud.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import { wordsFault, wordsMissing } from '../../ui/eight.ts';
import { Field } from '../../ui/Field.tsx';
import { DocumentPicker } from '../components/Pickers.tsx';
import { count } from '../lib/say.ts';
import styles from './Home.module.css';

export function DescriptorFields(props: {
  readonly mode: Mode;
  readonly id: string | null;
  readonly onId: (id: string | null) => void;
  readonly words: string;
  readonly onWords: (words: string) => void;
}) {
  const { mode, id, onId, words, onWords } = props;
  const missing = wordsMissing(words);
  return (
    <fieldset className={styles.descriptor}>
      <legend>Which sync it is for</legend>
      <p>
        Sync is the service beside CheckTick. Telephone the person who runs it, at a number that you
        know, and have the eight words of its descriptor read aloud.
      </p>
      <DocumentPicker kind="descriptor" what="descriptor" mode={mode} value={id} onChange={onId} />
      <Field
        label="Eight words of the descriptor"
        hint={missing === 0 ? 'All eight are there.' : `${count(missing, 'word')} to go.`}
        value={words}
        onChange={onWords}
        fault={wordsFault(words)}
        wide
      />
    </fieldset>
  );
}
