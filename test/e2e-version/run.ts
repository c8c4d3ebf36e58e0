/**
 * Another platform key beside the one in use, in the real window, with the real service on a real Vault
 * and a real PostgreSQL. One Split; after it a new key of version v2, which is put to use, and v1 again.
 *
 * After the build, in a display: `node --import tsx test/e2e-version/run.ts`.
 * @module
 */
import { begin } from '../e2e-change/begin.ts';
import { stage } from '../e2e-change/stage.ts';
import { VERSIONS } from '../e2e/looks.ts';
import { putToUse } from './change.ts';
import { newKey } from './new-key.ts';

await stage('version', VERSIONS, async (room) => {
  await begin(room);
  const next = await newKey(room);
  await room.report.show('the shares of v1 put v2 to use', () => putToUse(room, 'v2'));
  await room.report.show('the shares of v2 put v1 to use again', () => putToUse(next, 'v1'));
  return { others: next.custodians, typed: [] };
});
