/**
 * A share set with its roster and manifest, rightly signed, and every secret that a real ceremony
 * would have scattered.
 * @module
 */
import { xorComponents } from '../../shared/checktick/index.ts';
import type { Signer } from '../../shared/encoding/dsse.ts';
import { rosterType, type Roster, type RosterDocument } from '../../shared/identity/roster.ts';
import type { Mode } from '../../shared/mode.ts';
import { randomBytes, type RandomSource } from '../../shared/secret/random.ts';
import { checkValue } from '../../shared/sharing/check-value.ts';
import { escrowPublicKey } from '../../shared/sharing/escrow-key.ts';
import { encodeShare, type Share } from '../../shared/sharing/envelope.ts';
import {
  manifestType,
  type Manifest,
  type ManifestDocument,
} from '../../shared/sharing/manifest.ts';
import { sharePublicKey, shareSigner } from '../../shared/sharing/share-key.ts';
import { splitComponent } from '../../shared/sharing/split.ts';
import { at, makeCast, makeSync, randomId, type Cast, type TestSync } from './people.ts';

export interface ShareSetOptions {
  readonly mode?: Mode;
  readonly threshold?: number;
  readonly count?: number;
  readonly componentBytes?: number;
  /** The two halves of a platform key that exists; without them they are made. */
  readonly halves?: Pick<TestShareSet, 'component' | 'vaultComponent'>;
  readonly label?: string;
  readonly keyVersion?: string;
  readonly generation?: number;
  readonly cast?: Cast;
  readonly sync?: TestSync;
  readonly random?: RandomSource;
  /** As made before there were escrow keys. */
  readonly isOld?: boolean;
  /** 16 bytes in hex; without it a random one. */
  readonly ceremonyId?: string;
}

/** A share set with everything that a real ceremony would have scattered. */
export interface TestShareSet {
  readonly mode: Mode;
  readonly cast: Cast;
  readonly sync: TestSync;
  readonly ceremonyId: string;
  readonly componentId: string;
  /** The custodian component: what is split. */
  readonly component: Uint8Array;
  readonly vaultComponent: Uint8Array;
  readonly platformKey: Uint8Array;
  readonly shares: readonly Share[];
  /** The shares' wire bytes, in the order of `shares`. */
  readonly wires: readonly Uint8Array[];
  /** The first `threshold` share keys. */
  readonly quorum: readonly Signer[];
  readonly roster: RosterDocument;
  readonly manifest: ManifestDocument;
}

export async function makeShareSet(options: ShareSetOptions = {}): Promise<TestShareSet> {
  const { mode = 'production', threshold = 3, count = 4, componentBytes = 64 } = options;
  const { random = randomBytes, generation = 1 } = options;
  const cast = options.cast ?? makeCast(mode, count, random);
  const sync = options.sync ?? (await makeSync(mode, random));
  const component = options.halves?.component ?? random(componentBytes);
  const vaultComponent = options.halves?.vaultComponent ?? random(componentBytes);
  const setId = randomId(random);
  const shares = await splitComponent(component, { mode, setId, generation, threshold, count });
  const partial = {
    mode,
    cast,
    sync,
    ceremonyId: options.ceremonyId ?? randomId(random),
    componentId: randomId(random),
    component,
    vaultComponent,
    platformKey: xorComponents(component, vaultComponent),
    shares,
    wires: shares.map(encodeShare),
    quorum: shares.slice(0, threshold).map(shareSigner),
  };
  const roster = await makeRoster(partial);
  const manifest = await makeManifest({ ...partial, roster }, options);
  return { ...partial, roster, manifest };
}

type Roots = Omit<TestShareSet, 'roster' | 'manifest'>;

export async function makeRoster(
  set: Pick<Roots, 'mode' | 'cast' | 'quorum'>,
  change: Partial<Roster> = {},
): Promise<RosterDocument> {
  const people = set.cast.all.map(({ name, roles, signer, mail, credential }) => ({
    name,
    publicKey: signer.keyid,
    roles,
    ...(mail === undefined ? {} : { mail }),
    ...(credential === undefined ? {} : { credential }),
  }));
  const body = { mode: set.mode, serial: 1, people, createdAt: at(), previous: null, ...change };
  return rosterType.sign(body, set.quorum);
}

/** The body of the manifest; `change` overrides any field of it. */
export async function makeManifest(
  set: Roots & Pick<TestShareSet, 'roster'>,
  options: ShareSetOptions = {},
  change: Partial<Manifest> = {},
): Promise<ManifestDocument> {
  const { label = '2026 A', keyVersion = 'v1' } = options;
  const [first] = set.shares;
  if (first === undefined) throw new Error('A share set has shares.');
  const { mode, componentId, component, vaultComponent, platformKey } = set;
  const body: Manifest = {
    mode,
    setId: first.setId,
    label,
    componentId,
    componentBytes: component.length,
    keyVersion,
    generation: first.generation,
    threshold: first.threshold,
    count: first.count,
    shares: set.shares.map((share, index) => {
      const holder = set.cast.custodians[index];
      if (holder === undefined) throw new Error('Every share has a custodian.');
      return {
        index: share.index,
        x: share.x,
        publicKey: sharePublicKey(share),
        custodian: { name: holder.name, publicKey: holder.signer.keyid },
        media:
          index % 2 === 0
            ? [{ kind: 'paper' as const, description: 'A4 sheet' }]
            : [{ kind: 'usb' as const, description: `stick ${index + 1}, 16 GB` }],
      };
    }),
    checks: {
      custodianComponent: checkValue('custodian-component', component, componentId),
      vaultComponent: checkValue('vault-component', vaultComponent, componentId),
      platformKey: checkValue('platform-key', platformKey, componentId),
    },
    ceremonyId: set.ceremonyId,
    createdAt: at(),
    roster: set.roster.digest,
    sync: { audience: set.sync.audience, publicKey: set.sync.publicKey },
    previous: null,
    ...(options.isOld === true
      ? {}
      : { escrowKey: await escrowPublicKey(platformKey, { mode, keyVersion }) }),
    ...change,
  };
  return manifestType.sign(body, set.quorum);
}
