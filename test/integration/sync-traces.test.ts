import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytesToHex } from '../../shared/encoding/bytes.ts';
import type { TestShareSet } from '../support/share-sets.ts';
import {
  approvedSetup,
  committed,
  type MadeBundle,
  shareSetFor,
} from '../support/sync-ceremony.ts';
import { deploy, type Deployment } from '../support/sync-service.ts';

const value = z.object({ stringValue: z.string().optional(), intValue: z.number().optional() });
const attribute = z.object({ key: z.string(), value });
const span = z.object({
  name: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  attributes: z.array(attribute),
  events: z.array(z.object({ name: z.string(), attributes: z.array(attribute) })),
});
type Span = z.infer<typeof span>;
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

const ALLOWED = [
  'conclave.vault.path',
  'db.query.summary',
  'error.type',
  'http.request.method',
  'http.response.status_code',
  'http.route',
];
const MAIL = {
  CONCLAVE_PUBLIC_LISTEN_PORT: '0',
  CONCLAVE_PUBLIC_LINKS_URL: 'https://links.hospital.example',
  CONCLAVE_SMTP_URL: 'smtp://127.0.0.1:1',
  CONCLAVE_MAIL_FROM: 'sync@hospital.example',
};
const LINK = `cco_${'A'.repeat(43)}`;

/** A real service that commits a setup, and a server that takes what OTLP/HTTP sends. */
describe('traces for an OpenTelemetry collector', () => {
  let collector: Server;
  let endpoint: string;
  const bodies: string[] = [];
  let deployment: Deployment;
  let set: TestShareSet;
  let made: MadeBundle;
  let spans: Span[];

  beforeAll(async () => {
    collector = createServer((request, response) => {
      void text(request).then((body) => {
        if (request.url === '/v1/traces') bodies.push(body);
        response.setHeader('content-type', 'application/json');
        response.end('{}');
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    deployment = await deploy();
    const service = await deployment.start({
      env: { ...MAIL, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    });
    set = await shareSetFor(service.admins.operator, deployment.mode);
    made = await approvedSetup(service.admins, set);
    await committed(service.admins, made);
    const [, links = ''] = await service.child.line(/answered at (http:\S+)\.$/, 150_000);
    expect((await fetch(`${links}/object/${LINK}`)).status).toBe(404);
    await expect(
      service.admins.operator.get(`/v1/bundles/${'ab'.repeat(32)}`),
    ).rejects.toMatchObject({ code: 'bundle-unknown' });
    // What was not sent yet is sent before it ends.
    await service.stop();
    spans = bodies.flatMap((body) =>
      exported
        .parse(JSON.parse(body))
        .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
  });
  afterAll(async () => {
    collector.closeAllConnections();
    collector.close();
    await deployment.stop();
  });

  const fact = ({ attributes }: Span, key: string): string | number | undefined => {
    const found = attributes.find((one) => one.key === key)?.value;
    return found?.stringValue ?? found?.intValue;
  };
  const named = (name: string): Span => {
    const found = spans.find((one) => one.name === name);
    return found ?? expect.fail(`no span ${name}: ${spans.map((one) => one.name).join(', ')}`);
  };
  const below = (parent: Span): Span[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent.spanId)
      .flatMap((child) => [child, ...below(child)]);

  it('show what a commit waited for, in the database and in Vault, and its steps', () => {
    const commit = named('POST /v1/bundles/:digest/commit');
    expect(fact(commit, 'http.response.status_code')).toBe(200);
    const inside = below(commit);
    const statements = inside.map((one) => fact(one, 'db.query.summary'));
    expect(statements).toContain('TRANSACTION');
    expect(statements).toContain('SELECT conclave.bundles');
    expect(statements).toContain('INSERT conclave.receipts');
    const paths = inside.filter(({ name }) => name === 'vault put');
    expect(paths.map((one) => fact(one, 'conclave.vault.path'))).toEqual(
      expect.arrayContaining(['platform/master-key', 'conclave/trust']),
    );
    const steps = [commit, ...inside]
      .flatMap(({ events }) => events)
      .map(({ attributes }) => attributes[0]?.value.stringValue);
    expect(steps).toEqual(
      expect.arrayContaining(['intent', 'vault', 'rows', 'trust', 'read-back', 'receipt']),
    );
  });

  it('name a refused request by its pattern, and work in the background by its job', () => {
    const unknown = spans.filter(({ name }) => name === 'GET /v1/bundles/:digest');
    expect(unknown.map((one) => fact(one, 'http.response.status_code'))).toContain(404);
    expect(named('GET /object/:token')).toBeDefined();
  });

  it('hold names of the closed list, and no value that came or was kept', () => {
    expect(spans.length).toBeGreaterThan(50);
    const keys = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
    expect(ALLOWED).toEqual(expect.arrayContaining([...keys]));
    const all = bodies.join('\n');
    const { people } = deployment.checktick;
    for (const secret of [
      LINK,
      made.nonce,
      made.digest,
      ...Object.values(deployment.tokens),
      bytesToHex(set.platformKey),
      bytesToHex(set.vaultComponent),
      people.requester.email,
      'hospital.example',
      'of-a-test',
      '127.0.0.1',
    ]) {
      expect(all).not.toContain(secret);
    }
    // Trace and span ids are 32 and 16 digits; a digest has 64, a nonce 32 and stands above.
    expect(all).not.toMatch(/[0-9a-f]{40}/);
    const resources = bodies.flatMap((body) =>
      exported.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource }) => resource.attributes),
    );
    for (const { key } of resources)
      expect(key).toMatch(/^(?:service\.(?:name|version)|telemetry\.sdk\.)/);
  });

  it('are dropped where the collector is down; sync serves, and ends when it is told to', async () => {
    const service = await deployment.start({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    });
    expect((await fetch(`${service.address}/livez`)).status).toBe(200);
    await service.child.line(/traces could not be sent/, 150_000);
    expect((await fetch(`${service.address}/livez`)).status).toBe(200);
    await service.stop();
    expect(service.child.output()).toContain('Stopped. Nothing was left half done.');
  });
});
