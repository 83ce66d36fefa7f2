/** Whether a request is from PagerDuty. https://developer.pagerduty.com/docs/verifying-webhook-signatures */
import { createHmac, timingSafeEqual } from 'node:crypto';

const VERSION = 'v1=';

/**
 * `signatures`: the header, one signature or several with commas between them, of which one is enough: while secrets are
 * rotated PagerDuty signs with both. `body`: as it came.
 */
export function isSignedByPagerDuty(signatures: string, body: Uint8Array, secret: string): boolean {
  const right = Buffer.from(VERSION + createHmac('sha256', secret).update(body).digest('hex'));
  return signatures.split(',').some((signature) => {
    const given = Buffer.from(signature.trim());
    return given.length === right.length && timingSafeEqual(given, right);
  });
}
