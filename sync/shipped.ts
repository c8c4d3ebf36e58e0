/**
 * The files that are no code and go with the program: migrations, Vault policy, grants, and the
 * tables of a rehearsal. From source they lie where they are written; the build puts copies of them
 * beside the built program, in the folders named here.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RESOURCES = existsSync(`${HERE}resources`) ? `${HERE}resources` : `${HERE}../resources`;

/** Absolute paths. */
export const shipped = {
  /** Folder. */
  migrations: `${HERE}migrations`,
  /** Folder of the built page; from source it is made by `npm run build:page`. */
  page: existsSync(`${HERE}page`) ? `${HERE}page` : `${HERE}../out/sync-page`,
  rehearsalSchema: `${HERE}rehearsal/checktick-schema.sql`,
  vaultPolicy: `${RESOURCES}/vault-policy.hcl`,
  vaultRotatePolicy: `${RESOURCES}/vault-rotate-policy.hcl`,
  manifest: existsSync(`${HERE}package.json`) ? `${HERE}package.json` : `${HERE}../package.json`,
  grants: `${RESOURCES}/grants.sql`,
} as const;

/** Such as `0.1.0`. */
export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(shipped.manifest, 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
