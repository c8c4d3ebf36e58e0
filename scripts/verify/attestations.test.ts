import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenFile } from '../../test/support/golden.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  attestedCredential,
  makeAttestedLog,
  recordOf,
  SHARE_SERIAL,
  type AttestedLog,
  type Tampering,
} from '../../test/support/attested-log.ts';
import { SOFTWARE_ROOT } from '../../test/support/software-key/fido-applet.ts';
import { Maker } from '../../test/support/software-key/fido-certificate.ts';
import type { KeyRecord } from '../../shared/ceremony/types.ts';
import { MODES } from '../../shared/mode.ts';
import { manifestType } from '../../shared/sharing/manifest.ts';
import { judgeAttestations } from '../../shared/transcript/attestations.ts';
import { NO_ANCHOR } from '../../shared/transcript/anchor.ts';
import { withholdLeaf } from '../../shared/transcript/entry.ts';
import { openLogDocuments } from '../../shared/transcript/log-documents.ts';
import { encodeLog, parseLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { judgeBy } from './judge.ts';
import { runVerify } from './program.ts';
import { builtInRoots, parseRoots } from './roots.ts';

const SOFTWARE = [new X509Certificate(Buffer.from(SOFTWARE_ROOT))];
const OPERATOR = 'YubiKey 11111111, identity of operator (operator)';
const SHARE = 'YubiKey 22222222, share 4 of custodian 4';

let folder: string;
let honest: AttestedLog;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'conclave-attestations-'));
  honest = await makeAttestedLog('production');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function verdicts({ log }: { log: CeremonyLog }, roots = SOFTWARE) {
  const lines = judgeAttestations(log, openLogDocuments(log, NO_ANCHOR), judgeBy(roots));
  return lines.map(({ who, verdict, because }) => [who, verdict, because]);
}

/** Changes one field of an attestation. */
const only =
  (
    field: 'statement' | 'authenticatorData' | 'clientDataHash',
    change: (bytes: Buffer) => Buffer,
  ) =>
  (record: KeyRecord): KeyRecord => {
    const { attestation } = record;
    if (attestation === null) throw new Error('It attests.');
    const changed = change(Buffer.from(attestation[field], 'base64')).toString('base64');
    return { ...record, attestation: { ...attestation, [field]: changed } };
  };

describe('of an honest log', () => {
  test('with the maker’s root: hardware; with another or Yubico’s alone: unknown root', () => {
    const model = 'model [0-9a-f]{32}';
    expect(verdicts(honest)).toEqual([
      [OPERATOR, 'hardware', expect.stringMatching(`^${model}, by CN=Software key maker$`)],
      [SHARE, 'hardware', expect.stringMatching(`^${model}, by CN=Software key maker$`)],
    ]);
    const others = [new X509Certificate(Buffer.from(new Maker().root))];
    for (const roots of [others, builtInRoots()]) {
      expect(verdicts(honest, [...roots]).map(([, verdict]) => verdict)).toEqual([
        'unknown-root',
        'unknown-root',
      ]);
    }
  });

  test('withheld in part: nothing is proved; without its model and number it is judged', () => {
    const without = (...paths: string[]) =>
      parseLog(
        encodeLog({
          ...honest.log,
          items: honest.log.items.map((item) =>
            'entry' in item
              ? { entry: paths.reduce((entry, one) => withholdLeaf(entry, one), item.entry) }
              : item,
          ),
        }),
      );
    const hidden = verdicts({ log: without('statement.1') });
    expect(hidden.map(([, verdict, because]) => [verdict, because])).toEqual([
      ['none', 'what it attested is withheld here'],
      ['none', 'what it attested is withheld here'],
    ]);
    const nameless = verdicts({ log: without('model', 'serial', 'firmware', 'setId') });
    expect(nameless.map(([who, verdict]) => [who, verdict])).toEqual([
      ['YubiKey (withheld), identity of operator (operator)', 'hardware'],
      ['YubiKey (withheld), share 4 of custodian 4', 'hardware'],
    ]);
  });

  test('without a judge nothing is said', () => {
    expect(verifyLog(honest.log).attestations).toBeNull();
  });
});

describe('a log whose writer lies, sealed and signed by everybody', () => {
  const LIES: readonly (readonly [string, Tampering, string, string])[] = [
    [
      'the share of another custodian',
      { attestsFor: 'custodian 1' },
      SHARE,
      'it attested something else than this share of this custodian in this ceremony',
    ],
    [
      'another credential in the roster',
      { otherCredential: true },
      OPERATOR,
      'the roster lists another credential for this identity',
    ],
    [
      'something that is no base64',
      {
        share: (record) =>
          record.attestation === null
            ? record
            : { ...record, attestation: { ...record.attestation, statement: '=' } },
      },
      SHARE,
      'what it attested is not kept in base64',
    ],
  ];
  test.each(LIES)('%s: false', async (_, tampering, who, because) => {
    const log = await makeAttestedLog('production', tampering);
    expect(verifyLog(log.log, { manifest: log.set.manifest }).standing).toBe('authenticated');
    const found = verdicts(log);
    expect(found).toContainEqual([who, 'false', because]);
    expect(found.filter(([, verdict]) => verdict === 'hardware')).toHaveLength(1);
  });

  test('an attestation of another ceremony, of a person or a share: false', async () => {
    const elsewhere = await attestedCredential(new Uint8Array(32).fill(7));
    const log = await makeAttestedLog('production', {
      share: () => recordOf(elsewhere, SHARE_SERIAL),
      identity: (record) => ({ ...record, attestation: recordOf(elsewhere, 1).attestation }),
    });
    expect(verdicts(log)).toEqual([
      [OPERATOR, 'false', 'it attested something else than this person in this ceremony'],
      [SHARE, 'false', expect.stringContaining('something else than this share')],
    ]);
  });

  test('a credential that is used for two: false at its second use', async () => {
    const log = await makeAttestedLog('production');
    const split = log.log.items.flatMap((item) => ('entry' in item ? [item.entry] : []));
    const at = split.findIndex(({ leaves }) =>
      leaves.some((leaf) => 'value' in leaf && leaf.value === 'key-attested'),
    );
    // The same entry again; its chain is of no matter to the judge.
    const again = {
      ...log.log,
      items: [...log.log.items, { entry: { ...split[at]!, n: split.length } }],
    };
    const lines = judgeAttestations(again, openLogDocuments(log.log, NO_ANCHOR), judgeBy(SOFTWARE));
    expect(lines.at(-1)).toMatchObject({
      entry: split.length,
      verdict: 'false',
      because: `it is the credential of entry ${at}`,
    });
  });

  test('a FIDO2 key that attested nothing: none', async () => {
    const log = await makeAttestedLog('production', {
      share: (record) => ({ ...record, attestation: null }),
    });
    expect(verdicts(log).at(-1)).toEqual([
      SHARE,
      'none',
      'it was registered, and no entry says what it attested',
    ]);
  });

  test('of a form that proves nothing: none', async () => {
    const log = await makeAttestedLog('production', {
      share: (record) =>
        record.attestation === null
          ? record
          : { ...record, attestation: { ...record.attestation, format: 'none' } },
    });
    expect(verdicts(log).at(-1)).toEqual([
      SHARE,
      'none',
      'it is of the form none, which proves nothing here',
    ]);
  });

  test.each(['statement', 'authenticatorData', 'clientDataHash'] as const)(
    'any one byte of the %s changed: found',
    async (field) => {
      let length = 0;
      withShareRecord(
        honest.log,
        only(field, (bytes) => {
          length = bytes.length;
          return bytes;
        }),
      );
      expect(length).toBeGreaterThanOrEqual(32);
      // Every byte of the shorter fields; of the certificate every third, for the sake of time.
      const step = field === 'statement' ? 3 : 1;
      const documents = openLogDocuments(honest.log, NO_ANCHOR);
      for (let place = 0; place < length; place += step) {
        const flip = only(field, (bytes) => {
          bytes[place] = (bytes[place] ?? 0) ^ 0x01;
          return bytes;
        });
        const log = withShareRecord(honest.log, flip);
        const lines = judgeAttestations(log, documents, judgeBy(SOFTWARE));
        expect(lines, `byte ${place}`).toHaveLength(2);
        expect(lines[0]?.verdict).toBe('hardware');
        const wanted = field === 'statement' ? ['false', 'unknown-root'] : ['false'];
        expect(wanted, `byte ${place}`).toContain(lines[1]?.verdict);
      }
    },
    120_000,
  );
});

/** The log with another attestation of the share, whose chain is of no matter to the judge. */
function withShareRecord(log: CeremonyLog, change: (record: KeyRecord) => KeyRecord): CeremonyLog {
  const items = log.items.map((item) => {
    if (!('entry' in item)) return item;
    const value = (wanted: string) => {
      const leaf = item.entry.leaves.find(({ path: one }) => one === wanted);
      return leaf !== undefined && 'value' in leaf ? String(leaf.value) : '';
    };
    if (value('kind') !== 'key-attested') return item;
    const { attestation } = change({
      serial: null,
      model: '',
      firmware: '',
      isBackup: false,
      slot: null,
      attestation: {
        format: value('format'),
        statement: value('statement.1') + value('statement.2'),
        authenticatorData: value('authenticatorData'),
        clientDataHash: value('clientDataHash'),
      },
    });
    const changed: Record<string, string | undefined> = {
      'statement.1': attestation?.statement,
      authenticatorData: attestation?.authenticatorData,
      clientDataHash: attestation?.clientDataHash,
    };
    const leaves = item.entry.leaves.map((leaf) =>
      'value' in leaf ? { ...leaf, value: changed[leaf.path] ?? leaf.value } : leaf,
    );
    return { entry: { ...item.entry, leaves } };
  });
  return { ...log, items };
}

describe.each(MODES)('the golden log, %s', (mode) => {
  const read = (name: string) => goldenFile(mode, `log-attested${name}`);

  test('its attestations are hardware by the maker’s root, and only by that', () => {
    const bytes = read('.jsonl');
    const log = parseLog(bytes);
    expect(encodeLog(log)).toEqual(bytes);
    const wanted = JSON.parse(new TextDecoder().decode(read('-expected.json'))) as {
      head: string;
      words: string;
      attestations: unknown;
    };
    const maker = parseRoots(new TextDecoder().decode(read('-root.pem')));
    const verified = verifyLog(log, { words: wanted.words }, judgeBy(maker));
    expect(verified.standing).toBe('authenticated');
    expect(verified.digest).toBe(wanted.head);
    expect(verified.attestations).toEqual(wanted.attestations);
    expect(verified.attestations?.map(({ verdict }) => verdict)).toEqual(['hardware', 'hardware']);
    expect(verdicts({ log }).map(([, verdict]) => verdict)).toEqual([
      'unknown-root',
      'unknown-root',
    ]);
  });
});

describe('the auditor’s command', () => {
  function put(name: string, content: Uint8Array | string): string {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  }
  function run(...args: string[]) {
    let out = '';
    let err = '';
    const code = runVerify(args, { out: (text) => (out += text), err: (text) => (err += text) });
    return { code, out, err };
  }

  test('names the roots by --fido-roots; without it Yubico’s are used', () => {
    const log = put('log.jsonl', honest.bytes);
    const manifest = ['--manifest', put('set.json', manifestType.toBytes(honest.set.manifest))];
    const roots = put('roots.pem', `The maker of tests:\n${String(SOFTWARE[0])}\n`);
    const proved = run(log, ...manifest, '--fido-roots', roots);
    expect(proved).toMatchObject({ code: 0, err: '' });
    expect(proved.out).toMatch(
      /What proves that the YubiKeys are hardware\n {2}- entry \d+, YubiKey 11111111, identity of operator \(operator\): hardware \(model .*\n {2}- entry \d+, YubiKey 22222222, share 4 of custodian 4: hardware \(model/,
    );
    const unproved = run(log, ...manifest);
    expect(unproved.code).toBe(0);
    expect(unproved.out).toContain('unknown root, hardware not proved (model');
    const json = JSON.parse(run(log, ...manifest, '--json').out) as { attestations: unknown };
    expect(json.attestations).toMatchObject([
      { who: OPERATOR, verdict: 'unknown-root' },
      { who: SHARE, verdict: 'unknown-root' },
    ]);
  });

  test('a false one is said, whoever signed the log: 2', async () => {
    const { bytes, set } = await makeAttestedLog('production', { attestsFor: 'custodian 2' });
    const manifest = put('false-set.json', manifestType.toBytes(set.manifest));
    const { code, out } = run(put('false.jsonl', bytes), '--manifest', manifest);
    expect(code).toBe(2);
    expect(out).toContain('Ceremony log: AUTHENTICATED');
    expect(out).toContain('share 4 of custodian 4: FALSE (it attested something else');
    expect(out).toContain('A FALSE ATTESTATION');
  });

  test.each([
    ['nothing', 'no roots here', 'it holds no certificate'],
    [
      'damage',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'certificate 1 of 1 is damaged',
    ],
    [
      'no authority',
      String(new X509Certificate(new Maker().attests(new Uint8Array(16)).certificate)),
      'certificate 1 of 1 may not issue certificates',
    ],
  ])('roots with %s are refused: 2', (_, pem, why) => {
    const { code, err } = run(put('log.jsonl', honest.bytes), '--fido-roots', put('bad.pem', pem));
    expect(code).toBe(2);
    expect(err).toContain(`The file of root certificates cannot be used: ${why}.`);
  });
});
