/**
 * `/v1/packages`: ask for one, approve its release, fetch it.
 * @module
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { organisationKeys } from '../../shared/bundle/adopt.ts';
import { PASSPHRASES } from '../../shared/bundle/organisation.ts';
import { reasonText } from '../../shared/bundle/approval.ts';
import { packageType } from '../../shared/bundle/package.ts';
import { hexToBytes } from '../../shared/encoding/bytes.ts';
import { id16, keyVersion, name as personName, rowId } from '../../shared/encoding/schema.ts';
import { findDocument } from '../database/documents.ts';
import type { FlowContext } from '../trust/context.ts';
import { LIST_AT_MOST } from '../database/lists.ts';
import { requestAdoptPackage } from '../flows/packages/adopt.ts';
import { makeActivatePackage, makeRetirePackage } from '../flows/packages/change-version.ts';
import { makeDrillPackage } from '../flows/packages/drill.ts';
import { requestFullDrillPackage } from '../flows/packages/full-drill.ts';
import { requestOrganisationPackage } from '../flows/packages/organisation.ts';
import { requestRecoverPackage } from '../flows/packages/recover.ts';
import { makeRosterPackage } from '../flows/packages/roster.ts';
import { makeAddSetPackage, makeRefreshPackage } from '../flows/packages/sets.ts';
import { requestNewVersionPackage } from '../flows/packages/version.ts';
import { requestRotatePackage } from '../flows/packages/rotate.ts';
import { listPackages, packageByPrefix } from '../flows/package-rows/rows.ts';
import { makeSetupPackage } from '../flows/packages/packages.ts';
import { REQUEST_CODE } from '../flows/requests/requests.ts';
import { receiptOf } from '../flows/endings/receipt-file.ts';
import { refuseFlow } from '../trust/refusals.ts';
import { adminOf } from '../http/access.ts';
import { refuseRequest } from '../http/refusals.ts';
import { schemaOf } from '../http/schema.ts';
import { fileAnswer, packageAnswer, packagesAnswer } from './answers.ts';
import { wordsText } from './bundles.ts';
import { fileOf, showPackage, showPackages } from './show.ts';

export const nonceParams = z.strictObject({ nonce: z.string().regex(/^[0-9a-f]{8,32}$/) });
const listQuery = z.strictObject({ before: nonceParams.shape.nonce.optional() });
const setupBody = z.strictObject({ keyVersion });
/** Which set of the version the ceremony is held with: its id. Needed only where there are several. */
export const setNamed = id16.optional();
const withSet = setupBody.extend({ set: setNamed });
/** The ticket file, base64. */
const ticketFile = z
  .string()
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)
  .max(65_536);
export const ticketBody = z.strictObject({ ticket: ticketFile, words: wordsText });
const keyBody = ticketBody.extend({ keyVersion });
const setBody = ticketBody.extend({ set: setNamed });
const keySetBody = keyBody.extend({ set: setNamed });
const adoptBody = keyBody.extend({
  /** Kept by organisations; an owner types the passphrase at the laptop, where nothing else proves the key. */
  organisationKeys: organisationKeys.optional(),
});
const recoverBody = z.strictObject({
  requestCode: z.string().regex(REQUEST_CODE),
  set: setNamed,
  ticket: ticketFile,
  words: wordsText,
});

const organisationBody = z.strictObject({
  organisationId: rowId,
  /** Who acts for the organisation. */
  owner: personName,
  /** How it was checked that there is such an organisation, and where the evidence lies. */
  organisationChecked: reasonText,
  /** The same of the owner. */
  ownerChecked: reasonText,
  /**
   * `continued`: the surveys that an earlier package had no room for, under its passphrase. `kept`: the
   * organisation moves to the active key version, and its owner knows the passphrase.
   */
  passphrase: z.enum(PASSPHRASES),
  /** Of a new passphrase: wrapped under the active key version, where the organisation is under another. */
  underActive: z.boolean().optional(),
  /** The surveys that are named are all of which the organisation keeps a key. */
  areAll: z.boolean().optional(),
  /** Where CheckTick's table does not say which they are, or only some are to be helped. */
  surveys: z
    .array(z.strictObject({ surveyId: rowId, teamId: rowId.nullable() }))
    .min(1)
    .max(1_000)
    .refine((all) => new Set(all.map(({ surveyId }) => surveyId)).size === all.length)
    .optional(),
  set: setNamed,
  ticket: ticketFile,
  words: wordsText,
});

/** The body; at `where` it may break a rule that no JSON Schema says: a survey is named once. */
function bodyOf<T>(schema: z.ZodType<T>, body: unknown, where: string): T {
  const read = schema.safeParse(body);
  if (!read.success) throw refuseRequest('request-invalid', where);
  return read.data;
}

/** With the bytes of the ticket file, and the set that is named. */
export const withTicket = <
  Body extends { readonly ticket: string; readonly set?: string | undefined },
>({
  set: setId,
  ...body
}: Body) => ({
  ...body,
  setId,
  ticket: new Uint8Array(Buffer.from(body.ticket, 'base64')),
});

/** Released at once, for one key version: what each is for, and what makes it. */
const WITHOUT_SECRET = {
  setup: ['A package for a whole new platform key; it holds no secret.', makeSetupPackage],
  roster: ['A package for changing who takes part; it holds no secret.', makeRosterPackage],
  drill: ['A package for proving shares, good for 30 days; it holds no secret.', makeDrillPackage],
  refresh: [
    'A package for other shares of the same component, one custodian at a time; it holds no secret.',
    makeRefreshPackage,
  ],
  'add-set': [
    'A package for a further share set of a key version, beside those in force; it holds no secret.',
    makeAddSetPackage,
  ],
  activate: [
    'A package for making another key version the active one; it holds no secret.',
    makeActivatePackage,
  ],
  retire: [
    'A package for retiring a key version that nothing needs any more; it holds no secret.',
    makeRetirePackage,
  ],
} as const;

export function registerPackages(app: FastifyInstance, context: FlowContext): void {
  const { database } = context;
  const params = schemaOf(nonceParams);
  const tags = ['packages'];
  const named = async (request: { params: unknown }) =>
    packageByPrefix(database, nonceParams.parse(request.params).nonce);

  for (const [kind, [summary, make]] of Object.entries(WITHOUT_SECRET)) {
    app.post(
      `/v1/packages/${kind}`,
      {
        config: { access: ['operator'] },
        schema: {
          summary,
          tags,
          body: schemaOf(kind === 'setup' ? setupBody : withSet),
          response: { 200: schemaOf(fileAnswer.extend({ nonce: z.string() })) },
        },
      },
      async (request) => {
        const { keyVersion: version, set } = withSet.parse(request.body);
        const made = await make(context, adminOf(request), version, { setId: set });
        return {
          ...fileOf('package', made.digest, packageType.toBytes(made)),
          nonce: made.body.nonce,
        };
      },
    );
  }
  app.post(
    '/v1/packages/recover',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Ask for a recovery package: request, ticket, and the ticket’s words as typed.',
        tags,
        body: schemaOf(recoverBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const entry = withTicket(recoverBody.parse(request.body));
      return showPackage(context, await requestRecoverPackage(context, adminOf(request), entry));
    },
  );
  app.post(
    '/v1/packages/adopt',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Ask for a package that adopts the platform key that exists: key version, ticket, and the ticket’s words as typed; with it up to five survey keys of organisations, as proof.',
        tags,
        body: schemaOf(adoptBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const entry = withTicket(bodyOf(adoptBody, request.body, 'body/organisationKeys'));
      return showPackage(context, await requestAdoptPackage(context, adminOf(request), entry));
    },
  );
  app.post(
    '/v1/packages/rotate-shares',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Ask for a package for new shares of the same platform key: key version, ticket, and the ticket’s words as typed.',
        tags,
        body: schemaOf(keySetBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const entry = withTicket(keySetBody.parse(request.body));
      return showPackage(context, await requestRotatePackage(context, adminOf(request), entry));
    },
  );
  app.post(
    '/v1/packages/full-drill',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Ask for a package for a full drill, in which the shares are put together and open a test escrow: key version, ticket, and the ticket’s words as typed.',
        tags,
        body: schemaOf(keySetBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const entry = withTicket(keySetBody.parse(request.body));
      return showPackage(context, await requestFullDrillPackage(context, adminOf(request), entry));
    },
  );
  app.post(
    '/v1/packages/new-version',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Ask for a package for a new platform key beside the active one: ticket, and the ticket’s words as typed.',
        tags,
        body: schemaOf(setBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const entry = withTicket(setBody.parse(request.body));
      return showPackage(context, await requestNewVersionPackage(context, adminOf(request), entry));
    },
  );
  app.post(
    '/v1/packages/migrate-organisation',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Ask for a package for an organisation whose owner forgot the passphrase: who that is and how it was checked, ticket, and the ticket’s words as typed.',
        tags,
        body: schemaOf(organisationBody),
        response: { 200: schemaOf(packageAnswer) },
      },
    },
    async (request) => {
      const { organisationChecked, ownerChecked, ...asked } = withTicket(
        bodyOf(organisationBody, request.body, 'body/surveys'),
      );
      const entry = {
        ...asked,
        checked: { organisation: organisationChecked, owner: ownerChecked },
      };
      return showPackage(
        context,
        await requestOrganisationPackage(context, adminOf(request), entry),
      );
    },
  );
  app.get(
    '/v1/packages',
    {
      config: { access: 'any-admin' },
      schema: {
        summary: 'Packages, newest first, 200 at a time; the next ones with ?before=NONCE.',
        tags,
        querystring: schemaOf(listQuery),
        response: { 200: schemaOf(packagesAnswer) },
      },
    },
    async (request) => {
      const { before } = listQuery.parse(request.query);
      const last = before === undefined ? undefined : await packageByPrefix(database, before);
      const rows = await listPackages(database, last?.nonce);
      return {
        packages: await showPackages(context, rows),
        more: rows.length === LIST_AT_MOST,
      };
    },
  );
  app.get(
    '/v1/packages/:nonce',
    {
      config: { access: 'any-admin' },
      schema: { summary: 'One package.', tags, params, response: { 200: schemaOf(packageAnswer) } },
    },
    async (request) => showPackage(context, await named(request)),
  );
  app.get(
    '/v1/packages/:nonce/file',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'The package file, once it is released.',
        tags,
        params,
        response: { 200: schemaOf(fileAnswer) },
      },
    },
    async (request) => {
      const found = await named(request);
      if (found.digest === null) throw refuseFlow('package-state', found.state);
      const document = await findDocument(database, hexToBytes(found.digest));
      if (document === undefined) throw refuseFlow('nothing-found', 'package');
      return fileOf('package', found.digest, document.content);
    },
  );
  app.get(
    '/v1/packages/:nonce/receipt',
    {
      config: { access: 'any-admin' },
      schema: {
        summary: 'The final receipt of this package, also when it expired unused.',
        tags,
        params,
        response: { 200: schemaOf(fileAnswer) },
      },
    },
    async (request) => {
      const { digest, bytes } = await receiptOf(context, (await named(request)).nonce);
      return fileOf('receipt', digest, bytes);
    },
  );
}
