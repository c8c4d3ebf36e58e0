import { fileURLToPath } from 'node:url';
import { vaultBinary } from './vault/build.ts';

/** Once before the integration tests: building Vault inside a test would run into its time limit. */
export default async function prepare(): Promise<void> {
  await vaultBinary();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
