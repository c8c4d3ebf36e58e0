/**
 * People, packages and plans for the pure machines.
 * @module
 */
import type { OrganisationMoved } from '../../shared/bundle/organisation.ts';
import type { RecoverFacts } from '../../shared/bundle/package.ts';
import type { HostEvent } from '../../shared/ceremony/events.ts';
import type { Plan } from '../../shared/plan/set-plan.ts';
import type { RosterPlan } from '../../shared/plan/roster-plan.ts';
import type {
  DrillPackageFacts,
  MovePackageFacts,
  VersionChangePackageFacts,
  OrganisationPackageFacts,
  RecoverPackageFacts,
  RefreshPackageFacts,
  RosterPackageFacts,
  RotatePackageFacts,
} from '../../shared/ceremony/package-facts.ts';
import { CEREMONY_POINTS } from '../../shared/ceremony/laptop-check.ts';
import type { AskedEmail } from '../../shared/ceremony/recover/found-email.ts';
import type { IdentityCredential } from '../../shared/identity/key-identity.ts';
import type { Finding, KeyRecord } from '../../shared/ceremony/types.ts';
import { bytesToHex, utf8ToBytes } from '../../shared/encoding/bytes.ts';

export const DESCRIPTOR = 'd1'.repeat(32);

export const NOW = '2026-05-03T09:30:00Z';

export const PLAN: Plan = {
  label: '2026 A',
  threshold: 3,
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'usb' },
    { name: 'custodian 3', medium: 'paper' },
    { name: 'custodian 4', medium: 'usb' },
  ],
  operator: { name: 'operator', medium: 'usb' },
  witness: { name: 'witness', medium: 'paper' },
  page: 'A4',
};

/** One of each medium. */
export const KEY_PLAN: Plan = {
  ...PLAN,
  custodians: [
    { name: 'custodian 1', medium: 'paper' },
    { name: 'custodian 2', medium: 'usb' },
    { name: 'custodian 3', medium: 'yubikey-otp' },
    { name: 'custodian 4', medium: 'yubikey-fido2' },
  ],
};

const KEY = { model: 'YubiKey 5 NFC', firmware: '5.7.1', isBackup: false } as const;
export const OTP_KEY: KeyRecord = {
  ...KEY,
  serial: 12_345_678,
  slot: { slot: 2, touch: true, programmed: true, verifier: 'cd'.repeat(32) },
  attestation: null,
};
/** Of an identity on the same key. */
export const CREDENTIAL: IdentityCredential = {
  id: 'c1'.repeat(64),
  publicKey: `02${'ab'.repeat(32)}`,
  serial: 23_456_789,
};

export const FIDO_KEY: KeyRecord = {
  ...KEY,
  serial: 23_456_789,
  slot: null,
  attestation: {
    format: 'packed',
    statement: 'A'.repeat(5000),
    authenticatorData: 'BBBB',
    clientDataHash: 'CCCC',
  },
};

/** A laptop on which everything was looked at and passed. */
export const READY: readonly Finding[] = CEREMONY_POINTS.map((id) => ({
  id,
  status: 'pass',
  headline: `Good: ${id}`,
  detail: '',
  stopsProduction: true,
  fix: '',
}));

const FACTS: RecoverFacts = {
  requestCode: 'ABC-123-XYZ',
  requestId: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
  userId: 7,
  userName: 'account 7',
  surveyId: 31,
  surveyName: 'Ward survey',
  keyVersion: 'v1',
};

/** The personal key of a person of the plan: 32 bytes. */
export function keyOf(name: string): string {
  return bytesToHex(utf8ToBytes(name)).padEnd(64, '0');
}

/** Where the roster in force tells a custodian. */
export const mailOf = (name: string): string => `${name.replace(' ', '.')}@hospital.example`;

/** What a faultless worker finds of the address. */
export const MATCHING_EMAIL: AskedEmail = {
  standing: 'opened',
  escrowed: 'user.seven@example.org',
  account: 'user.seven@example.org',
  stated: 'User.Seven@example.org',
};

export const PACKAGE_FACTS: RecoverPackageFacts = {
  ticketId: '11'.repeat(16),
  facts: FACTS,
  organisation: null,
  escrowedEmail: 'sealed',
  escrow: null,
  vaultPath: 'users/7/surveys/31/recovery-kek',
  setLabel: '2026 A',
  setId: '22'.repeat(16),
  threshold: 3,
  count: 4,
  onKeys: [],
  remembers: true,
  manifestDigest: '33'.repeat(32),
  custodians: PLAN.custodians.map(({ name, medium }, at) => ({
    spare: { backup: false, copy: false },
    index: at + 1,
    name,
    publicKey: keyOf(name),
    media: [medium],
    keyOn: [],
    sheets: [],
  })),
  operators: [{ name: 'operator', publicKey: keyOf('operator') }],
  witnesses: [{ name: 'witness', publicKey: keyOf('witness') }],
};

/** Of the set in force, as every package brings it. */
const SET_FACTS = {
  setLabel: PACKAGE_FACTS.setLabel,
  setId: PACKAGE_FACTS.setId,
  threshold: PACKAGE_FACTS.threshold,
  count: PACKAGE_FACTS.count,
  manifestDigest: PACKAGE_FACTS.manifestDigest,
  custodians: PACKAGE_FACTS.custodians,
  remembers: PACKAGE_FACTS.remembers,
  onKeys: PACKAGE_FACTS.onKeys,
  operators: PACKAGE_FACTS.operators,
  witnesses: PACKAGE_FACTS.witnesses,
};

/** Of a package for a survey that a team keeps. */
export const MEMBER_FACTS: RecoverPackageFacts = {
  ...PACKAGE_FACTS,
  organisation: { organisationId: 4, teamId: 9 },
  escrowedEmail: null,
  vaultPath: 'surveys/31/kek',
};

/** Of a package that asks for two new admins. */
export const ROSTER_FACTS: RosterPackageFacts = {
  ...SET_FACTS,
  serial: 1,
  rosterDigest: '34'.repeat(32),
  people: [
    ...PLAN.custodians.map(({ name }) => ({
      name,
      publicKey: keyOf(name),
      roles: ['custodian' as const],
      mail: mailOf(name),
    })),
    { name: 'operator', publicKey: keyOf('operator'), roles: ['operator'] },
    { name: 'witness', publicKey: keyOf('witness'), roles: ['witness'] },
  ],
  replacesAdmins: true,
};

/** Of a set that the people of the plan are to replace. A second witness is in its roster. */
const ROTATED = {
  setLabel: '2024 A',
  setId: PACKAGE_FACTS.setId,
  threshold: PACKAGE_FACTS.threshold,
  count: PACKAGE_FACTS.count,
  manifestDigest: PACKAGE_FACTS.manifestDigest,
  custodians: PACKAGE_FACTS.custodians,
  onKeys: PACKAGE_FACTS.onKeys,
  remembers: PACKAGE_FACTS.remembers,
  operators: PACKAGE_FACTS.operators,
  witnesses: PACKAGE_FACTS.witnesses,
  keyVersion: 'v1',
  joined: [],
  lasting: [],
  otherLabels: ['2023 B'],
  serial: 4,
  rosterDigest: ROSTER_FACTS.rosterDigest,
  people: [
    ...ROSTER_FACTS.people,
    { name: 'witness 2', publicKey: keyOf('witness 2'), roles: ['witness'] },
    { name: 'custodian 9', publicKey: keyOf('custodian 9'), roles: ['custodian'] },
  ],
} satisfies Partial<RotatePackageFacts>;

export const ROTATE_FACTS: RotatePackageFacts = {
  ...ROTATED,
  kind: 'rotate-shares',
  ticketId: '31'.repeat(16),
  nextVersion: null,
  compared: 'same',
};

const LASTING = [...PACKAGE_FACTS.custodians.map(({ name }) => name), 'custodian 9'];

/** The same people: version v2 is to come beside v1, whose set stays in use. */
export const VERSION_FACTS: RotatePackageFacts = {
  ...ROTATED,
  kind: 'new-version',
  ticketId: '31'.repeat(16),
  nextVersion: 'v2',
  lasting: LASTING,
};

/** Another set of v1, of the people of the plan: a third one is there already, of custodian 9 and others. */
export const ADD_SET_FACTS: RotatePackageFacts = {
  ...ROTATED,
  kind: 'add-set',
  ticketId: null,
  nextVersion: null,
  joined: [
    {
      label: '2025 C',
      threshold: 2,
      count: 2,
      custodians: ['custodian 3', 'custodian 9'],
      manifestDigest: '9c'.repeat(32),
    },
  ],
  otherLabels: ['2023 B', '2025 C'],
  lasting: LASTING,
};

/** The operator leaves, another one comes; custodian 2 gets a new identity; two admins. */
export const ROSTER_PLAN: RosterPlan = {
  people: [
    ...PLAN.custodians.map(({ name }) => ({
      name,
      roles: ['custodian' as const],
      medium: name === 'custodian 2' ? ('usb' as const) : null,
    })),
    { name: 'operator 2', roles: ['operator'], medium: 'usb' },
    { name: 'witness', roles: ['witness'], medium: null },
  ],
  admins: [
    { name: 'operator 2', userId: 12, roles: ['operator', 'approver'], medium: 'usb' },
    { name: 'admin 2', userId: 13, roles: ['approver'], medium: 'paper' },
  ],
  page: 'A4',
};

export function shareKey(index: number): string {
  return `5${index}`.repeat(32);
}

/** Version v1: Vault and its row hold the same, and one survey key is stored under it. */
export const ADOPT_FACTS: NonNullable<Extract<HostEvent, { type: 'package-loaded' }>['adopt']> = {
  ticketId: '21'.repeat(16),
  found: {
    vault: 'there',
    forms: [],
    versions: [
      {
        version: 'v1',
        state: 'active',
        compared: 'same',
        escrows: 12,
        proof: { userId: 7, surveyId: 31 },
      },
    ],
  },
};

export const DRILL_FACTS: DrillPackageFacts = {
  ...SET_FACTS,
  keyVersion: 'v1',
  generation: 1,
  full: null,
};

export const REFRESH_FACTS: RefreshPackageFacts = { ...DRILL_FACTS, next: 2, policy: null };

/** Version v2 is to be put to use: its set is another one, of some of the same people. */
export const ACTIVATE_FACTS: VersionChangePackageFacts = {
  ...SET_FACTS,
  change: 'activate',
  keyVersion: 'v1',
  version: 'v2',
  other: {
    label: '2028 B',
    threshold: 2,
    count: 3,
    custodians: ['custodian 1', 'custodian 3', 'custodian 9'],
    manifestDigest: '9b'.repeat(32),
  },
  further: [],
  stored: { active: 12, other: 0 },
};

/** Version v0, which nothing is stored under, is to end. */
export const RETIRE_FACTS: VersionChangePackageFacts = {
  ...ACTIVATE_FACTS,
  change: 'retire',
  version: 'v0',
  other: { ...ACTIVATE_FACTS.other, label: '2024 Z', manifestDigest: '9a'.repeat(32) },
  further: [{ ...ACTIVATE_FACTS.other, label: '2025 Y', manifestDigest: '99'.repeat(32) }],
};

/** Three files of survey keys of v1 move to v2. */
export const MOVE_FACTS: MovePackageFacts = {
  ...SET_FACTS,
  ticketId: PACKAGE_FACTS.ticketId,
  keyVersion: 'v1',
  movesTo: 'v2',
  other: ACTIVATE_FACTS.other,
  further: [],
  stored: { checktick: 1_100, sealed: 100 },
  handsOver: false,
  files: 3,
};

/** What becomes of the survey keys of each file. */
export const MOVED_COUNTS = {
  moved: 398,
  notCompared: 3,
  stays: { 'not-opened': 1, 'not-the-surveys': 0, 'sealed-without-hash': 1 },
};

/** Two surveys to be helped, one that stays as it is. */
export const OWNER_FACTS: OrganisationPackageFacts = {
  ...SET_FACTS,
  ticketId: PACKAGE_FACTS.ticketId,
  facts: {
    requestCode: 'ORG-204-NEW',
    requestId: '9b2f6ad1-6d0e-4a1b-9a53-0e7f3c0a5d11',
    organisationId: 4,
    organisationName: 'Organisation 4',
    owner: 'owner 1',
    keyVersion: 'v1',
  },
  surveys: [
    {
      surveyId: 31,
      teamId: 9,
      surveyName: 'Survey 31',
      userId: 7,
      escrow: { kind: 'checktick', digest: '12'.repeat(32) },
      keyHash: 'sealed',
      entry: '13'.repeat(32),
    },
    {
      surveyId: 32,
      teamId: null,
      surveyName: 'Survey 32',
      userId: 8,
      escrow: { kind: 'sealed', digest: '14'.repeat(32) },
      keyHash: 'sealed',
      entry: null,
    },
  ],
  left: [{ surveyId: 40, teamId: 9, surveyName: 'Survey 40', why: 'no-escrow' }],
  further: 0,
  continues: null,
};

export const WRAPPED: Pick<OrganisationMoved, 'moved' | 'unopened'> = {
  moved: [{ surveyId: 31, teamId: 9, userId: 7, surveyKey: 'fits', entry: '15'.repeat(32) }],
  unopened: [{ surveyId: 32, teamId: null, why: 'not-the-surveys' }],
};
