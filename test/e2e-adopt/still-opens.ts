/**
 * Whether the new shares give the component of before, and open the survey key that was stored before.
 * @module
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openAge } from '../../electron/media/age.ts';
import { bundleType } from '../../shared/bundle/bundle.ts';
import { openKekBlob, userRecoveryKey, xorComponents } from '../../shared/checktick/index.ts';
import { utf8ToBytes } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { decodeShare } from '../../shared/sharing/envelope.ts';
import { parseManifest } from '../../shared/sharing/manifest.ts';
import { combineShares } from '../../shared/sharing/split.ts';
import type { Person } from '../e2e/people.ts';
import type { Sync } from '../e2e/sync.ts';
import type { Vintage } from './vintages.ts';

interface Adopted {
  readonly sync: Sync;
  readonly vintage: Vintage;
  readonly custodians: readonly [Person, Person];
}

/** From the custodians' sticks and the row alone, as CheckTick would do it. */
export async function stillOpens(
  { sync, vintage, custodians }: Adopted,
  file: string,
): Promise<void> {
  const { body } = bundleType.parse(new Uint8Array(await readFile(file)), 'rehearsal');
  assert(body.kind === 'adopt');
  assert.deepEqual([body.compared, body.component], [vintage.compared, vintage.place]);
  const { componentId, checks } = parseManifest(encodeJson(body.manifest), 'rehearsal').body;
  const shares = await Promise.all(
    custodians.map(async ({ stick, words }) => {
      assert(stick);
      const name =
        (await readdir(stick.path)).find((one) => one.startsWith('conclave-share-')) ?? '';
      const locked = new Uint8Array(await readFile(path.join(stick.path, name)));
      return decodeShare(await openAge(locked, utf8ToBytes(words)));
    }),
  );
  const component = await combineShares(shares, {
    what: 'custodian-component',
    componentId,
    checkValue: checks.custodianComponent,
  });
  assert.deepEqual(new Uint8Array(component), new Uint8Array(vintage.key.custodian));
  if (!vintage.escrowed) return;
  const { checktick } = sync;
  const userId = checktick.people.requester.id;
  const place = `users/${userId}/surveys/${checktick.survey.id}/recovery-kek`;
  const stored = await sync.kv(place);
  assert(typeof stored?.['encrypted_kek'] === 'string');
  const userKey = await userRecoveryKey(xorComponents(component, vintage.key.vault), userId);
  assert.deepEqual(
    new Uint8Array(await openKekBlob(userKey, place, stored['encrypted_kek'])),
    new Uint8Array(checktick.kek),
  );
}
