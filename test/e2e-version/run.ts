/**
 * Another platform key beside the one in use, in the real window, with the real service on a real Vault
 * and a real PostgreSQL. One Split, and a thousand survey keys under it; after it a new key of version
 * v2, which is put to use, and v1 again. In the end v2 stays in use: the survey keys move to it, then the
 * organisation that kept keys under v1, of which a member has one recovered; then v1 ends. The shares of
 * v2 become others.
 *
 * After the build, in a display: `node --import tsx test/e2e-version/run.ts`.
 * @module
 */
import { begin } from '../e2e-change/begin.ts';
import { stage } from '../e2e-change/stage.ts';
import { VERSIONS } from '../e2e/looks.ts';
import { passphraseCanary } from '../e2e/canaries.ts';
import { OWN_WORDS } from '../support/organisation-moves.ts';
import { putToUse, retire } from './change.ts';
import { recoverMember } from './member.ts';
import { moveKeys } from './move.ts';
import { newKey } from './new-key.ts';
import { keepsKeys, moveOrganisation } from './organisation.ts';
import { refresh } from './refresh.ts';
import { liesUnderV2, storeUnderV1 } from './survey-keys.ts';

await stage('version', VERSIONS, async (room) => {
  const { report } = room;
  const setup = await begin(room);
  const keys = await report.show('a thousand survey keys are stored under v1', () =>
    storeUnderV1(room, setup),
  );
  const organisation = await report.show(
    'an organisation keeps two more, under its passphrase',
    () => keepsKeys(room),
  );
  const next = await newKey(room);
  await report.show('the shares of v1 put v2 to use', () => putToUse(room, 'v2'));
  await report.show('the shares of v2 put v1 to use again', () => putToUse(next, 'v1'));
  await report.show('once more it is v2, and it stays', () => putToUse(room, 'v2'));
  await moveKeys(room, keys);
  await report.show('a thousand rows and entries say v2; its shares open them', () =>
    liesUnderV2(next, keys),
  );
  await moveOrganisation(next, organisation);
  await recoverMember(next, organisation);
  await report.show('nothing hangs on v1 any more: it ends', () => retire(next, 'v1'));
  const after = await refresh(next);
  return {
    others: [...next.custodians, ...after.custodians],
    typed: [passphraseCanary('passphrase of the organisation', OWN_WORDS)],
  };
});
