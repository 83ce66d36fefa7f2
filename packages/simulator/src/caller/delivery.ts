/** What becomes of an outgoing message, and how its sender hears of it. */
import { deliveryParameters, type MessageIdentity } from './message-parameters.ts';
import { problemIn, type TwilioProblem } from './problems.ts';
import { askWebhook, type Webhook } from './webhook.ts';

/** https://www.twilio.com/docs/api/errors */
export const DELIVERY_ERRORS = {
  21610: 'Attempt to send to unsubscribed recipient',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30008: 'Unknown error',
  30034: 'Message from an unregistered number',
  63016: 'Free-form message outside the allowed window',
} as const;

export type DeliveryErrorCode = keyof typeof DELIVERY_ERRORS;

/** `failed`: it never left Twilio; `undelivered`: the carrier gave it back. */
export type Delivery =
  | { status: 'delivered' }
  | { status: 'undelivered' | 'failed'; errorCode: DeliveryErrorCode };

export type MessageStatus = 'queued' | 'sent' | Delivery['status'];

export interface StatusCallback {
  url: string;
  method: 'GET' | 'POST';
}

/** Take the message from `queued` to its end. Each status is known before the callback that tells of it. */
export async function deliver(options: {
  message: MessageIdentity;
  delivery: Delivery;
  /** Null: nobody wants to know. */
  callback: StatusCallback | null;
  webhook: Webhook;
  onStatus: (status: MessageStatus) => void;
  onProblem: (problem: TwilioProblem) => void;
}): Promise<void> {
  const { message, delivery, callback, webhook, onStatus, onProblem } = options;
  for (const status of stepsTo(delivery)) {
    onStatus(status);
    if (!callback) continue;
    const params = deliveryParameters(message, status, errorOf(delivery, status));
    await askWebhook({ ...callback, params }, webhook).catch((error) => onProblem(problemIn(error)));
  }
}

function stepsTo({ status }: Delivery): MessageStatus[] {
  return status === 'failed' ? ['queued', 'failed'] : ['queued', 'sent', status];
}

/** Before the end nothing is known to be wrong. */
export function errorOf(delivery: Delivery, status: MessageStatus): DeliveryErrorCode | null {
  return delivery.status !== 'delivered' && delivery.status === status ? delivery.errorCode : null;
}
