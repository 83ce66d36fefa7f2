/** What the daemon under test has agreed on with its admin, its Twilio and its Slack. */
export const ADMIN_KEY = 'a-key-for-stories-0123456789-abcdefghij';
export const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
export const AUTH_TOKEN = '5f3c2d1e0b9a8f7e6d5c4b3a29181706';
export const SLACK_TOKEN = 'xoxb-stories-1';
export const SLACK_SIGNING_SECRET = 'a-signing-secret';
export const PAGERDUTY_ROUTING_KEY = 'b0e1d2c3f4a5968778695a4b3c2d1e0f';
export const PAGERDUTY_WEBHOOK_SECRET = 'a-webhook-secret-of-stories';
export const CALLER = '+14155550123';
