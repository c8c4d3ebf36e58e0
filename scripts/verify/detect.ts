/**
 * What kind of file this is, and of which mode, from the file itself.
 * @module
 */
import { readPayloadType } from '../../shared/encoding/document.ts';
import { refuseDocument } from '../../shared/encoding/refusals-documents.ts';
import { MODES, type Mode } from '../../shared/mode.ts';

export interface Detected {
  /** `ceremony-log`, or a document type's name: `bundle`, `receipt`, `share-set` … */
  readonly what: string;
  readonly mode: Mode;
}

/** Refuses `document-empty` and `document-damaged`. Nothing of the file is believed yet. */
export function detect(bytes: Uint8Array): Detected {
  if (bytes.length === 0) throw refuseDocument('document-empty', 'file');
  const end = bytes.indexOf(0x0a);
  const first = parseJson(bytes.subarray(0, end === -1 ? bytes.length : end));
  if (first['conclave'] === 'ceremony-log') {
    const mode = MODES.find((known) => known === first['mode']);
    if (mode === undefined) throw refuseDocument('document-damaged', 'ceremony log');
    return { what: 'ceremony-log', mode };
  }
  const { payloadType } = parseJson(bytes);
  const named = typeof payloadType === 'string' ? readPayloadType(payloadType) : null;
  if (named === null) throw damaged();
  return { what: named.what, mode: named.mode };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: not JSON is as wrong as another kind of JSON.
  }
  throw damaged();
}

function damaged() {
  return refuseDocument('document-damaged', 'ceremony log, bundle or receipt');
}
