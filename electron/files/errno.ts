/**
 * From the system's error numbers to refusals a person understands.
 * @module
 */
import { basename } from 'node:path';
import { Refusal } from '../../shared/refusal.ts';
import { refuseFile } from './refusals.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);
/** ENOTCONN: a FUSE mount whose process died; EIO, ENODEV, ENXIO: the device left. */
const GONE = new Set(['ENOENT', 'EIO', 'ENOTCONN', 'ENODEV', 'ENXIO', 'ENOMEDIUM', 'ESTALE']);
const NO_FILE = new Set(['ELOOP', 'EISDIR', 'ENOTDIR', 'EMLINK']);

/** The error's code such as `ENOSPC`, or `unknown`. */
export function errnoOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) {
    return typeof error.code === 'string' ? error.code : 'unknown';
  }
  return 'unknown';
}

/** The refusal for an error of the file system; a refusal passes through unchanged. */
export function fileRefusal(error: unknown, path: string): Refusal {
  if (error instanceof Refusal) return error;
  const name = basename(path);
  const errno = errnoOf(error);
  if (FULL.has(errno)) return refuseFile('file-disk-full', name);
  if (READ_ONLY.has(errno)) return refuseFile('file-read-only', name);
  if (GONE.has(errno)) return refuseFile('file-gone', name);
  if (errno === 'EEXIST') return refuseFile('file-exists', name);
  if (NO_FILE.has(errno)) return refuseFile('file-not-a-file', name);
  return refuseFile('file-failed', name, errno);
}
