/**
 * Whether Vault and the row hold the vault component that an adoption bundle names, by the check
 * value that its quorum signed. Reads only.
 * @module
 */
import { z } from 'zod';
import type { AdoptBundle } from '../../shared/bundle/bundle.ts';
import { vaultPaths } from '../../shared/checktick/index.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { checkValueFits } from '../../shared/sharing/check-value.ts';
import { type Manifest, parseManifest } from '../../shared/sharing/manifest.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import type { KvStore } from '../vault/kv.ts';
import { refuseAdoption } from '../checktick/adopt-refusals.ts';
import { readVaultComponent } from '../checktick/in-vault.ts';

const VAULT_PLACE = `Vault ${vaultPaths.platformMasterKey}`;
export const rowPlace = (version: string): string => `database row of key version ${version}`;

/** The manifest in a bundle that was verified before. */
export function manifestIn({ manifest, mode }: AdoptBundle): Manifest {
  return parseManifest(encodeJson(manifest), mode).body;
}

function fits({ componentId, checks }: Manifest, component: Uint8Array): boolean {
  return checkValueFits('vault-component', component, componentId, checks.vaultComponent);
}

const keyRow = z.object({ component: columns.bytes });

async function rowFits(
  on: Queryable,
  body: AdoptBundle,
  lock: boolean,
): Promise<boolean | undefined> {
  const found = await on.maybe(
    keyRow,
    `SELECT vault_component AS component FROM surveys_platformkeyversion
      WHERE version = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [body.keyVersion],
  );
  if (found === undefined) return undefined;
  const good = fits(manifestIn(body), found.component);
  found.component.fill(0);
  return good;
}

/** The component in Vault, which fits; the caller wipes it. @throws Refusal `adopt-component` */
export async function adoptedFromVault(kv: KvStore, body: AdoptBundle): Promise<Uint8Array> {
  const held = await readVaultComponent(kv);
  if (held.is !== 'there') throw refuseAdoption('adopt-component', VAULT_PLACE);
  if (fits(manifestIn(body), held.component)) return held.component;
  held.component.fill(0);
  throw refuseAdoption('adopt-component', VAULT_PLACE);
}

/**
 * The places that the bundle calls right hold the component, and a row that it has to make is not
 * there yet or holds it, too. A place that it calls wrong may hold anything, but is there.
 * @param options.lock the row, where this is part of the commit's transaction
 * @returns the places that hold it
 * @throws Refusal `adopt-component`
 */
export async function assertPlaces(
  on: Queryable,
  kv: KvStore,
  body: AdoptBundle,
  options: { readonly lock: boolean } = { lock: false },
): Promise<string[]> {
  const { component, compared, keyVersion } = body;
  const places: string[] = [];
  if (component !== 'row') {
    (await adoptedFromVault(kv, body)).fill(0);
    places.push(VAULT_PLACE);
  }
  const row = await rowFits(on, body, options.lock);
  const isRowWrong =
    component === 'vault' ? row === (compared === 'vault-only' ? false : undefined) : row !== true;
  if (isRowWrong) throw refuseAdoption('adopt-component', rowPlace(keyVersion));
  if (row === true) places.push(rowPlace(keyVersion));
  return places;
}
