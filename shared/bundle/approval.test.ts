import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeApproval } from '../../test/support/documents.ts';
import { makePerson } from '../../test/support/people.ts';
import { notRefused } from '../../test/support/tamper.ts';
import { payloadDigest, preAuthEncoding, signEnvelope } from '../encoding/dsse.ts';
import { sealType } from '../transcript/seal.ts';
import {
  APPROVAL_ACTIONS,
  approvalType,
  asOneLine,
  parseStatement,
  statementMessage,
  statementSignedBy,
} from './approval.ts';

const refused = (code: string) => expect.objectContaining({ code }) as Error;

describe('the statement of an approval', () => {
  test('comes back as it was, whatever it says', () => {
    const line = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .map((text) => asOneLine(text, 100));
    fc.assert(
      fc.property(
        fc.record({
          action: fc.constantFrom(...APPROVAL_ACTIONS),
          subject: line,
          sentence: line,
          facts: fc.array(fc.tuple(line, line), { maxLength: 5 }),
          reason: line,
          delayHours: fc.option(fc.nat(8_760)),
        }),
        (change) => {
          const body = makeApproval('production', change);
          const bytes = approvalType.encodeBody(body);
          expect(parseStatement(bytes, 'production')).toEqual(body);
          expect(() => parseStatement(bytes, 'rehearsal')).toThrow(refused('document-other-mode'));
        },
      ),
    );
  });

  test('every changed byte is refused or is another statement with another digest', async () => {
    const { signer } = makePerson('production', 'approver 1', []);
    const body = makeApproval('production');
    const document = await approvalType.sign(body, [signer]);
    const { payload } = document.envelope;
    const [made] = document.envelope.signatures;
    const signature = made?.sig ?? new Uint8Array();
    expect(statementSignedBy(payload, 'production', signature, signer.keyid)).toBe(true);
    expect(
      notRefused(
        approvalType.toBytes(document),
        (bytes) => {
          const { envelope } = approvalType.parse(bytes, 'production');
          const [found] = envelope.signatures;
          if (found === undefined || found.keyid !== signer.keyid)
            approvalType.parse(new Uint8Array(), 'production');
          const good = statementSignedBy(
            envelope.payload,
            'production',
            found?.sig ?? new Uint8Array(),
            signer.keyid,
          );
          if (!good) approvalType.parse(new Uint8Array(), 'production');
        },
        { sample: 1 },
      ),
    ).toEqual([]);
    const digest = payloadDigest(payload);
    const same = notRefused(
      payload,
      (bytes) => {
        parseStatement(bytes, 'production');
        const other = statementSignedBy(bytes, 'production', signature, signer.keyid);
        if (payloadDigest(bytes) !== digest && !other)
          parseStatement(new Uint8Array(), 'production');
      },
      { sample: 2 },
    );
    expect(same).toEqual([]);
  });

  test('a signature for another type of document, or another mode, is none of it', async () => {
    const { signer } = makePerson('production', 'approver 1', []);
    const payload = approvalType.encodeBody(makeApproval('production'));
    const seal = await signEnvelope(sealType.payloadType('production'), payload, [signer]);
    const sealed = seal.signatures[0]?.sig ?? new Uint8Array();
    expect(statementSignedBy(payload, 'production', sealed, signer.keyid)).toBe(false);
    const practised = await signer.sign(statementMessage(payload, 'rehearsal'));
    expect(statementSignedBy(payload, 'production', practised, signer.keyid)).toBe(false);
    const bare = await signer.sign(payload);
    expect(statementSignedBy(payload, 'production', bare, signer.keyid)).toBe(false);
    expect(statementMessage(payload, 'production')).toEqual(
      preAuthEncoding('application/vnd.conclave.approval.v1.production+json', payload),
    );
  });

  test.each([
    ['a line break in the sentence', { sentence: 'Recover\nDelay: 0 hours' }],
    ['reversed writing in a fact', { facts: [['survey', 'x\u202Ey']] }],
    ['spaces for a reason', { reason: '  ' }],
    ['a reason with an end', { reason: 'seen ' }],
    ['a reason of 501 characters', { reason: 'x'.repeat(501) }],
    ['a field more', { more: 1 }],
    ['version 2', { version: 2 }],
    ['another type', { type: 'conclave-refusal' }],
    ['an unknown action', { action: 'bundle-commit' }],
    ['half a character', { subject: '\uD800' }],
  ])('%s is refused', (_, change) => {
    const body = { ...makeApproval('production'), ...change };
    expect(() => approvalType.encodeBody(body as never)).toThrow();
  });

  test('foreign text becomes one visible line', () => {
    expect(asOneLine('Clinic\n  delay: 0 hours\u202E')).toBe('Clinic\uFFFD  delay: 0 hours\uFFFD');
    expect(asOneLine(' \u200B')).toBe('\uFFFD');
    expect(asOneLine('x'.repeat(298) + '\u{1F600}\u{1F600}')).toBe(`${'x'.repeat(298)}\uFFFD…`);
    expect(asOneLine('   ')).toBe('(empty)');
    expect(asOneLine('x'.repeat(400)).length).toBeLessThanOrEqual(300);
  });
});
