/**
 * What the page for the witness's file says: facts and whole digests of the documents that this
 * ceremony has at that moment.
 * @module
 */
import {
  organisationInWords,
  whosePassphrase,
  type WhosePassphrase,
} from '../../../shared/bundle/organisation.ts';
import { isRecoveryPackage, type Package } from '../../../shared/bundle/package.ts';
import type { PageSize } from '../../../shared/ceremony/types.ts';
import type { HostEvent } from '../../../shared/ceremony/events.ts';
import { hexToBytes } from '../../../shared/encoding/bytes.ts';
import { formatTime } from '../../../shared/encoding/schema.ts';
import { eightWords } from '../../../shared/encoding/words.ts';
import { fact, type Entry } from '../../../shared/transcript/entry.ts';
import { entries } from '../../../shared/transcript/log.ts';
import type { WitnessDigest, WitnessFacts } from '../../media/paper/witness-page.ts';
import type { EffectContext } from './effect-context.ts';
import { availablePrinters, PDF_FOLDER } from './readiness.ts';
import { refuseHost } from './refusals.ts';

const CEREMONIES = {
  setup: 'Split of a new platform key',
  recover: 'Recovery of one survey key',
  'recover-member': 'Recovery of one survey key of an organisation',
  adopt: 'Adoption of the platform key',
  'rotate-shares': 'New shares of the platform key',
  'new-version': 'New platform key, beside the one in use',
  'add-set': 'Another set of the same platform key',
  activate: 'Another active key version',
  retire: 'End of a key version',
  drill: 'Drill: shares proved',
  roster: 'Change of who takes part',
  'migrate-organisation': 'Survey keys of an organisation, wrapped anew',
  'migrate-escrows': 'Survey keys moved to another key version',
  refresh: 'Other shares of the same component',
} as const;

const PASSPHRASE: Readonly<Record<WhosePassphrase, string>> = {
  new: 'a new one',
  continued: 'that of an earlier ceremony',
  kept: 'the one in use',
};

/** Who was in the room in that role, as the transcript has it. */
function seated(all: readonly Entry[], role: 'witness' | 'operator'): string {
  const names = all.flatMap((entry) =>
    fact(entry, 'kind') === 'identity-ready' && fact(entry, 'role') === role
      ? [String(fact(entry, 'name') ?? '')]
      : [],
  );
  return names.at(-1) ?? '';
}

function witnessFacts({ transcript, gathered, mode, ceremonyId, platform }: EffectContext): {
  readonly facts: WitnessFacts;
  readonly head: string;
} {
  const { descriptor, package: from, next, bundle } = gathered;
  // What approvers compare is the set that comes.
  const { manifest, roster } = next ?? gathered;
  if (descriptor === null || from === null || manifest === null || roster === null) {
    throw refuseHost('laptop-fault');
  }
  const head = transcript.head();
  const { label, keyVersion, threshold, count, shares } = manifest.body;
  const digestOf = (name: string, { digest }: { readonly digest: string }): WitnessDigest => ({
    name,
    digest,
    words: eightWords(hexToBytes(digest)),
  });
  const recovery = isRecoveryPackage(from.body) ? from.body.facts : null;
  const all = entries(transcript.log);
  return {
    head: head.hash,
    facts: {
      mode,
      ceremony: CEREMONIES[from.body.kind],
      setLabel: label,
      keyVersion,
      ceremonyId,
      date: formatTime(platform.now()).slice(0, 10),
      threshold,
      count,
      about:
        recovery === null
          ? aboutOther(from.body, roster.body.serial)
          : [
              ['Request', recovery.requestCode],
              ['User', `${recovery.userId}, ${recovery.userName}`],
              ['Survey', `${recovery.surveyId}, ${recovery.surveyName}`],
            ],
      entries: head.entries,
      digests: [
        digestOf('Manifest', manifest),
        digestOf('Roster', roster),
        ...(next === null || gathered.manifest === null
          ? []
          : [digestOf('Manifest of before', gathered.manifest)]),
        digestOf('Descriptor', descriptor),
        digestOf('Package', from),
        ...(bundle === null ? [] : [digestOf('Bundle', bundle)]),
        { name: 'Transcript head', digest: head.hash, words: head.words },
      ],
      shares: shares.map(({ index, custodian, media, publicKey }) => ({
        index,
        custodian: custodian.name,
        media: media.map(({ kind }) => kind),
        publicKey,
      })),
      witness: seated(all, 'witness'),
      operator: seated(all, 'operator'),
    },
  };
}

function aboutOther(body: Package, serial: number): WitnessFacts['about'] {
  if (body.kind === 'roster') return [['Roster', `number ${serial}`]];
  if (body.kind === 'activate') {
    return [['Put to use', `key version ${body.activates}, in the place of ${body.keyVersion}`]];
  }
  if (body.kind === 'retire') return [['Retired', `key version ${body.retires}`]];
  if (body.kind === 'migrate-escrows') {
    const half = `of key version ${body.keyVersion}, to ${body.movesTo}`;
    return [
      ['Moved', `survey keys of key version ${body.keyVersion} to ${body.movesTo}`],
      ...(body.handsOver === true ? [['Half for organisations', half] as const] : []),
    ];
  }
  if (body.kind !== 'migrate-organisation') return [];
  return [
    ['Request', body.facts.requestCode],
    ['Organisation', organisationInWords(body.facts)],
    ['Owner', body.facts.owner],
    ['Passphrase', PASSPHRASE[whosePassphrase(body)]],
    ...(body.moves === undefined
      ? []
      : [['Moved', `from key version ${body.moves.from} to ${body.facts.keyVersion}`] as const]),
  ];
}

export async function printWitnessPage(
  printerId: string,
  agreed: PageSize | null,
  context: EffectContext,
): Promise<HostEvent> {
  const { platform, mode } = context;
  const { facts, head } = witnessFacts(context);
  const inFolder = printerId === PDF_FOLDER && mode === 'rehearsal';
  const printers = await availablePrinters(mode, platform.rehearsalFolder);
  const page = agreed ?? printers.find(({ id }) => id === printerId)?.page ?? 'A4';
  const worker = await context.worker();
  const { description, warning } = await worker.ask('print-witness-page', {
    printer: inFolder ? null : printerId,
    folder: inFolder ? platform.rehearsalFolder : null,
    page,
    facts,
  });
  return { type: 'witness-page-printed', description, head, warning };
}
