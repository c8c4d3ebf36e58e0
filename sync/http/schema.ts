/**
 * One zod schema for a body: checked by fastify, published in OpenAPI, and the handler's type.
 *
 * @example
 * const Body = z.strictObject({ reason: z.string().min(1) });
 * app.post('/v1/x', { config: { access: ['approver'] }, schema: { body: schemaOf(Body) } },
 *   async (request) => { const { reason } = Body.parse(request.body); … });
 * @module
 */
import { z } from 'zod';

/** JSON Schema (draft 7, as fastify's ajv reads it) of what goes in. */
export function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  return json;
}
