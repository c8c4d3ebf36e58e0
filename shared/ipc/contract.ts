/**
 * The contract between the window and main: each channel with strict schemas of what goes in and
 * comes out. Main registers by a mapped type, so a missing handler does not compile; the preload
 * knows the channel names only. No schema here has a field for a secret.
 * @module
 */
import { id16, mode, z } from '../encoding/schema.ts';
import { personEventSchema } from '../ceremony/events.ts';
import type { HomeView } from '../ceremony/home.ts';
import type { FoundDocument, PrinterInfo, VolumeInfo } from '../ceremony/types.ts';
import type { View } from '../ceremony/view.ts';
import { TICKET_KINDS } from '../bundle/ticket.ts';
import { ceremonyPlanSchema } from '../plan/plan.ts';
import { unsealKeysSaid } from '../ledger/unseal-keys.ts';
import type { RefusalNote } from '../refusal.ts';
import { CEREMONY_KINDS } from '../transcript/log.ts';

const nothing = z.undefined();
/** Views are made by main's own pure code: their type is checked at compile time, not again. */
const ofType = <T>() => z.custom<T>((value) => typeof value === 'object');

export const DOCUMENT_KINDS = ['descriptor', 'package', 'receipt', 'chain', 'plan'] as const;

export const contract = {
  /** Everything the home screen shows. */
  'home:get': { input: nothing, output: ofType<HomeView>() },
  /** Starts a ceremony; the view comes by push. */
  'ceremony:start': {
    input: z.strictObject({
      ceremony: z.enum(CEREMONY_KINDS),
      mode,
      /**
       * Destruction: the set that is over; `legacy`: of a live one what opened its key before. Drill: a set
       * in use, whose shares are read without sync.
       */
      about: z
        .strictObject({
          setId: id16,
          generation: z.int().min(1),
          legacy: z.literal(true).optional(),
        })
        .optional(),
    }),
    output: z.null(),
  },
  /** Goes on with one that waits for its receipt. */
  'ceremony:resume': { input: z.strictObject({ ceremonyId: id16 }), output: z.null() },
  /** The current view, or null when home is shown. */
  'ceremony:view': { input: nothing, output: ofType<View | null>() },
  'ceremony:dispatch': { input: personEventSchema, output: z.null() },
  /** Leaves a ceremony that is closed, void or waiting; shows home. */
  'ceremony:leave': { input: nothing, output: z.null() },
  'volumes:list': { input: z.strictObject({ mode }), output: ofType<readonly VolumeInfo[]>() },
  'printers:list': { input: z.strictObject({ mode }), output: ofType<readonly PrinterInfo[]>() },
  'documents:find': {
    input: z.strictObject({ kind: z.enum(DOCUMENT_KINDS), mode }),
    output: ofType<readonly FoundDocument[]>(),
  },
  /** Continue on another laptop: read sync's chain, or a ceremony log; says whose words to type. */
  'chain:open': {
    input: z.strictObject({ documentId: z.string().max(400), mode }),
    output: z.strictObject({
      syncName: z.string(),
      digest: z.string(),
      sets: z.int(),
      /** Whose eight words are typed: sync's descriptor, or the share set on the witness's paper. */
      wordsOf: z.enum(['descriptor', 'share set']),
    }),
  },
  'chain:trust': {
    input: z.strictObject({ digest: z.string(), words: z.string().max(200), mode }),
    output: z.null(),
  },
  /** Makes a ticket onto the operator's stick. Entry windows open in front. */
  'ticket:make': {
    input: z.strictObject({
      mode,
      kind: z.enum(TICKET_KINDS),
      operator: z.string().max(60),
      /**
       * Adoption, where no sync is trusted here yet: its descriptor from a stick (query `documents`),
       * and the eight words that its operator reads aloud.
       */
      descriptor: z
        .strictObject({ id: z.string().max(400), words: z.string().max(200) })
        .optional(),
      /** Where the private half and the ticket go. */
      volumeId: z.string().max(400),
      /**
       * How the operator's identity comes in, to sign the ticket. `new`, for an adoption: it is made,
       * and lies beside the ticket, since nobody has one yet.
       */
      identity: z.enum(['usb', 'paper', 'key', 'new']),
      identityVolumeId: z.string().max(400).nullable(),
    }),
    output: z.strictObject({ words: z.string(), description: z.string() }),
  },
  /** Saves a plan that was prepared onto a stick, and reads it back. */
  'plan:save': {
    input: z.strictObject({ plan: ceremonyPlanSchema, volumeId: z.string().max(400) }),
    output: z.strictObject({
      digest: z.string(),
      words: z.string(),
      fileName: z.string(),
      description: z.string(),
    }),
  },
  /** Prints a plan: the page of whoever gathers people and things. */
  'plan:print': {
    input: z.strictObject({ plan: ceremonyPlanSchema, printerId: z.string().max(400) }),
    output: ofType<{ readonly description: string; readonly warning: RefusalNote | null }>(),
  },
  /** A plan from a stick, to go on with it. */
  'plan:open': {
    input: z.strictObject({ mode, documentId: z.string().max(400) }),
    output: z.strictObject({ plan: ceremonyPlanSchema, digest: z.string(), words: z.string() }),
  },
  /** Writes the days on which shares are due onto a stick, as a calendar file. */
  'calendar:save': {
    input: z.strictObject({ mode, volumeId: z.string().max(400) }),
    output: z.strictObject({ description: z.string() }),
  },
  /** Keeps on this laptop who holds Vault's unseal keys, as somebody says it; null: forgets it. */
  'unseal-keys:say': {
    input: z.strictObject({ mode, keys: unsealKeysSaid.nullable() }),
    output: z.null(),
  },
  /** Writes the ceremony log onto a stick (JSONL), with the ledger of all ceremonies beside it. */
  'log:export': {
    input: z.strictObject({ ceremonyId: id16, volumeId: z.string().max(400) }),
    output: z.strictObject({ description: z.string() }),
  },
} as const;

export type Contract = typeof contract;
export type Channel = keyof Contract;
export type Input<C extends Channel> = z.infer<Contract[C]['input']>;
export type Output<C extends Channel> = z.infer<Contract[C]['output']>;

/** Pushed by main: the view changed (`View | null`). */
export const VIEW_CHANGED = 'view:changed';

/** What every call answers: a value, or the three sentences. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly note: RefusalNote };

/** What the preload puts on `window.conclave`. */
export interface Bridge {
  call<C extends Channel>(channel: C, input: Input<C>): Promise<Answer<Output<C>>>;
  onView(listener: (view: View | null) => void): () => void;
}
