/**
 * A custodian's share, typed into a worker from its sheet.
 * @module
 */
import { toTypedLines } from '../../shared/encoding/lines.ts';
import { ScriptedPerson } from './entry-script.ts';
import { NO_LOGS } from './no-logs.ts';
import type { TestShareSet } from './share-sets.ts';
import type { TestWorker } from './worker.ts';

/** On a laptop that knows nothing of the set but its manifest. */
export async function giveTyped(
  worker: TestWorker,
  set: Pick<TestShareSet, 'wires' | 'manifest'>,
  ...indexes: readonly number[]
): Promise<void> {
  for (const index of indexes) {
    const person = new ScriptedPerson(`custodian ${index}`);
    const lines = toTypedLines('share', set.wires[index - 1] ?? new Uint8Array());
    await worker.callWith(person, { way: 'typed', lines }, 'accept-share', {
      how: 'typed',
      volumeId: null,
      rehearsalFolder: null,
      person: person.name,
      manifest: set.manifest.body,
      known: { void: [], superseded: [] },
      envelopes: NO_LOGS,
      index,
      ways: ['camera', 'typed'],
      ceremonyId: 'ce'.repeat(16),
    });
  }
}
