/**
 * Tickets: made beside ceremonies, by an operator alone.
 * @module
 */
import { parseTicket, ticketType } from '../../../shared/bundle/ticket.ts';
import { bytesToHex, hexToBytes } from '../../../shared/encoding/bytes.ts';
import { encodeEnvelope, preAuthEncoding, withSignatures } from '../../../shared/encoding/dsse.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import type { Input, Output } from '../../../shared/ipc/contract.ts';
import { PROBE_IDS, stopping } from '../../../shared/ceremony/laptop-check.ts';
import { randomBytes } from '../../../shared/secret/random.ts';
import type { Knowledge } from './knowledge.ts';
import type { Platform } from './ports.ts';
import { refuseHost } from './refusals.ts';
import { signInWindow } from './sign-as-seated.ts';
import { documentName, type Sticks } from './sticks.ts';
import { startWorkerClient } from './worker-client.ts';

/**
 * Makes a ticket: the operator's identity is opened, a key pair is made, its private half goes
 * into an age file on the operator's stick, and the ticket is signed and laid beside it.
 */
export async function makeTicket(
  input: Input<'ticket:make'>,
  deps: { readonly platform: Platform; readonly sticks: Sticks; readonly knowledge: Knowledge },
): Promise<Output<'ticket:make'>> {
  const { platform, sticks, knowledge } = deps;
  const { mode, volumeId, identity, identityVolumeId } = input;
  // SECURITY: a ticket's key opens sync's half of the platform key, so it is made only where a real
  // ceremony could be.
  if (mode === 'production') await requireReady(platform);
  const [sync] = await knowledge.trusted(mode);
  if (sync === undefined) throw refuseHost('descriptor-not-trusted');
  const worker = await startWorkerClient(platform, () => undefined);
  try {
    await worker.ask('open', { mode });
    const turn = { name: input.operator, role: 'operator' as const, index: null };
    await worker.ask('begin-seat', { turn });
    const { name, publicKey } =
      identity === 'key'
        ? await worker.askInWindow(turn.name, 'open-key-identity', {
            listed: await knowledge.keyIdentities(mode),
          })
        : await worker.askInWindow(turn.name, 'open-identity', {
            how: identity,
            volumePath:
              identityVolumeId === null ? null : (await sticks.find(mode, identityVolumeId)).path,
            ways: mode === 'rehearsal' ? ['camera', 'file'] : ['camera'],
          });
    const ticketId = bytesToHex(randomBytes(16));
    const { recipient, record } = await worker.askInWindow(turn.name, 'make-ticket', {
      volumeId,
      rehearsalFolder: platform.rehearsalFolder,
      ticketId,
      person: turn.name,
    });
    const payloadType = ticketType.payloadType(mode);
    const payload = ticketType.encodeBody({
      mode,
      kind: 'recover',
      ticketId,
      audience: sync.body.audience,
      operator: { name, publicKey },
      recipient,
      createdAt: formatTime(platform.now()),
    });
    const message = preAuthEncoding(payloadType, payload);
    const { keyid, signatures } = await signInWindow(worker, turn.name, message);
    const envelope = withSignatures(
      { payloadType, payload, signatures: [] },
      signatures.map((sig) => ({ keyid, sig })),
    );
    const bytes = encodeEnvelope(envelope);
    const { digest } = parseTicket(bytes, mode);
    await sticks.write(mode, volumeId, new Map([[documentName('ticket', digest), bytes]]));
    return { words: eightWords(hexToBytes(digest)), description: record.description };
  } finally {
    worker.kill();
  }
}

async function requireReady(platform: Platform): Promise<void> {
  if (platform.productionRefused !== null) {
    throw refuseHost('production-refused', platform.productionRefused);
  }
  const findings = await platform.checkEnvironment('production');
  const stops = stopping('production', findings, PROBE_IDS);
  if (stops.length > 0) {
    throw refuseHost(
      'laptop-not-ready',
      stops.map(({ headline }) => headline),
    );
  }
}
