/**
 * What the FIDO2 driver does, once round, for a runtime other than the tests' own: prints one line
 * of JSON.
 * @module
 */
import {
  fidoCode,
  type Attestation,
  verifyAttestation,
} from '../../../electron/devices/ctap/index.ts';
import { SOFTWARE_ROOT } from './fido-applet.ts';
import { FIRMWARE_5_4, FIRMWARE_5_7, type FidoProfile } from './fido-profiles.ts';
import { pluggedFido } from './fido-plugged.ts';

const pin = new TextEncoder().encode('123456');
const userId = Uint8Array.of(1);
const [salt1, salt2] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
const AT = new Date('2026-11-29T00:00:00Z');

/** `refused`, or the first place whose damage went unnoticed or ended in another error. */
function damagedAnywhere(attestation: Attestation): string {
  for (let place = 0; place < attestation.statement.length; place += 1) {
    const statement = attestation.statement.slice();
    statement[place] = (statement[place] ?? 0) ^ 1;
    try {
      const { kind } = verifyAttestation({ ...attestation, statement }, [SOFTWARE_ROOT], AT);
      if (kind === 'hardware') return `hardware, byte ${place}`;
    } catch (error) {
      if (fidoCode(error) === null) return `${String(error)}, byte ${place}`;
    }
  }
  return 'refused';
}

async function tour(profile: FidoProfile, protocol: 1 | 2) {
  const fido = await pluggedFido({ ...profile, pinProtocols: [protocol] }).open();
  const made = await fido.makeCredential({ userId, pin });
  const both = await fido.hmacSecret({ credentials: [made], salt1, salt2, pin });
  const one = await fido.hmacSecret({ credentials: [made], salt1, pin });
  const [first, second] = [both.secrets[0], one.secrets[0]].map((bytes) => bytes?.join());
  const wrong: unknown = await fido
    .makeCredential({ userId, pin: new TextEncoder().encode('wrong') })
    .catch(fidoCode);
  return {
    same: first === second && first !== undefined,
    verified: both.userVerified && made.userVerified,
    wrong,
    attested: [[SOFTWARE_ROOT], []].map(
      (roots) => verifyAttestation(made.attestation, roots, AT).kind,
    ),
    damaged: damagedAnywhere(made.attestation),
  };
}

async function all(): Promise<void> {
  const found: unknown[] = [];
  for (const profile of [FIRMWARE_5_4, FIRMWARE_5_7]) {
    for (const protocol of [1, 2] as const) found.push(await tour(profile, protocol));
  }
  console.log(JSON.stringify(found));
}

void all();
