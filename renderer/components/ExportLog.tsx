/**
 * The ceremony log onto a stick, for the auditor.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import { call } from '../lib/store.ts';
import { SaveToStick } from './SaveToStick.tsx';

export function ExportLog({ ceremonyId, mode }: { ceremonyId: string; mode: Mode }) {
  return (
    <SaveToStick
      mode={mode}
      heading="Save the ceremony log"
      verb="Save the log to this stick"
      save={(volumeId) => call('log:export', { ceremonyId, volumeId })}
    >
      The log holds every entry and signature, and no secret. An auditor checks it without this app.
      Beside it comes the ledger: what this laptop knows of all sets and ceremonies.
    </SaveToStick>
  );
}
