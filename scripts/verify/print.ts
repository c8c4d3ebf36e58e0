/**
 * A verification in plain words.
 * @module
 */
import type { PlanInLog } from '../../shared/plan/in-log.ts';
import type { RefusalNote } from '../../shared/refusal.ts';
import type { SignerLine, Verification } from '../../shared/transcript/verification.ts';

/** SECURITY: what a file says must not steer the terminal that shows it. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}

const NAMES = { 'ceremony-log': 'Ceremony log', bundle: 'Bundle', receipt: 'Receipt' } as const;

export function printVerification(
  result: Verification & { readonly plan: PlanInLog | null },
): string {
  const standing =
    result.standing === 'authenticated' ? 'AUTHENTICATED' : 'SELF-CONSISTENT, NOT AUTHENTICATED';
  const lines = [`${NAMES[result.file]}: ${standing}`];
  if (result.mode === 'rehearsal') {
    lines.push('REHEARSAL: this was made to practise. It says nothing about any real key.');
  }
  lines.push(result.because, '');
  lines.push('What happened', ...story(result), '');
  lines.push('Who signed');
  const known = result.signers.filter(({ vouched }) => vouched);
  const claimed = result.signers.filter(({ vouched }) => !vouched);
  lines.push(...known.map(signer));
  if (claimed.length > 0) {
    lines.push('  Named by the file only, nobody vouches for these names:', ...claimed.map(signer));
  }
  if (result.signers.length === 0) lines.push('  nobody');
  lines.push(...attested(result));
  if (result.envelopes !== null && result.envelopes.length > 0) {
    lines.push('', 'Envelopes of YubiKeys that were used', ...bulleted(result.envelopes));
  }
  if (result.plan !== null) {
    const { fits, digest, sentences } = result.plan;
    const verdict = fits ? 'it is the one of this ceremony' : 'IT IS NOT THE ONE OF THIS CEREMONY';
    lines.push('', `The plan ${digest}: ${verdict}`, ...bulleted(sentences));
  }
  lines.push('', 'What is missing');
  lines.push(...(result.missing.length === 0 ? ['  nothing'] : bulleted(result.missing)));
  if (result.withheld.length > 0) {
    lines.push('', 'Withheld on purpose (the chain still fits)', ...bulleted(result.withheld));
  }
  const what = result.file === 'ceremony-log' ? 'Head of the chain' : 'SHA-256 of the document';
  lines.push('', `${what}: ${result.digest}`);
  return `${lines.map(printable).join('\n')}\n`;
}

/** The facts, with a line where the signatures of a quorum end, and where all signatures end. */
function story({ file, facts, quorumEntries, notSealed }: Verification): string[] {
  if (file !== 'ceremony-log') return bulleted(facts);
  const width = String(facts.length - 1).length;
  return facts.flatMap((text, at) => [
    ...(at === quorumEntries
      ? ['  --- from here on: not signed by a quorum of share keys ---']
      : []),
    ...(at === notSealed[0] ? ['  --- from here on: signed by nobody ---'] : []),
    `  ${String(at).padStart(width)}  ${text}`,
  ]);
}

const VERDICTS = {
  hardware: 'hardware',
  'unknown-root': 'unknown root, hardware not proved',
  none: 'none, hardware not proved',
  false: 'FALSE',
} as const;

function attested({ attestations }: Verification): string[] {
  if (attestations === null || attestations.length === 0) return [];
  const lines = attestations.map(
    ({ entry, who, verdict, because }) =>
      `entry ${entry}, ${who}: ${VERDICTS[verdict]} (${because}).`,
  );
  const isFalse = attestations.some(({ verdict }) => verdict === 'false');
  return [
    '',
    'What proves that the YubiKeys are hardware',
    ...bulleted(lines),
    ...(isFalse
      ? [
          '  A FALSE ATTESTATION: the key, or the laptop that wrote it down, said what is not so.',
          '  No honest Conclave writes one. Do not rely on this key; keep the file as evidence.',
        ]
      : []),
  ];
}

function bulleted(lines: readonly string[]): string[] {
  return lines.map((line) => `  - ${line}`);
}

function signer({ who, entries, keyid }: SignerLine): string {
  const covered = entries === null ? '' : `, the first ${entries} entries`;
  return `  - ${who}${covered} (key ${keyid.slice(0, 16)}…)`;
}

export function printRefusal(note: RefusalNote): string {
  const lines = ['NOT VERIFIED', note.happened, note.means, note.next, `(${note.code})`];
  return `${lines.map(printable).join('\n')}\n`;
}
