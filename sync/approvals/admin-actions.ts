/**
 * Inviting, confirming and disabling admins, each with a signed statement: one invites, a second
 * confirms, two disable. On the server's console one is enough to disable.
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ApprovalAction, asOneLine } from '../../shared/bundle/approval.ts';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import { encodeJson } from '../../shared/encoding/json.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import {
  type Admin,
  type AdminEntry,
  disableAdminIn,
  findAdmin,
  listAdmins,
  ROLES,
} from '../admins/admins.ts';
import { refuseAdmin } from '../admins/refusals.ts';
import { columns } from '../database/columns.ts';
import type { Queryable } from '../database/database.ts';
import { readInstallation } from '../database/settings.ts';
import { refuseFlow } from '../trust/refusals.ts';
import {
  checkConfirmation,
  checkInvitation,
  confirmAdmin,
  inviteAdmin,
} from '../people/invitations.ts';
import type { Approvable } from './approvable.ts';
import {
  type Approval,
  approvalsOf,
  approvalsOfAll,
  isOneOf,
  twoDifferentApprovers,
  verifiedApprovals,
} from './approvals.ts';

function subjectOf(action: ApprovalAction, facts: object): Uint8Array {
  return createHash('sha256')
    .update(encodeJson({ type: action, ...facts }))
    .digest();
}

const invitation = z
  .string()
  .regex(/^\d{1,9}:[a-z]+(?:,[a-z]+)*:.{1,100}$/u)
  .transform((text) => {
    const [userId = '', roles = '', ...name] = text.split(':');
    return { userId: Number(userId), roles: roles.split(','), name: name.join(':') };
  })
  .pipe(
    z.object({
      userId: z.int().min(1),
      roles: z.array(z.enum(ROLES)).min(1),
      name: z.string().refine((text) => text === asOneLine(text, 100)),
    }),
  );

/** The subject of an invitation: `12:operator,auditor:Name`, with the number of CheckTick's user. */
function invited(subject: string): AdminEntry {
  const parsed = invitation.safeParse(subject);
  if (!parsed.success) throw refuseAdmin('admin-unknown', asOneLine(subject, 100));
  return parsed.data;
}

const many = z.object({ many: columns.integer });

async function adminById(on: Queryable, id: string): Promise<Admin> {
  const found = z.uuid().safeParse(id).success ? await findAdmin(on, id) : undefined;
  if (found === undefined) throw refuseAdmin('admin-unknown', asOneLine(id, 100));
  return found;
}

function aboutPerson({ name, userId, roles }: AdminEntry) {
  return [
    ['name', asOneLine(name)],
    ['CheckTick user', String(userId)],
    ['roles', roles.join(', ')],
  ] as const;
}

export const inviting: Approvable = {
  action: 'admin-invite',
  roles: ['approver'],
  async show(tx, _context, { admin, subject }) {
    const entry = invited(subject);
    await checkInvitation(tx, admin, entry);
    // Whoever was an admin before and is invited anew: another approval, not the one of then.
    const { many: earlier } = await tx.one(
      many,
      'SELECT count(*)::int AS many FROM conclave.admins WHERE user_id = $1',
      [entry.userId],
    );
    return {
      subject,
      subjectDigest: subjectOf('admin-invite', { ...entry, earlier }),
      sentence: `Invite ${asOneLine(entry.name)} to become an admin of this sync.`,
      facts: [...aboutPerson(entry), ['after this', 'another admin must confirm']],
    };
  },
  async apply(tx, _context, { admin, subject }) {
    await inviteAdmin(tx, admin, invited(subject));
  },
};

export const confirming: Approvable = {
  action: 'admin-confirm',
  roles: ['approver'],
  async show(tx, _context, { admin, subject }) {
    const { id } = await adminById(tx, subject);
    const { admin: person, inviter } = await checkConfirmation(tx, admin, id);
    const { name, userId, roles } = person;
    return {
      subject: id,
      subjectDigest: subjectOf('admin-confirm', { id, name, userId, roles }),
      sentence: `Confirm that ${asOneLine(name)} becomes an admin of this sync.`,
      facts: [
        ...aboutPerson(person),
        ['invited by', asOneLine(inviter.name)],
        ['after this', 'the person registers a key with your link and the other admin’s code'],
      ],
    };
  },
  async apply(tx, _context, { admin, shown }) {
    await confirmAdmin(tx, admin, shown.subject);
  },
};

const aboutDisabling = ({ id }: Pick<Admin, 'id'>) =>
  ({ subject: subjectOf('admin-disable', { id }), kind: 'admin-disable' }) as const;

/** Who has signed that these admins be disabled, by their ids; one signature changes nothing. */
export async function dismissalsOf(
  on: Queryable,
  people: readonly Pick<Admin, 'id'>[],
): Promise<ReadonlyMap<string, Approval[]>> {
  const subjects = people.map((person) => bytesToHex(aboutDisabling(person).subject));
  const signed = await approvalsOfAll(on, 'admin-disable', subjects);
  return new Map(people.map(({ id }, at) => [id, signed.get(subjects[at] ?? '') ?? []]));
}

/** Admins whom one approver has signed to disable, and since when they wait for the second. */
export async function openDismissals(
  on: Queryable,
): Promise<{ readonly name: string; readonly since: Date }[]> {
  const present = (await listAdmins(on)).filter(({ state }) => state !== 'disabled');
  const signed = await dismissalsOf(on, present);
  return present.flatMap(({ id, name }) => {
    const last = signed.get(id)?.at(-1);
    return last === undefined ? [] : [{ name, since: last.at }];
  });
}

export const disabling: Approvable = {
  action: 'admin-disable',
  roles: ['approver'],
  async show(tx, _context, { admin, subject }) {
    const { id } = await adminById(tx, subject);
    await tx.run('SELECT 1 FROM conclave.admins WHERE id = $1 FOR UPDATE', [id]);
    const person = await adminById(tx, id);
    if (person.disabledAt !== null) throw refuseAdmin('admin-unknown', person.name);
    const self = { adminId: person.id, userId: person.userId };
    if (isOneOf({ adminId: admin.id, userId: admin.userId }, [self])) {
      throw refuseFlow('own-approval');
    }
    const before = await approvalsOf(tx, aboutDisabling(person));
    if (isOneOf({ adminId: admin.id, userId: admin.userId }, before)) {
      throw refuseFlow('approved-already');
    }
    return {
      subject: id,
      subjectDigest: aboutDisabling(person).subject,
      sentence: `Disable the admin ${asOneLine(person.name)} for ever.`,
      facts: [
        ...aboutPerson(person),
        ...before.map(
          (one) =>
            [
              'first approval',
              `${asOneLine(one.adminName)} at ${formatTime(one.at)}: ${asOneLine(one.reason, 600)}`,
            ] as const,
        ),
        ['after this', before.length === 0 ? 'one more approver is needed' : 'it is done at once'],
      ],
    };
  },
  async apply(tx, context, { admin, shown }) {
    const person = await adminById(tx, shown.subject);
    const installation = await readInstallation(tx);
    const judging = { context, situation: { installation } };
    const approvals = await verifiedApprovals(tx, judging, aboutDisabling(person));
    const self = { adminId: person.id, userId: person.userId };
    if (twoDifferentApprovers(approvals, { notAlso: [self] }) === undefined) return;
    await disableAdminIn(tx, person, admin);
  },
};
