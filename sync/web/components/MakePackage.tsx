/**
 * A package that holds no secret: made at once, saved for the stick, and in the queue until its
 * bundle comes.
 * @module
 */
import { useState } from 'react';
import { Actions, Button } from '../../../ui/Button.tsx';
import type { FileAnswer } from '../../routes/answers.ts';
import { call } from '../lib/api.ts';
import { save } from '../lib/files.ts';
import { useTask } from '../lib/task.ts';
import { Refused } from './Refused.tsx';
import { type OneSet, useWhichSet } from './WhichSet.tsx';

export function MakePackage(props: {
  readonly kind: 'drill' | 'roster' | 'refresh' | 'add-set' | 'activate' | 'retire';
  readonly version: string;
  /** Those with one of which the ceremony is held. */
  readonly sets: readonly OneSet[];
  /** What its button says. */
  readonly label: string;
  /** What is true of the saved file, after its name and "was saved". */
  readonly saved: string;
}) {
  const { kind, version, sets, label, saved } = props;
  const { isOpen, body, choice } = useWhichSet(sets);
  const [made, setMade] = useState<FileAnswer | null>(null);
  const { busy, problem, run } = useTask();
  const make = () =>
    run(async () => {
      setMade(null);
      const file = await call<FileAnswer>('POST', `/v1/packages/${kind}`, {
        keyVersion: version,
        ...body,
      });
      save(file);
      setMade(file);
    });
  return (
    <>
      {made === null ? null : (
        <output>
          <strong>{made.fileName}</strong> was saved. {saved}
        </output>
      )}
      {choice}
      {problem === null ? null : <Refused problem={problem} />}
      <Actions>
        <Button disabled={busy || isOpen} onPress={() => void make()}>
          {label}
        </Button>
      </Actions>
    </>
  );
}
