/** Calls that the provider had and the daemon may never have seen, because it was away. */
import { z } from 'zod';
import { instant, phone } from './schemas.ts';

const callSid = z
  .string()
  .regex(/^CA[0-9a-fA-F]{32}$/, 'It must be a CallSid: CA and 32 hexadecimal digits.');

export const missedCallsBody = z.strictObject({
  calls: z
    .array(
      z.strictObject({
        call_sid: callSid,
        /** Null where the number was withheld. */
        caller: phone.nullable(),
        started_at: instant,
        /** How long the caller stayed. */
        seconds: z.int().min(0).max(86_400),
      }),
    )
    .min(1)
    .max(500),
});

export const missedCallsAnswer = z.object({
  /** Those that the daemon had never seen; each is filed once, however often it is sent. */
  filed: z.array(z.object({ call_sid: z.string(), conversation_id: z.string(), event_id: z.string() })),
  /** Those that it knew. */
  known: z.array(z.string()),
});
