/**
 * Machines sign in with a certificate (mutual TLS): signed by the authority of
 * `CONCLAVE_CLIENT_CA`, and registered here by its fingerprint.
 * @module
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  type Admin,
  ADMIN_COLUMNS,
  type AdminEntry,
  adminRow,
  insertAdmin,
} from '../admins/admins.ts';
import type { Queryable } from '../database/database.ts';
import { appendEvent } from '../database/documents.ts';
import { addAuthenticator, type Authenticator, fingerprint } from './authenticators.ts';
import { refusePeople } from './refusals.ts';

/** @throws Refusal `certificate-unfit` */
export function readCertificate(pem: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw refusePeople('certificate-unfit', 'it is not a certificate');
  }
  if (certificate.ca) throw refusePeople('certificate-unfit', 'it is that of an authority');
  if (!isCurrent(certificate)) throw refusePeople('certificate-unfit', 'it is not valid today');
  return certificate;
}

/**
 * Makes a machine with its certificate, active at once; from the console only.
 * @throws Refusal `machine-approver`, `admin-exists`, `admin-no-such-user`, `key-known`
 */
export async function addMachine(
  tx: Queryable,
  entry: AdminEntry,
  certificate: X509Certificate,
): Promise<Admin> {
  if (entry.roles.includes('approver')) throw refusePeople('machine-approver');
  const admin = await insertAdmin(tx, { ...entry, kind: 'machine', state: 'active' });
  await appendEvent(tx, {
    type: 'machine-added',
    adminId: admin.id,
    facts: { name: admin.name, userId: admin.userId, roles: admin.roles },
  });
  await addCertificate(tx, admin, certificate);
  return admin;
}

/** One more certificate of a machine, before the old one ends. @throws Refusal `key-known` */
export async function addCertificate(
  tx: Queryable,
  machine: Pick<Admin, 'id'>,
  certificate: X509Certificate,
): Promise<Authenticator> {
  return addAuthenticator(tx, machine, {
    id: fingerprint(certificate.raw),
    kind: 'certificate',
    publicKey: new Uint8Array(),
    label: `valid until ${new Date(certificate.validTo).toISOString().slice(0, 10)}`,
  });
}

/**
 * The certificate that the other side of this connection proved to hold, and that the authority
 * vouches for; undefined otherwise.
 */
export function verifiedCertificate(socket: Socket): X509Certificate | undefined {
  // SECURITY: the listener lets everybody connect; `authorized` says who passed the check.
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  // A connection may outlive the certificate it began with.
  return certificate !== undefined && isCurrent(certificate) ? certificate : undefined;
}

/** Whether the other side showed any certificate, good or not. */
export function showsCertificate(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.getPeerX509Certificate() !== undefined;
}

function isCurrent(certificate: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo);
}

/** The machine whose certificate this is. */
export async function machineOf(
  on: Queryable,
  certificate: X509Certificate,
): Promise<Admin | undefined> {
  return on.maybe(
    adminRow,
    `SELECT ${ADMIN_COLUMNS}
       FROM conclave.authenticators k JOIN conclave.admins a ON a.id = k.admin_id
      WHERE k.id = $1 AND k.kind = 'certificate' AND k.revoked_at IS NULL
        AND a.kind = 'machine' AND a.state = 'active'`,
    [fingerprint(certificate.raw)],
  );
}
