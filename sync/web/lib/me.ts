/**
 * Who is signed in.
 * @module
 */
import type { z } from 'zod';
import type { meAnswer } from '../../routes/people-answers.ts';

export type Me = z.infer<typeof meAnswer>;
