/**
 * Another platform key beside the one in use, in the real window, with the real service on a real Vault
 * and a real PostgreSQL. One Split, and a thousand survey keys under it; after it a new key of version
 * v2, which is put to use, and v1 again. In the end v2 stays in use: the survey keys move to it, and its
 * shares become others.
 *
 * After the build, in a display: `node --import tsx test/e2e-version/run.ts`.
 * @module
 */
import { begin } from '../e2e-change/begin.ts';
import { stage } from '../e2e-change/stage.ts';
import { VERSIONS } from '../e2e/looks.ts';
import { putToUse } from './change.ts';
import { moveKeys } from './move.ts';
import { newKey } from './new-key.ts';
import { refresh } from './refresh.ts';
import { liesUnderV2, storeUnderV1 } from './survey-keys.ts';

await stage('version', VERSIONS, async (room) => {
  const { report } = room;
  const setup = await begin(room);
  const keys = await report.show('a thousand survey keys are stored under v1', () =>
    storeUnderV1(room, setup),
  );
  const next = await newKey(room);
  await report.show('the shares of v1 put v2 to use', () => putToUse(room, 'v2'));
  await report.show('the shares of v2 put v1 to use again', () => putToUse(next, 'v1'));
  await report.show('once more it is v2, and it stays', () => putToUse(room, 'v2'));
  await moveKeys(room, keys);
  await report.show('a thousand rows and entries say v2; its shares open them', () =>
    liesUnderV2(next, keys),
  );
  const after = await refresh(next);
  return { others: [...next.custodians, ...after.custodians], typed: [] };
});
