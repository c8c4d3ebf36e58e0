/**
 * A refresh: everybody says who is here, reads what it does and what it does not do, and agrees, before
 * the first share is asked for.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../ui/Button.tsx';
import { Facts } from '../../ui/Facts.tsx';
import { Notice } from '../../ui/Note.tsx';
import { Select } from '../components/Select.tsx';
import { Stage } from '../components/Shell.tsx';
import { list } from '../lib/say.ts';
import { say } from '../lib/store.ts';
import styles from './Refresh.module.css';
import type { ScreenProps } from './screen.ts';

export function RefreshFacts({ view }: ScreenProps<'refresh-facts'>) {
  const { label, keyVersion, generation, threshold, custodians, operators, chosen } = view;
  const [lives, setLives] = useState<readonly number[]>(
    chosen?.lives ?? custodians.map(({ index }) => index),
  );
  const [operator, setOperator] = useState(chosen?.operator ?? operators[0] ?? '');
  const [page, setPage] = useState<'A4' | 'Letter'>(chosen?.page ?? 'A4');
  const ended = custodians.filter(({ index }) => !lives.includes(index));
  const least = Math.min(threshold + 1, custodians.length);
  const tick = (index: number, on: boolean) =>
    setLives(on ? [...lives, index] : lives.filter((one) => one !== index));
  return (
    <Stage heading="Say who is here, and read what is done" turn={view.turn}>
      <Facts
        facts={[
          {
            name: 'Share set',
            value: `${label}, generation ${generation}: any ${threshold} of ${custodians.length} shares open it`,
          },
          { name: 'Key version', value: `${keyVersion}, which stays` },
          { name: 'Package from', value: view.syncName },
        ]}
      />
      <fieldset className={styles.people}>
        <legend>Who is here with their share</legend>
        {custodians.map(({ index, name }) => (
          <label key={index} className={styles.check}>
            <input
              type="checkbox"
              checked={lives.includes(index)}
              onChange={(event) => tick(index, event.target.checked)}
            />
            {name}, share {index}
          </label>
        ))}
      </fieldset>
      <div className={styles.fields}>
        {operators.length > 1 ? (
          <Select
            label="Who leads, and signs for the new shares"
            value={operator}
            onChange={setOperator}
            options={operators.map((name) => ({ id: name, label: name }))}
          />
        ) : null}
        <Select
          label="Paper, where a share is printed"
          value={page}
          onChange={(value) => setPage(value === 'Letter' ? 'Letter' : 'A4')}
          options={[
            { id: 'A4', label: 'A4' },
            { id: 'Letter', label: 'Letter' },
          ]}
        />
      </div>
      {ended.length === 0 ? null : (
        <Notice tone="warn" title={`${list(ended.map(({ name }) => name))}: no share from now on.`}>
          <p>
            Once sync has taken the new shares, {ended.length === 1 ? 'this one fits' : 'these fit'}{' '}
            none of them, and nobody can make {ended.length === 1 ? 'another one' : 'others'} for{' '}
            {ended.length === 1 ? 'that place' : 'those places'}. {lives.length} shares live on, and
            any {threshold} of them open the key
            {lives.length < least ? `. At least ${least} have to live on.` : '.'}
          </p>
        </Notice>
      )}
      <Notice title="What will be true afterwards">
        <p>
          One after the other, each share becomes another one: the old one is read and wiped, the
          new one is written and read back. Nothing is put together. The old shares open the key
          until sync has taken the new ones, and fit each other until they are destroyed. This ends
          copies of fewer than {threshold} shares. Whoever may have {threshold} has the key: that
          takes a new platform key.
        </p>
      </Notice>
      <Actions>
        <Button
          kind="primary"
          disabled={lives.length < least}
          onPress={() =>
            say({
              type: 'refresh-agree',
              lives: [...lives].sort((one, other) => one - other),
              operator,
              page,
            })
          }
        >
          Everyone agrees to this
        </Button>
      </Actions>
    </Stage>
  );
}
