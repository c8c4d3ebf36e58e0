/**
 * What a hospital does with a set that it has, in the real window, with the real service on a real
 * Vault and a real PostgreSQL. One Split; after it a drill, a new passphrase for an organisation whose
 * owner forgot it, and new shares because a custodian left, to the end of the old ones.
 *
 * After the build, in a display: `node --import tsx test/e2e-change/run.ts`.
 * @module
 */
import { passphraseCanary } from '../e2e/canaries.ts';
import { CHANGING } from '../e2e/looks.ts';
import { escrow } from '../e2e/other-side.ts';
import { platformKeyOf } from '../e2e/platform-secrets.ts';
import { oldSharesEnd, stillOpens } from './after.ts';
import { begin } from './begin.ts';
import { drill } from './drill.ts';
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
  return {
    others: after.custodians,
    typed: [passphraseCanary('new passphrase of the organisation', NEW_WORDS)],
  };
});
