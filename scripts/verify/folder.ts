/**
 * The ledger of a folder of ceremony logs, such as the laptop's own, or what an auditor collected.
 * @module
 */
import { refuseDocument } from '../../shared/encoding/refusals-documents.ts';
import { formatTime } from '../../shared/encoding/schema.ts';
import { foldLedger } from '../../shared/ledger/fold.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Mode } from '../../shared/mode.ts';
import { Refusal } from '../../shared/refusal.ts';
import { parseLog, type CeremonyLog } from '../../shared/transcript/log.ts';
import { verifyLog } from '../../shared/transcript/verify.ts';
import { logsIn, readInput } from './files.ts';

export interface FoldedFolder {
  readonly ledger: Ledger;
  readonly mode: Mode;
}

/**
 * Every log is whole, its documents and seals fit it, and all are of one mode, or it is refused with the
 * name of the file. Of two logs of one ceremony the longer one counts.
 * @param wanted refuse logs of the other mode
 */
export function foldFolder(folder: string, wanted: Mode | undefined): FoldedFolder {
  const logs = new Map<string, CeremonyLog>();
  let mode = wanted;
  for (const file of logsIn(folder)) {
    const log = inFile(file, () => {
      const parsed = parseLog(readInput(file));
      verifyLog(parsed);
      mode ??= parsed.header.mode;
      if (parsed.header.mode !== mode) {
        throw refuseDocument('document-other-mode', 'ceremony log', parsed.header.mode);
      }
      return parsed;
    });
    const { ceremonyId } = log.header;
    const other = logs.get(ceremonyId);
    if (other === undefined || other.items.length < log.items.length) logs.set(ceremonyId, log);
  }
  if (mode === undefined) throw new Error('A folder without logs is refused.');
  const now = formatTime(new Date());
  const sources = { logs: [...logs.values()], receipts: [], manifests: [], running: null, now };
  return { ledger: foldLedger(sources), mode };
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, sentences } = error;
    const happened = `Of the log ${file}: ${sentences.happened}`;
    throw new Refusal(code, { ...sentences, happened }, file, { cause: error });
  }
}
