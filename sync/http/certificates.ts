/**
 * A new certificate is taken while sync runs: when its files change, and at once on SIGHUP.
 * Connections that are open go on as they are. What cannot be used is not taken.
 * @module
 */
import { watch, type FSWatcher } from 'node:fs';
import { Server as TlsServer } from 'node:https';
import type { Server } from 'node:http';
import path from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import type { FastifyBaseLogger } from 'fastify';
import { certificateEnd } from '../config/certificate.ts';
import type { Fault } from '../config/faults.ts';
import { type ListenerPrefix, type ListenerTls, readTls } from '../config/listener.ts';

export interface CertificateState {
  readonly listener: 'main' | 'public';
  /** Of the certificate in use. */
  readonly endsAt: Date;
  /** Why what lies in the files is not in use; undefined when it is. */
  readonly refused: string | undefined;
}

/** One listener that speaks TLS. */
export interface SecureListener {
  readonly name: CertificateState['listener'];
  readonly server: Server;
  readonly tls: ListenerTls;
  /** PEM of the authority of machines' certificates. */
  readonly clientCa?: string | undefined;
}

export interface CertificateKeeper {
  states(): readonly CertificateState[];
  /** Reads the files now. */
  look(): void;
  stop(): void;
}

const PREFIX: Readonly<Record<CertificateState['listener'], ListenerPrefix>> = {
  main: 'CONCLAVE',
  public: 'CONCLAVE_PUBLIC',
};
/** Certificate and key are two files: the second follows within this time. Milliseconds. */
const SETTLE = 500;
/** Where the file system tells nothing (network mounts), they are read this often. Milliseconds. */
const EVERY = 30_000;

/** What a listener is opened with, and what it is given again. */
export function secureOptions(tls: ListenerTls, clientCa: string | undefined) {
  return {
    cert: tls.certificate,
    key: tls.key.reveal(),
    minVersion: 'TLSv1.2',
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  } satisfies SecureContextOptions;
}

export function keepCertificates(
  listeners: readonly SecureListener[],
  log: FastifyBaseLogger,
): CertificateKeeper {
  const kept = listeners.map((listener) => ({
    listener,
    inUse: listener.tls,
    refused: undefined as string | undefined,
  }));

  function lookAt(one: (typeof kept)[number]): void {
    const { name, server, clientCa } = one.listener;
    const faults: Fault[] = [];
    const read = readTls(one.listener.tls.files, faults, PREFIX[name]);
    const same =
      read?.certificate === one.inUse.certificate && read.key.reveal() === one.inUse.key.reveal();
    const ended = read !== undefined && !same && certificateEnd(read.certificate) < new Date();
    const [first] = faults;
    const problem = ended ? 'has already ended.' : first && `${first.setting}: ${first.problem}`;
    if (problem !== undefined && problem !== one.refused) {
      log.warn({ listener: name, problem }, 'the new certificate is not taken; the old one stays');
    }
    one.refused = problem;
    if (read === undefined || problem !== undefined || same) return;
    if (!(server instanceof TlsServer)) throw new Error('this listener was opened without TLS');
    server.setSecureContext(secureOptions(read, clientCa));
    one.inUse = read;
    log.info({ listener: name, endsAt: certificateEnd(read.certificate) }, 'new certificate');
  }

  const look = (): void => kept.forEach(lookAt);
  let settling: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(settling);
    settling = setTimeout(look, SETTLE);
    settling.unref();
  };
  const timer = setInterval(look, EVERY);
  timer.unref();
  // The folder, not the file: most programs put a new file in the place of the old one.
  const folders = new Set(
    listeners.flatMap(({ tls: { files } }) =>
      [files.certificate, files.key].map((file) => path.dirname(file)),
    ),
  );
  const watchers = [...folders].flatMap((folder): FSWatcher[] => {
    try {
      const watcher = watch(folder, { persistent: false }, soon);
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      // The interval above looks all the same.
      return [];
    }
  });

  return {
    states: () =>
      kept.map(({ listener, inUse, refused }) => ({
        listener: listener.name,
        endsAt: certificateEnd(inUse.certificate),
        refused,
      })),
    look,
    stop() {
      clearInterval(timer);
      clearTimeout(settling);
      for (const watcher of watchers) watcher.close();
    },
  };
}
