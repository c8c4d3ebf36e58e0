/**
 * Makes the golden files of who holds Vault's unseal keys. It was run once; the files must decode for
 * ever.
 *
 *     npx tsx test/golden/make-unseal-keys.ts
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeUnsealKeys, type KeptUnsealKeys } from '../../shared/ledger/unseal-keys.ts';
import { MODES } from '../../shared/mode.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

for (const mode of MODES) {
  const file = (ending: string) => path.join(here, 'v1', mode, `unseal-keys${ending}`);
  if (existsSync(file('.json'))) throw new Error('golden files are never made again.');
  const kept: KeptUnsealKeys = {
    mode,
    saidAt: '2026-11-30T17:30:00Z',
    holders: ['custodian 1', 'Zoë Ångström', 'admin 2', 'admin 2', 'admin 3'],
    needed: 3,
  };
  writeFileSync(file('.json'), encodeUnsealKeys(kept));
  writeFileSync(file('-expected.json'), `${JSON.stringify(kept, null, 1)}\n`);
}
