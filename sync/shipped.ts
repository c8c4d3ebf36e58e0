/**
 * The files that are no code and go with the program: migrations, Vault policy, grants, and the
 * tables of a rehearsal. From source they lie where they are written; the build puts copies of them
 * beside the built program, in the folders named here.
 * @module
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RESOURCES = existsSync(`${HERE}resources`) ? `${HERE}resources` : `${HERE}../resources`;

/** Absolute paths. */
export const shipped = {
  /** Folder. */
  migrations: `${HERE}migrations`,
  rehearsalSchema: `${HERE}rehearsal/checktick-schema.sql`,
  vaultPolicy: `${RESOURCES}/vault-policy.hcl`,
  grants: `${RESOURCES}/grants.sql`,
} as const;
