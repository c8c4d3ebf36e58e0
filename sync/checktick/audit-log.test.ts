import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { hashedText, pythonJson, type Severity } from './audit-log.ts';

interface Vector {
  readonly canonical_json_as_hashed: string;
  readonly entry_hash: string;
}
interface Hashed {
  readonly actor_email: string | null;
  readonly actor_id: number | null;
  readonly details: Record<string, string | number>;
  readonly event_type: string;
  readonly previous_hash: string;
  readonly recovery_request_id: string;
  readonly severity: Severity;
}

const file = new URL(
  '../../test/vectors/checktick/recovery_audit_hash_chain.json',
  import.meta.url,
);
const { entries } = JSON.parse(readFileSync(file, 'utf8')) as { entries: Vector[] };

it.each(entries.map((entry, index) => [index + 1, entry] as const))(
  'hashes entry %i as CheckTick did',
  (_number, vector) => {
    const parts = JSON.parse(vector.canonical_json_as_hashed) as Hashed;
    const text = hashedText(
      {
        requestId: parts.recovery_request_id,
        eventType: parts.event_type,
        severity: parts.severity,
        actor:
          parts.actor_id === null
            ? null
            : { userId: parts.actor_id, email: parts.actor_email ?? '' },
        details: parts.details,
      },
      parts.previous_hash,
    );
    expect(text).toBe(vector.canonical_json_as_hashed);
    expect(createHash('sha256').update(text).digest('hex')).toBe(vector.entry_hash);
  },
);

it('writes JSON as Python does', () => {
  expect(pythonJson({ b: [true, null, 1], a: 'é\u007f\n"\u{1f511}' })).toBe(
    '{"a": "\\u00e9\\u007f\\n\\"\\ud83d\\udd11", "b": [true, null, 1]}',
  );
});
