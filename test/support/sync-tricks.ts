/**
 * What an attacker or a bad day does to sync in tests.
 * @module
 */
import { bundleType } from '../../shared/bundle/bundle.ts';
import { encodeEnvelope, type Envelope } from '../../shared/encoding/dsse.ts';
import type { Deployment } from './sync-service.ts';

/** Lets the database show a later time once; its real clock then stands behind, as if set back. */
export async function clockShowed(deployment: Deployment, interval: string): Promise<void> {
  await deployment.sql(
    `UPDATE conclave.clock SET highest = greatest(highest, clock_timestamp()) + $1::interval`,
    [interval],
  );
}

/** A bundle's envelope with something about it changed; its payload stays. */
export function changed(bytes: Uint8Array, change: (envelope: Envelope) => Envelope): Uint8Array {
  const document = bundleType.parse(bytes, 'production');
  return encodeEnvelope(change(document.envelope));
}
