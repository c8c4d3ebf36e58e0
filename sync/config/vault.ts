/**
 * The settings that reach Vault: its address, its certificate authority, and sync's role.
 * @module
 */
import { z } from 'zod';
import type { Mode } from '../../shared/mode.ts';
import { Hidden } from '../hidden.ts';
import { isLoopback } from './database-url.ts';
import { ConfigRefusal, type Fault } from './faults.ts';
import { gatherSettings, present, readSecretText, readText, type Settings } from './sources.ts';

/** A Vault or OpenBao server, or the rehearsal store inside the database. */
export type VaultConfig =
  | { readonly kind: 'rehearsal' }
  | {
      readonly kind: 'vault';
      /** Origin only, such as `https://vault.example:8200`. */
      readonly address: string;
      readonly ca: string | undefined;
      readonly mount: string;
      readonly roleId: string;
      /** A path, so that a rotated secret id is picked up without a restart; else the value. */
      readonly secretId: { readonly file: string } | { readonly value: Hidden };
    };

export const mountSetting = z
  .string()
  .regex(/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/, 'must be a mount path such as secret.')
  .default('secret');

export function vaultConfig(
  settings: Settings,
  mode: Mode,
  mount: string,
  faults: Fault[],
): VaultConfig | undefined {
  const target = vaultTarget(settings, faults);
  if (target === undefined) {
    if (mode === 'rehearsal') return { kind: 'rehearsal' };
    faults.push({
      setting: 'VAULT_ADDR',
      problem: 'is missing; production needs the address of Vault. To practise, use --rehearsal.',
    });
    return undefined;
  }
  const roleId = roleIdSetting(settings, faults);
  const secretFile = present(settings['VAULT_SECRET_ID_FILE']);
  const secretValue = present(settings['VAULT_SECRET_ID']);
  if (secretFile !== undefined) readSecretText('VAULT_SECRET_ID_FILE', secretFile, faults);
  if (secretFile === undefined && secretValue === undefined) {
    faults.push({
      setting: 'VAULT_SECRET_ID_FILE',
      problem: 'is missing; "vault setup" writes this file.',
    });
    return undefined;
  }
  if (roleId === undefined || target === 'faulty') return undefined;
  const secretId =
    secretFile === undefined ? { value: new Hidden(secretValue ?? '') } : { file: secretFile };
  return { kind: 'vault', ...target, mount, roleId, secretId };
}

function roleIdSetting(settings: Settings, faults: Fault[]): string | undefined {
  const file = present(settings['VAULT_ROLE_ID_FILE']);
  const roleId =
    present(settings['VAULT_ROLE_ID']) ??
    (file === undefined ? undefined : readSecretText('VAULT_ROLE_ID_FILE', file, faults));
  if (roleId === undefined && file === undefined) {
    faults.push({ setting: 'VAULT_ROLE_ID', problem: 'is missing; "vault setup" prints it.' });
  }
  return roleId;
}

/** Where Vault is, without the role: all that `vault setup` needs. */
export interface VaultTarget {
  readonly address: string;
  readonly ca: string | undefined;
}

function vaultTarget(settings: Settings, faults: Fault[]): VaultTarget | 'faulty' | undefined {
  const text = present(settings['VAULT_ADDR']);
  if (text === undefined) return undefined;
  const fault = (problem: string): 'faulty' => {
    faults.push({ setting: 'VAULT_ADDR', problem });
    return 'faulty';
  };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return fault('is not an address such as https://vault.example:8200.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return fault('must begin with https://.');
  if (url.username !== '' || url.pathname !== '/' || url.search !== '') {
    return fault('must be scheme, host and port only.');
  }
  // SECURITY: the vault component travels in the body; plain HTTP shows it to the network.
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return fault('uses plain HTTP to another machine; use https://.');
  }
  const caPath = present(settings['VAULT_CACERT']);
  const ca = caPath === undefined ? undefined : readText('VAULT_CACERT', caPath, faults);
  if (caPath !== undefined && ca === undefined) return 'faulty';
  return { address: url.origin, ca };
}

/** SECURITY: it becomes part of a policy's name; `…-rotate` is that of another right. */
const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

function deploymentName(
  settings: Settings,
  given: string | undefined,
  faults: Fault[],
): string | undefined {
  const name = given ?? present(settings['CONCLAVE_DEPLOYMENT']);
  if (name === undefined || (NAME.test(name) && !/(?:^|-)rotate$/.test(name))) return name;
  faults.push({
    setting: 'CONCLAVE_DEPLOYMENT',
    problem:
      'must be 1 to 40 small letters, digits and "-", beginning with a letter, not ending with "rotate".',
  });
  return undefined;
}

/** The part of the configuration that `vault setup` needs, before any role exists. */
export function loadVaultTarget(
  environment: Settings,
  givenName?: string,
): VaultTarget & { readonly mount: string; readonly name: string | undefined } {
  const faults: Fault[] = [];
  const settings = gatherSettings(environment, faults);
  const target = vaultTarget(settings, faults);
  const name = deploymentName(settings, givenName, faults);
  const mount = mountSetting.safeParse(present(settings['VAULT_MOUNT']));
  if (!mount.success) faults.push({ setting: 'VAULT_MOUNT', problem: 'must be a mount path.' });
  if (target === undefined) faults.push({ setting: 'VAULT_ADDR', problem: 'is missing.' });
  if (target === undefined || target === 'faulty' || !mount.success || faults.length > 0) {
    throw new ConfigRefusal(faults);
  }
  return { ...target, mount: mount.data, name };
}

/** What `secret-id rotate` needs: the file may be missing, open to others, or hold an ended one. */
export function loadVaultRole(
  environment: Settings,
  file: string | undefined,
  givenName?: string,
): VaultTarget & {
  readonly roleId: string;
  readonly secretIdFile: string;
  readonly name: string | undefined;
} {
  const faults: Fault[] = [];
  const settings = gatherSettings(environment, faults);
  const target = vaultTarget(settings, faults);
  if (target === undefined) faults.push({ setting: 'VAULT_ADDR', problem: 'is missing.' });
  const name = deploymentName(settings, givenName, faults);
  const roleId = roleIdSetting(settings, faults);
  const secretIdFile = file ?? present(settings['VAULT_SECRET_ID_FILE']);
  if (secretIdFile === undefined) {
    faults.push({
      setting: 'VAULT_SECRET_ID_FILE',
      problem: 'is missing; a secret id is rotated in its file (or name it: --secret-id-file).',
    });
  }
  if (
    target === undefined ||
    target === 'faulty' ||
    roleId === undefined ||
    secretIdFile === undefined ||
    faults.length > 0
  ) {
    throw new ConfigRefusal(faults);
  }
  return { ...target, roleId, secretIdFile, name };
}
