import { describe, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { mailConfig } from './mail.ts';

const WHOLE = {
  CONCLAVE_SMTP_URL: 'smtps://sync:p%40ss@mail.example',
  CONCLAVE_MAIL_FROM: 'sync@hospital.example',
  CONCLAVE_PUBLIC_LINKS_URL: 'https://recovery.example/r/',
};

function read(settings: Readonly<Record<string, string>>) {
  const faults: Fault[] = [];
  return { mail: mailConfig(settings, 'production', faults), faults };
}

describe('mail settings', () => {
  it('none at all means no mail, without a fault', () => {
    expect(read({})).toEqual({ mail: undefined, faults: [] });
  });

  it('reads a whole set; the password prints as hidden', () => {
    const { mail, faults } = read(WHOLE);
    expect(faults).toEqual([]);
    expect(mail).toMatchObject({
      smtp: { host: 'mail.example', port: 465, implicitTls: true, user: 'sync' },
      linksUrl: 'https://recovery.example/r',
      listen: { host: '127.0.0.1', port: 8451 },
    });
    expect(mail?.smtp.password?.reveal()).toBe('p@ss');
    expect(JSON.stringify(mail)).not.toContain('p@ss');
  });

  it.each([
    ['CONCLAVE_SMTP_URL', 'http://mail.example'],
    ['CONCLAVE_SMTP_URL', 'smtp://user@mail.example'],
    ['CONCLAVE_SMTP_URL', 'smtp://mail.example/?tls=no'],
    ['CONCLAVE_MAIL_FROM', 'Sync <sync@hospital.example>'],
    ['CONCLAVE_MAIL_FROM', 'sync@hospital.example\r\nBcc: thief@evil.example'],
    ['CONCLAVE_MAIL_REPLY_TO', 'a@b.example, c@d.example'],
    ['CONCLAVE_PUBLIC_LINKS_URL', 'http://recovery.example'],
    ['CONCLAVE_PUBLIC_LINKS_URL', 'http://localhost:8451'],
    ['CONCLAVE_PUBLIC_REQUESTS_PER_MINUTE', 'many'],
    ['CONCLAVE_PUBLIC_LISTEN_PORT', '70000'],
  ])('names %s when it is %j', (setting, value) => {
    expect(read({ ...WHOLE, [setting]: value }).faults.map((fault) => fault.setting)).toEqual([
      setting,
    ]);
  });

  it('users set their own passwords, unless it is said otherwise or there is no mail', () => {
    expect(read(WHOLE).mail?.claim).toBe('link');
    expect(read({ ...WHOLE, CONCLAVE_CLAIM: 'passphrase' }).mail?.claim).toBe('passphrase');
    expect(read({ CONCLAVE_CLAIM: 'passphrase' })).toEqual({ mail: undefined, faults: [] });
    for (const settings of [{ CONCLAVE_CLAIM: 'link' }, { ...WHOLE, CONCLAVE_CLAIM: 'both' }]) {
      expect(read(settings).faults.map(({ setting }) => setting)).toEqual(['CONCLAVE_CLAIM']);
    }
  });

  it('asks for a certificate where the world can connect', () => {
    const { faults } = read({ ...WHOLE, CONCLAVE_PUBLIC_LISTEN_HOST: '0.0.0.0' });
    expect(faults.map(({ setting }) => setting)).toEqual(['CONCLAVE_PUBLIC_TLS_CERT']);
  });

  it.each(Object.keys(WHOLE))('is not whole without %s', (setting) => {
    const rest = Object.fromEntries(Object.entries(WHOLE).filter(([name]) => name !== setting));
    expect(read(rest).faults.map((fault) => fault.setting)).toEqual([setting]);
  });
});
