/**
 * Deployments of CheckTick as they are in life, each to be adopted.
 * @module
 */
import type { Adoption, FoundVersion, OrganisationSample } from '../../shared/bundle/adopt.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { Mode } from '../../shared/mode.ts';
import { legacyComponent, type LegacyDeployment, legacyDeployment } from './legacy-deployment.ts';
import type { TestShareSet } from './share-sets.ts';
import {
  adoptionBundle,
  entryOf,
  MASTER_KEY,
  type OpenedAdoption,
  putRow,
  twoOf,
} from './sync-adopt.ts';
import { type MadeBundle, shareSetFor } from './sync-ceremony.ts';
import { deploy, type Deployment, type Servers, type Service } from './sync-service.ts';

export const other = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
const upper = (component: Uint8Array): string => bytesToHex(component).toUpperCase();

export interface World {
  readonly deployment: Deployment;
  readonly service: Service;
  /** What is there: its vault component lies where `lay` put it, and people have its shares. */
  readonly legacy: LegacyDeployment;
  /** Made at the laptop of what the legacy shares give. */
  readonly set: TestShareSet;
}

export interface Vintage {
  readonly componentBytes?: number;
  /** Without it a new one. */
  readonly platformKey?: Uint8Array;
  readonly keyVersion?: string;
  readonly lay: (world: World) => Promise<unknown>;
  readonly found: Pick<FoundVersion, 'compared' | 'state'> & {
    readonly forms?: string[];
    readonly sample?: OrganisationSample;
  };
  readonly said: Partial<Adoption> & Pick<Adoption, 'compared' | 'component' | 'proof'>;
  readonly readBack: readonly string[];
}

const SAMPLE = 'organizations/1/master-key';
const VAULT = `Vault ${MASTER_KEY}`;
const TRUST = 'Vault conclave/trust';
const row = (version: string) => `database row of key version ${version}`;

export const VINTAGES: Readonly<Record<string, Vintage>> = {
  'v1, 64 bytes, upper case and nothing else in the entry, one stored survey key': {
    async lay({ deployment, set }) {
      await deployment.writeKv(MASTER_KEY, { vault_component: upper(set.vaultComponent) });
      await putRow(deployment, 'v1', set.vaultComponent);
      await deployment.escrow(set.platformKey);
      // As CheckTick's setup leaves it.
      await deployment.writeKv(SAMPLE, {
        note: 'Sample',
        created_at: '2024-02-03T04:05:06',
        org_key_vault_part: 'ab'.repeat(32),
      });
    },
    found: {
      compared: 'same',
      state: 'active',
      forms: ['upper-case', 'fields-missing'],
      sample: 'there',
    },
    said: { compared: 'same', component: 'both', proof: 'escrow' },
    readBack: [VAULT, row('v1'), TRUST],
  },
  'no row, spaces inside, nothing that proves it': {
    async lay({ deployment, set }) {
      const text = bytesToHex(set.vaultComponent)
        .replaceAll(/(.{32})/g, '$1 ')
        .trim();
      await deployment.writeKv(MASTER_KEY, {
        ...entryOf(set.vaultComponent),
        vault_component: text,
      });
      // Of an organisation that was really made.
      await deployment.writeKv(SAMPLE, { org_id: 1, created_at: '2024-02-03T04:05:06', note: '' });
    },
    found: { compared: 'vault-only', state: 'missing', forms: ['spaces'], sample: 'other' },
    said: { compared: 'vault-only', component: 'vault', proof: 'none' },
    readBack: [VAULT, row('v1'), TRUST],
  },
  'Vault and the row differ, and the row is right': {
    async lay({ deployment, set }) {
      await deployment.writeKv(MASTER_KEY, entryOf(other(set.vaultComponent)));
      await putRow(deployment, 'v1', set.vaultComponent);
      await deployment.escrow(set.platformKey);
    },
    found: { compared: 'differs', state: 'active' },
    said: { compared: 'differs', component: 'row', proof: 'escrow' },
    readBack: [row('v1'), TRUST],
  },
  'Vault and the row differ, and Vault is right': {
    async lay({ deployment, set }) {
      await deployment.writeKv(MASTER_KEY, entryOf(set.vaultComponent));
      await putRow(deployment, 'v1', other(set.vaultComponent));
      await deployment.escrow(set.platformKey);
    },
    found: { compared: 'differs', state: 'active' },
    said: { compared: 'differs', component: 'vault', proof: 'escrow' },
    readBack: [VAULT, TRUST],
  },
  'v2, 32 bytes, while Vault holds the component of v1': {
    componentBytes: 32,
    keyVersion: 'v2',
    async lay({ deployment, set }) {
      const first = new Uint8Array(64).fill(7);
      await deployment.writeKv(MASTER_KEY, entryOf(first));
      await putRow(deployment, 'v1', first);
      await putRow(deployment, 'v2', set.vaultComponent, 'waiting');
      await deployment.escrow(set.platformKey, 'v2');
    },
    found: { compared: 'other-version', state: 'waiting' },
    said: { compared: 'other-version', component: 'row', proof: 'escrow' },
    readBack: [row('v2'), TRUST],
  },
  'an entry in Vault that begins with 0x': {
    async lay({ deployment, set }) {
      const text = `0x${bytesToHex(set.vaultComponent)}`;
      await deployment.writeKv(MASTER_KEY, { vault_component: text });
      await putRow(deployment, 'v1', set.vaultComponent);
      await deployment.escrow(set.platformKey);
    },
    found: { compared: 'row-only', state: 'active' },
    said: { compared: 'row-only', component: 'row', proof: 'escrow' },
    readBack: [row('v1'), TRUST],
  },
};

/** Nothing is unusual about it but how Vault's entry is written. */
export const [standard] = Object.values(VINTAGES) as [Vintage];

/** A deployment of this vintage, with one service; the caller stops it. */
export async function worldOf(
  servers: Servers,
  { lay, keyVersion = 'v1', platformKey, componentBytes = platformKey?.length ?? 64 }: Vintage,
  mode: Mode = 'production',
): Promise<World> {
  const deployment = await deploy({ servers, mode });
  const service = await deployment.start();
  const legacy = legacyDeployment(componentBytes, platformKey);
  const halves = {
    component: legacyComponent(legacy).unprovedBytes(componentBytes),
    vaultComponent: legacy.vault,
  };
  const options = { keyVersion, halves };
  const set = await shareSetFor(service.admins.operator, deployment.mode, options);
  const world = { deployment, service, legacy, set };
  await lay(world);
  return world;
}

/** Who has to answer for it; null: it is proved, and nothing differs. */
export function decidedBy({ set }: Pick<World, 'set'>, { said }: Vintage): [string, string] | null {
  return said.proof === 'none' || said.compared === 'differs' ? twoOf(set) : null;
}

/** What an honest ceremony makes of it; `more` overrides any part. */
export function bundleOf(
  world: Pick<World, 'set' | 'deployment' | 'service'>,
  vintage: Vintage,
  opened: OpenedAdoption,
  more: Partial<Adoption> = {},
): Promise<MadeBundle> {
  const decided = decidedBy(world, vintage);
  return adoptionBundle(world.set, opened, { ...vintage.said, decided, ...more });
}
