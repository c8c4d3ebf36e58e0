/**
 * Interrupted before the bundle: what exists must be destroyed.
 * @module
 */
import type { CeremonyKind } from '../../shared/transcript/log.ts';
import { Actions, Button } from '../../ui/Button.tsx';
import { Notice } from '../../ui/Note.tsx';
import { ExportLog } from '../components/ExportLog.tsx';
import { Named } from '../components/MediaList.tsx';
import { Stage } from '../components/Shell.tsx';
import { leave } from '../lib/store.ts';
import type { ScreenProps } from './screen.ts';

/** What these write is of the component in use, whatever becomes of them. */
const OF_KEY_IN_USE: ReadonlySet<CeremonyKind> = new Set(['adopt', 'refresh', 'add-set']);

export function Void({ view }: ScreenProps<'void'>) {
  const some = view.media.length > 0;
  return (
    <Stage
      heading={some ? 'Destroy what was written' : 'Start again when you are ready'}
      turn={view.turn}
    >
      <Notice tone="bad" title="This ceremony is void.">
        <p>{view.reason}</p>
        <p>No platform key changed, and what worked before works as before.</p>
      </Notice>
      {some ? (
        <>
          {OF_KEY_IN_USE.has(view.ceremony) ? (
            <p>
              <strong>Guard these until they are destroyed.</strong> Every Conclave refuses them,
              but they are of the key that is in use: enough of them open it by other means, as{' '}
              {view.ceremony === 'adopt' ? 'the legacy shares do' : 'the shares of before do'}.
              Destroy them in front of the witness. Shred paper; break sticks, or have them wiped.
            </p>
          ) : (
            <p>
              These opened nothing and never will: every Conclave refuses them. Destroy them all the
              same, in front of the witness. Shred paper; break sticks, or have them wiped.
            </p>
          )}
          <Named media={view.media} label="To be destroyed" />
          <p>
            Another laptop does not get to know of them: this list stands on this one, and in the
            ceremony log, which belongs into the auditor’s file.
          </p>
        </>
      ) : (
        <p>Nothing had been written, so there is nothing to destroy.</p>
      )}
      {view.ceremony === 'recover' || view.ceremony === 'recover-member' ? (
        <p>
          Sync does not know of this. Its package can be used again here until it expires. If the
          survey must not be recovered, have the request rejected at sync.
        </p>
      ) : null}
      {view.ceremony === 'migrate-escrows' ? (
        <p>
          Sync does not know of this. Files that were finished are not lost: start again with the
          same package, at this laptop and with the same stick, and it goes on behind them. As many
          custodians as before come again.
        </p>
      ) : null}
      <Actions>
        <Button kind="primary" onPress={() => void leave()}>
          Back to home
        </Button>
        <ExportLog ceremonyId={view.ceremonyId} mode={view.mode} />
      </Actions>
    </Stage>
  );
}
