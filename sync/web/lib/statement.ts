/**
 * Approving exactly what is on the screen.
 * @module
 */
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { approvalSchema, approvalType } from '../../../shared/bundle/approval.ts';
import { bytesToHex } from '../../../shared/encoding/bytes.ts';
import type { ApprovedAnswer, StatementAnswer } from '../../routes/answers.ts';
import { call } from './api.ts';
import { askPasskey } from './passkey.ts';

/** SHA-256 of the statement's own bytes, made here from what the page shows. */
async function digestOf(statement: StatementAnswer['statement']): Promise<Uint8Array> {
  const bytes = Uint8Array.from(approvalType.encodeBody(approvalSchema.parse(statement)));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Asks the passkey and brings its answer. */
export async function approve(open: StatementAnswer): Promise<ApprovedAnswer> {
  const digest = await digestOf(open.statement);
  const options = open.passkey as unknown as PublicKeyCredentialRequestOptionsJSON | null;
  if (options === null) {
    throw new Error(
      'You have no passkey here. Approve on the command line with your identity file.',
    );
  }
  // SECURITY: the key signs what is on this screen, and nothing that only claims to be it.
  if (bytesToHex(digest) !== open.digest || base64url(digest) !== options.challenge) {
    throw new Error(
      'What your key would sign is not what is shown here. Do not approve; tell the operator.',
    );
  }
  return call('POST', `/v1/statements/${open.id}/approve`, {
    proof: { kind: 'passkey', response: await askPasskey(options) },
  });
}
