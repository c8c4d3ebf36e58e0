/**
 * The way to the mail server: nodemailer, with certificates verified.
 * @module
 */
import { ADDRESS, type MailConfig } from '../config/mail.ts';
import { refuseMail } from './refusals.ts';

export interface OutgoingMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** 32 hex digits: the same for every attempt. */
  readonly id: string;
}

/** `refused`: this address will never take it. `failed`: worth trying again. */
export type Sent =
  { readonly kind: 'accepted' } | { readonly kind: 'refused' | 'failed'; readonly why: string };

export interface Transport {
  send(mail: OutgoingMail): Promise<Sent>;
  /** Connects and signs in. @throws Refusal `mail-unreachable` */
  verify(): Promise<void>;
  close(): void;
}

const PATIENCE = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 30_000 };

/** What of an error may be kept: never the server's text, which may repeat the mail. */
function faultOf(cause: unknown): { readonly isForEver: boolean; readonly why: string } {
  const { code, responseCode, command } = (cause ?? {}) as Partial<
    Record<'code' | 'command', string> & { responseCode: number }
  >;
  const ofThisMail = command === 'RCPT TO' || command === 'DATA';
  const isForEver = ofThisMail && responseCode !== undefined && responseCode >= 500;
  return { isForEver, why: [code ?? 'fault', responseCode ?? '', command ?? ''].join(' ').trim() };
}

export async function openTransport({ smtp, from, replyTo }: MailConfig): Promise<Transport> {
  const { createTransport } = await import('nodemailer');
  const mailer = createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.implicitTls,
    // SECURITY: without it a server in between could keep the connection in the clear.
    requireTLS: !smtp.implicitTls && !smtp.onThisMachine,
    tls: { minVersion: 'TLSv1.2', ...(smtp.ca === undefined ? {} : { ca: smtp.ca }) },
    ...(smtp.user === undefined || smtp.password === undefined
      ? {}
      : { auth: { user: smtp.user, pass: smtp.password.reveal() } }),
    ...PATIENCE,
    // SECURITY: a text is a text, never the name of a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, id }) {
      if (!ADDRESS.test(to)) return { kind: 'refused', why: 'not a plain address' };
      try {
        await mailer.sendMail({
          // As objects: nothing in them is parsed for further addresses.
          from: { name: 'CheckTick recovery', address: from },
          to: { name: '', address: to },
          ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
          subject,
          text,
          messageId: `<${id}@${from.split('@')[1] ?? 'localhost'}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'accepted' };
      } catch (cause) {
        const { isForEver, why } = faultOf(cause);
        return { kind: isForEver ? 'refused' : 'failed', why };
      }
    },
    async verify() {
      try {
        await mailer.verify();
      } catch (cause) {
        throw refuseMail('mail-unreachable', faultOf(cause).why);
      }
    },
    close: () => mailer.close(),
  };
}
