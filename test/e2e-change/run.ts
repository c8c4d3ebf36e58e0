/**
 * What a hospital does with a set that it has, in the real window, with the real service on a real
 * Vault and a real PostgreSQL. One Split; after it a drill, a new passphrase for an organisation whose
 * owner forgot it, and new shares because a custodian left, to the end of the old ones. Then a further set
 * of the same key, for those on call: a full drill opens a test escrow with it, and a share of the other
 * set is checked without sync.
 *
 * After the build, in a display: `node --import tsx test/e2e-change/run.ts`.
 * @module
 */
import { byteForms, passphraseCanary } from '../e2e/canaries.ts';
import { CHANGING } from '../e2e/looks.ts';
import { escrow } from '../e2e/other-side.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { oldSharesEnd, stillOpens } from './after.ts';
import { begin } from './begin.ts';
import { checkWithoutSync } from './check.ts';
import { drill } from './drill.ts';
import { fullDrill } from './full-drill.ts';
import { furtherSet } from './further-set.ts';
import { NEW_WORDS, newPassphrase } from './owner.ts';
import { newShares } from './rotate.ts';
import { stage } from './stage.ts';

await stage('change', CHANGING, async (room) => {
  const setup = await begin(room);
  await escrow(room.sync, room);
  const platformKey = await platformKeyOf(room.sync, room);
  await drill(room);
  await newPassphrase(room, setup);
  const after = await newShares(room);
  await oldSharesEnd(after, room.custodians);
  await room.report.show('the survey key that was stored before opens with the new shares', () =>
    stillOpens(after, room.custodians, platformKey),
  );
  const onCall = await furtherSet(after, platformKey);
  await fullDrill(after, onCall);
  await checkWithoutSync(after);
  return {
    others: [...after.custodians, ...onCall.custodians],
    typed: [
      passphraseCanary('new passphrase of the organisation', NEW_WORDS),
      { what: 'platform key', ...byteForms(platformKey) },
    ],
  };
});
