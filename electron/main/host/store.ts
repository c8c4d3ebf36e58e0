/**
 * What the laptop keeps between ceremonies: ceremony logs, and the public documents that it
 * trusts. Never a share, a component, a key or a passphrase, not even encrypted.
 *
 *     <data>/<mode>/ceremonies/<ceremony id>.jsonl   appended entry by entry, each fsynced
 *     <data>/<mode>/trusted/<digest>.json            descriptors confirmed by eight words
 *     <data>/<mode>/documents/<digest>.json          manifests, rosters, receipts of sync's chain
 *     <data>/<mode>/unseal-keys.json                 who holds Vault's unseal keys, as somebody said
 * @module
 */
import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { equalBytes } from '../../../shared/encoding/bytes.ts';
import { decodeEnvelope, encodeEnvelope, type Envelope } from '../../../shared/encoding/dsse.ts';
import { UNSEAL_KEYS_LIMIT } from '../../../shared/ledger/unseal-keys.ts';
import type { Mode } from '../../../shared/mode.ts';
import { Refusal } from '../../../shared/refusal.ts';
import {
  encodeLogLine,
  LOG_LIMIT,
  parseLog,
  type CeremonyLog,
  type LogHeader,
  type LogItem,
} from '../../../shared/transcript/log.ts';
import { makeFolderDurably, removeDurably, writeDurably } from '../../files/durable.ts';
import { fileRefusal } from '../../files/errno.ts';
import { readLimited } from '../../files/read.ts';
import { refuseHost } from './refusals.ts';

/** A log that is being written: every line is on the disk before the next thing happens. */
export interface OpenLog {
  readonly path: string;
  append(item: LogItem | LogHeader): Promise<void>;
  close(): Promise<void>;
}

export interface Store {
  createLog(header: LogHeader): Promise<OpenLog>;
  reopenLog(mode: Mode, ceremonyId: string): Promise<{ log: CeremonyLog; file: OpenLog }>;
  /**
   * Keeps a log that another laptop wrote. The longer of two versions of one log stays; two that
   * differ are refused.
   */
  importLog(header: LogHeader, bytes: Uint8Array): Promise<void>;
  readLogs(mode: Mode): Promise<CeremonyLog[]>;
  readLogBytes(mode: Mode, ceremonyId: string): Promise<Uint8Array>;
  keep(
    mode: Mode,
    kind: 'trusted' | 'documents',
    digest: string,
    envelope: Envelope,
  ): Promise<void>;
  kept(mode: Mode, kind: 'trusted' | 'documents'): Promise<Envelope[]>;
  /** What was said of Vault's unseal keys; null: nothing. */
  unsealKeys(mode: Mode): Promise<Uint8Array | null>;
  /** Null: forgets it. */
  keepUnsealKeys(mode: Mode, bytes: Uint8Array | null): Promise<void>;
}

const KEPT_LIMIT = 4 * 1024 * 1024;

export function openStore(dataFolder: string): Store {
  const folder = async (mode: Mode, name: string) => {
    const path = join(dataFolder, mode, name);
    await makeFolderDurably(path);
    return path;
  };
  const logPath = async (mode: Mode, ceremonyId: string) =>
    join(await folder(mode, 'ceremonies'), `${ceremonyId}.jsonl`);
  const unsealPath = async (mode: Mode) => join(await folder(mode, ''), 'unseal-keys.json');
  const names = async (mode: Mode, name: string, ending: string) =>
    (await readdir(await folder(mode, name))).filter((file) => file.endsWith(ending)).sort();

  /** Null when nothing was ever recorded: it was cut off while its first line was written. */
  async function readLog(path: string, fileName: string): Promise<CeremonyLog | null> {
    const bytes = await readLines(path);
    if (bytes.length === 0) return null;
    try {
      return parseLog(bytes);
    } catch {
      throw refuseHost('laptop-storage', fileName);
    }
  }

  return {
    async createLog(header) {
      const path = await logPath(header.mode, header.ceremonyId);
      const line = encodeLogLine(header);
      await writeDurably(path, line);
      return appendable(path, await open(path, 'a', 0o600), line.length);
    },
    async reopenLog(mode, ceremonyId) {
      const path = await logPath(mode, ceremonyId);
      const log = await readLog(path, `${ceremonyId}.jsonl`);
      if (log === null) throw refuseHost('no-ceremony');
      const { length } = await readLines(path);
      const handle = await open(path, 'a', 0o600);
      await handle.truncate(length);
      return { log, file: appendable(path, handle, length) };
    },
    async importLog({ mode, ceremonyId }, bytes) {
      const path = await logPath(mode, ceremonyId);
      const isHere = (await names(mode, 'ceremonies', '.jsonl')).includes(`${ceremonyId}.jsonl`);
      const own = isHere ? await readLines(path) : new Uint8Array();
      const shared = Math.min(own.length, bytes.length);
      if (!equalBytes(own.subarray(0, shared), bytes.subarray(0, shared))) {
        throw refuseHost('log-differs');
      }
      if (bytes.length > own.length) await writeDurably(path, bytes, { existing: 'replace' });
    },
    async readLogs(mode) {
      const path = await folder(mode, 'ceremonies');
      const files = await names(mode, 'ceremonies', '.jsonl');
      const logs = await Promise.all(files.map((file) => readLog(join(path, file), file)));
      return logs.flatMap((log) => log ?? []);
    },
    async readLogBytes(mode, ceremonyId) {
      return readLines(await logPath(mode, ceremonyId));
    },
    async keep(mode, kind, digest, envelope) {
      const path = join(await folder(mode, kind), `${digest}.json`);
      await writeDurably(path, encodeEnvelope(envelope), { existing: 'replace' });
    },
    async unsealKeys(mode) {
      const path = await unsealPath(mode);
      try {
        return await readLimited(path, UNSEAL_KEYS_LIMIT);
      } catch (error) {
        if (error instanceof Refusal && error.code === 'file-gone') return null;
        throw error;
      }
    },
    async keepUnsealKeys(mode, bytes) {
      const path = await unsealPath(mode);
      if (bytes !== null) {
        await writeDurably(path, bytes, { existing: 'replace' });
        return;
      }
      await removeDurably(path).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'file-gone') throw error;
      });
    },
    async kept(mode, kind) {
      const path = await folder(mode, kind);
      const files = await names(mode, kind, '.json');
      return Promise.all(
        files.map(async (file) => {
          const bytes = await readLimited(join(path, file), KEPT_LIMIT);
          try {
            return decodeEnvelope(bytes, kind);
          } catch {
            throw refuseHost('laptop-storage', file);
          }
        }),
      );
    },
  };
}

/**
 * A log's bytes without a last line that power or a full disk cut off: it was never reported as
 * written, so nothing that comes after it was done.
 */
async function readLines(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LOG_LIMIT) throw refuseHost('laptop-storage', basename(path));
    const bytes = new Uint8Array(await readFile(path));
    return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
  } catch (error) {
    throw fileRefusal(error, path);
  }
}

/** `length`: of the whole lines that are in the file, in bytes. */
function appendable(path: string, handle: FileHandle, length: number): OpenLog {
  let end = length;
  return {
    path,
    async append(item) {
      const line = encodeLogLine(item);
      try {
        await handle.appendFile(line);
        await handle.sync();
      } catch (error) {
        // Half a line would spoil every line after it.
        await handle.truncate(end).catch(() => undefined);
        throw fileRefusal(error, path);
      }
      end += line.length;
    },
    close: () => handle.close(),
  };
}
