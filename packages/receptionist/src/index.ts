export { type Config, ConfigError, readConfig } from './config.ts';
export { createLog, type Log } from './observability/log.ts';
export { type Receptionist, startReceptionist } from './receptionist.ts';
export { refuseSlackRequest } from './webhooks/slack-signature.ts';
export { createTwilioMessaging } from './webhooks/twilio-messaging.ts';
export { createTwilioTelephony } from './webhooks/twilio-telephony.ts';
