/**
 * Three deployments of CheckTick as they are in life, laid into a real Vault and a real PostgreSQL.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { escrowSurvey } from '../../sync/rehearsal/seed.ts';
import type { Sync } from '../e2e/sync.ts';
import { legacyDeployment, type LegacyDeployment } from '../support/legacy-deployment.ts';

export interface Vintage {
  /** Of its folder. */
  readonly name: string;
  readonly what: string;
  readonly version: string;
  readonly key: LegacyDeployment;
  /** How Vault and the row compare, and which is right. */
  readonly compared: 'same' | 'differs' | 'vault-only';
  readonly place: 'both' | 'row' | 'vault';
  /** A survey key is stored under it. */
  readonly escrowed: boolean;
  lay(sync: Sync): Promise<void>;
}

const MASTER_KEY = 'platform/master-key';

async function putRow(
  { database }: Sync,
  version: string,
  component: Uint8Array,
  active: boolean,
): Promise<void> {
  await database.query(
    `INSERT INTO surveys_platformkeyversion (version, vault_component, created_at, activated_at, notes)
     VALUES ($1, $2, '2024-02-03T04:05:06Z', $3, '')`,
    [version, Buffer.from(component), active ? '2024-02-03T04:05:06Z' : null],
  );
}

async function escrow(sync: Sync, version: string, { platformKey }: LegacyDeployment) {
  const { checktick, database } = sync;
  await escrowSurvey(database, sync.writeKv, {
    pmk: platformKey,
    userId: checktick.people.requester.id,
    surveyId: checktick.survey.id,
    kek: checktick.kek,
    version,
  });
}

/** Vault's entry in capitals and without its other fields, as it was typed by hand one day. */
export function firstVintage(): Vintage {
  const key = legacyDeployment(64);
  return {
    name: 'first',
    escrowed: true,
    what: 'v1, 64 bytes, Vault in capitals',
    version: 'v1',
    key,
    compared: 'same',
    place: 'both',
    async lay(sync) {
      const entry = { vault_component: bytesToHex(key.vault).toUpperCase() };
      await sync.writeKv(MASTER_KEY, entry);
      await putRow(sync, 'v1', key.vault, true);
      await escrow(sync, 'v1', key);
    },
  };
}

/** CheckTick's rotation wrote a new row and not Vault, which holds something else since. */
export function secondVintage(): Vintage {
  const key = legacyDeployment(32);
  return {
    name: 'second',
    escrowed: true,
    what: 'v2, 32 bytes, Vault and its row differ',
    version: 'v2',
    key,
    compared: 'differs',
    place: 'row',
    async lay(sync) {
      await sync.writeKv(MASTER_KEY, { vault_component: bytesToHex(randomBytes(32)) });
      await putRow(sync, 'v1', randomBytes(64), false);
      await putRow(sync, 'v2', key.vault, true);
      await escrow(sync, 'v2', key);
    },
  };
}

/** Vault was away when CheckTick's migration ran, so no row was made; and nobody stored anything. */
export function thirdVintage(): Vintage {
  const key = legacyDeployment(64);
  return {
    name: 'third',
    what: 'v1 without a row, and nothing that proves it',
    version: 'v1',
    key,
    compared: 'vault-only',
    place: 'vault',
    escrowed: false,
    async lay(sync) {
      await sync.writeKv(MASTER_KEY, { vault_component: bytesToHex(key.vault) });
    },
  };
}
