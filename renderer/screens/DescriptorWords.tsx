/**
 * The other side reads eight words aloud; they are typed here, not clicked.
 * @module
 */
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { normaliseWords } from '../../shared/encoding/words.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Stage } from '../components/Shell.tsx';
import { wordsFault, wordsMissing } from '../../ui/eight.ts';
import { count } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';
import styles from './DescriptorWords.module.css';

export function DescriptorWords({ view }: ScreenProps<'descriptor-words'>) {
  const [text, setText] = useState('');
  const missing = wordsMissing(text);
  const fault = wordsFault(text);
  return (
    <Stage heading="Type the eight words that sync’s operator reads aloud" turn={view.turn}>
      <p>
        Telephone the person who runs <strong>{view.syncName}</strong>, at a number that you know,
        and ask for the eight words of its descriptor. If a single word differs, the stick is not
        from there.
      </p>
      <Form
        className={styles.form ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          if (missing === 0) say({ type: 'words', words: normaliseWords(text) });
        }}
      >
        <Field
          label="Eight words"
          hint={missing === 0 ? 'All eight are there.' : `${count(missing, 'word')} to go.`}
          value={text}
          onChange={setText}
          fault={fault}
          wide
        />
        <Actions>
          <Button kind="primary" type="submit" disabled={missing > 0}>
            Compare the words
          </Button>
        </Actions>
      </Form>
    </Stage>
  );
}
