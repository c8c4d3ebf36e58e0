/**
 * One YubiKey or two: asked before the share is locked.
 * @module
 */
import type { KeyTask } from '../../shared/ipc/entry.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { keyName } from './key-words.ts';
import { send } from './link.ts';
import { Head } from './parts.tsx';

export function BackupKey({ task }: { task: Extract<KeyTask, { task: 'backup-key' }> }) {
  return (
    <>
      <Head heading="Say whether you have a second YubiKey" />
      <p>
        The {keyName(task.key)} is ready. With a second key the share is locked twice, and either
        key opens it alone, each with its own PIN. Keep the second one somewhere else.
      </p>
      <p>
        Without a second key the share is lost when this one is lost, breaks, or its PIN is blocked.
        The other custodians can then still open the platform key, as long as enough of their shares
        are left. A backup key cannot be added later.
      </p>
      <Actions>
        <Button kind="primary" onPress={() => send({ type: 'backup-key', wanted: true })}>
          I have a second key with me
        </Button>
        <Button onPress={() => send({ type: 'backup-key', wanted: false })}>
          Only this one, no backup
        </Button>
      </Actions>
    </>
  );
}
