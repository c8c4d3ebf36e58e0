/**
 * `conclave-sync serve`
 * @module
 */
import type { OnStep } from '../../trust/context.ts';
import type { Server } from 'node:http';
import type { SyncConfig } from '../../config/config.ts';
import { keepCertificates, type SecureListener } from '../../http/certificates.ts';
import { startSending } from '../../mail/loop.ts';
import { passkeyLibrary } from '../../people/passkeys.ts';
import { openPlatform, type Platform } from '../../platform.ts';
import { programVersion } from '../../shipped.ts';
import { traceDatabase, traceKv } from '../../tracing/traced.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import { createPublicService } from '../../public/server.ts';
import { listenForMetrics } from '../../metrics/listener.ts';
import { createMetrics } from '../../metrics/metrics.ts';
import { routeSets } from '../../route-sets.ts';
import { createService } from '../../server.ts';
import { type Cli, configOf } from '../cli.ts';

/**
 * Runs until it is told to stop; then finishes what it began.
 * @param onStep for tests that kill a commit, or a claim, between two writes
 */
export async function serve(
  cli: Cli,
  options: { readonly rehearsal: boolean },
  onStep?: OnStep,
): Promise<void> {
  const config = configOf(cli, options);
  // Now, and not at the first sign-in: an update may have replaced its files by then.
  if (config.people.site !== undefined) await passkeyLibrary();
  const opened = await openPlatform(config);
  let warn: (message: string) => void = () => {};
  const tracing = await openTracing(config, (message) => warn(message));
  const platform = tracing === undefined ? opened : tracedPlatform(opened, tracing);
  try {
    const routes = routeSets(onStep);
    const app = await createService({ ...platform, routes, tracing, writeLog: cli.world.err });
    warn = (message) => app.log.warn(message);
    const stopped = cli.world.stopped();
    const { mail } = config;
    const pages = { ...platform, ...(onStep === undefined ? {} : { onStep }) };
    const links = mail && (await createPublicService(pages, mail, cli.world.err, tracing));
    const stopSending =
      mail &&
      (await startSending(platform.database, mail, (cause) =>
        app.log.warn({ err: cause }, 'mails could not be sent'),
      ));
    const address = await app.listen({ host: config.listen.host, port: config.listen.port });
    cli.result({ address, mode: config.mode }, `Sync listens at ${address} (${config.mode}).`);
    if (mail !== undefined && links !== undefined) {
      const { host, port } = mail.listen;
      cli.progress(`Links of mails are answered at ${await links.listen({ host, port })}.`);
    }
    const certificates = keepCertificates(
      secureListeners(config, app.server, links?.server),
      app.log,
    );
    cli.world.onHangUp(() => certificates.look());
    const numbers =
      config.edge.metrics &&
      (await listenForMetrics(
        config.edge.metrics,
        await createMetrics({ ...platform, certificates: () => certificates.states() }),
      ));
    if (numbers !== undefined) cli.progress(`Metrics at ${numbers.address}/metrics.`);
    await stopped;
    certificates.stop();
    await numbers?.close();
    cli.progress('Stopping: finishing what was begun.');
    await Promise.all([app.close(), links?.close(), stopSending?.()]);
  } finally {
    await platform.close();
    await tracing?.close();
  }
  cli.progress('Stopped. Nothing was left half done.');
}

/** Undefined without a collector: then nothing of OpenTelemetry is loaded. */
async function openTracing(
  { edge }: SyncConfig,
  warn: (message: string) => void,
): Promise<Tracing | undefined> {
  if (edge.traces === undefined) return undefined;
  const { otlpTracing } = await import('../../tracing/otlp.ts');
  return otlpTracing(edge.traces, programVersion(), warn);
}

function tracedPlatform(platform: Platform, tracing: Tracing): Platform & { onStep: OnStep } {
  return {
    ...platform,
    database: traceDatabase(platform.database, tracing),
    kv: traceKv(platform.kv, tracing),
    onStep: (step) => tracing.step(step),
  };
}

function secureListeners(
  { listen, people, mail }: SyncConfig,
  main: Server,
  links: Server | undefined,
): SecureListener[] {
  const { clientCa } = people;
  const linksTls = mail?.listen.tls;
  return [
    ...(listen.tls === undefined
      ? []
      : [{ name: 'main' as const, server: main, tls: listen.tls, clientCa }]),
    ...(linksTls === undefined || links === undefined
      ? []
      : [{ name: 'public' as const, server: links, tls: linksTls }]),
  ];
}
