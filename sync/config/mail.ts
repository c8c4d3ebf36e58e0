/**
 * Mail and the public listener: how users are told of a recovery, and where their links lead.
 * One is of no use without the other, so they are set together or not at all.
 * @module
 */
import type { Mode } from '../../shared/mode.ts';
import { Hidden } from '../hidden.ts';
import { isLoopback } from './database-url.ts';
import type { Fault } from './faults.ts';
import { type Listener, listenerConfig } from './listener.ts';
import { present, readSecretText, readText, type Settings } from './sources.ts';

export interface MailConfig {
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    /** TLS from the first byte; otherwise STARTTLS, which is required except on this machine. */
    readonly implicitTls: boolean;
    readonly onThisMachine: boolean;
    readonly user: string | undefined;
    readonly password: Hidden | undefined;
    /** PEM of the certificate authority; undefined: the system's. */
    readonly ca: string | undefined;
  };
  readonly from: string;
  readonly replyTo: string | undefined;
  /** Where links of mails lead, without a slash at the end. SECURITY: never from a Host header. */
  readonly linksUrl: string;
  readonly listen: Listener;
  /** Requests per minute and client address at the public listener. */
  readonly requestsPerMinute: number;
  /**
   * How the user of a recovered survey gets in again: he sets his own password by link and code, or
   * an admin hands the one-time passphrase over.
   */
  readonly claim: 'link' | 'passphrase';
}

/** One plain address, as it may stand in a header. */
export const ADDRESS = /^[^\s<>,;:"()[\]\\@]{1,64}@[A-Za-z0-9.-]{1,190}$/;

/** Undefined when mail is not set up. */
export function mailConfig(
  settings: Settings,
  mode: Mode,
  faults: Fault[],
): MailConfig | undefined {
  const file = present(settings['CONCLAVE_SMTP_URL_FILE']);
  const url =
    present(settings['CONCLAVE_SMTP_URL']) ??
    (file === undefined ? undefined : readSecretText('CONCLAVE_SMTP_URL_FILE', file, faults));
  const from = present(settings['CONCLAVE_MAIL_FROM']);
  const links = present(settings['CONCLAVE_PUBLIC_LINKS_URL']);
  const claim = claimSetting(settings, faults);
  if (url === undefined && file === undefined && from === undefined && links === undefined) {
    if (claim === 'link') {
      faults.push({
        setting: 'CONCLAVE_CLAIM',
        problem: 'needs mail for "link"; it is not set up.',
      });
    }
    return undefined;
  }
  const together = 'mail, its sender and the address of its links are set together.';
  const missing = (setting: string): undefined => {
    faults.push({ setting, problem: `is missing; ${together}` });
    return undefined;
  };
  if (url === undefined && file === undefined) missing('CONCLAVE_SMTP_URL');
  if (from === undefined) missing('CONCLAVE_MAIL_FROM');
  if (links === undefined) missing('CONCLAVE_PUBLIC_LINKS_URL');
  const smtp = url === undefined ? undefined : parseSmtp(settings, url, faults);
  const replyTo = present(settings['CONCLAVE_MAIL_REPLY_TO']);
  for (const [setting, address] of [
    ['CONCLAVE_MAIL_FROM', from],
    ['CONCLAVE_MAIL_REPLY_TO', replyTo],
  ] as const) {
    if (address === undefined || ADDRESS.test(address)) continue;
    faults.push({ setting, problem: 'must be one plain address such as sync@hospital.example.' });
  }
  const linksUrl = links === undefined ? undefined : parseLinks(links, mode, faults);
  const listen = publicListener(settings, faults);
  if (smtp === undefined || from === undefined || linksUrl === undefined) return undefined;
  const perMinute = present(settings['CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE']) ?? '30';
  const requestsPerMinute = wholeNumber(perMinute, 1, 100_000);
  if (requestsPerMinute === undefined) {
    faults.push({
      setting: 'CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE',
      problem: 'must be a whole number from 1 to 100000.',
    });
    return undefined;
  }
  return { smtp, from, replyTo, linksUrl, listen, requestsPerMinute, claim: claim ?? 'link' };
}

function claimSetting(settings: Settings, faults: Fault[]): MailConfig['claim'] | undefined {
  const text = present(settings['CONCLAVE_CLAIM']);
  if (text === undefined || text === 'link' || text === 'passphrase') return text;
  faults.push({ setting: 'CONCLAVE_CLAIM', problem: 'must be link or passphrase.' });
  return undefined;
}

function wholeNumber(text: string, low: number, high: number): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
}

function parseSmtp(
  settings: Settings,
  text: string,
  faults: Fault[],
): MailConfig['smtp'] | undefined {
  const setting = 'CONCLAVE_SMTP_URL';
  const fault = (problem: string): undefined => {
    faults.push({ setting, problem });
    return undefined;
  };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return fault('is not an address such as smtps://user:password@mail.example:465.');
  }
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') {
    return fault('must begin with smtps:// (TLS) or smtp:// (STARTTLS).');
  }
  if (url.hostname === '' || url.search !== '' || url.hash !== '' || url.pathname.length > 1) {
    return fault('must be scheme, user, password, host and port only.');
  }
  const implicitTls = url.protocol === 'smtps:';
  const user = url.username === '' ? undefined : decodeURIComponent(url.username);
  const password = url.password === '' ? undefined : decodeURIComponent(url.password);
  if ((user === undefined) !== (password === undefined)) {
    return fault('has a user without a password, or a password without a user.');
  }
  const caPath = present(settings['CONCLAVE_SMTP_CA']);
  const ca = caPath === undefined ? undefined : readText('CONCLAVE_SMTP_CA', caPath, faults);
  return {
    host: url.hostname,
    port: url.port === '' ? (implicitTls ? 465 : 587) : Number(url.port),
    implicitTls,
    onThisMachine: isLoopback(url.hostname),
    user,
    password: password === undefined ? undefined : new Hidden(password),
    ca,
  };
}

function parseLinks(text: string, mode: Mode, faults: Fault[]): string | undefined {
  const setting = 'CONCLAVE_PUBLIC_LINKS_URL';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    faults.push({ setting, problem: 'is not an address such as https://recovery.example.' });
    return undefined;
  }
  // SECURITY: a link is a right to act; it must not cross a network in the clear.
  const rehearsal = mode === 'rehearsal' && url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !rehearsal) {
    faults.push({
      setting,
      problem: 'must begin with https:// (http://localhost in a rehearsal).',
    });
    return undefined;
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    faults.push({ setting, problem: 'must be scheme, host, port and path only.' });
    return undefined;
  }
  return url.href.replace(/\/+$/, '');
}

function publicListener(settings: Settings, faults: Fault[]): MailConfig['listen'] {
  const host = present(settings['CONCLAVE_PUBLIC_LISTEN_HOST']) ?? '127.0.0.1';
  const port = wholeNumber(present(settings['CONCLAVE_PUBLIC_LISTEN_PORT']) ?? '8451', 0, 65_535);
  if (port === undefined) {
    faults.push({
      setting: 'CONCLAVE_PUBLIC_LISTEN_PORT',
      problem: 'must be a whole number from 0 to 65535.',
    });
  }
  return listenerConfig(settings, host, port ?? 0, faults, 'CONCLAVE_PUBLIC');
}
