/**
 * How a screen names one thing of a list: a stick, a document, a printer.
 * @module
 */
import { z } from '../encoding/schema.ts';

/** SECURITY: it comes from a window, so its length has an end. */
export const listId = z.string().min(1).max(400);
