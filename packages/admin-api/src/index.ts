export {
  type Check,
  DAEMON_CHECKS,
  type DaemonCheck,
  type DaemonStatus,
  type Finding,
  fine,
  skipped,
  worrying,
  wrong,
} from './checks.ts';
export {
  type AdminClient,
  type AdminClientOptions,
  type CallOptions,
  createAdminClient,
  type FollowOptions,
  Unreachable,
} from './client.ts';
export { MOST_NOTES } from './fallback.ts';
export { whyNoAnswer } from './no-answer.ts';
export { MOST_OVERRIDES, type OnCallBody, onCallBody, strangerAmong } from './oncall.ts';
export { openApiDocument } from './openapi.ts';
export {
  type Answer,
  type Body,
  bodyTypes,
  type Params,
  type Query,
  ROUTES,
  type Route,
  type RouteName,
  type Routes,
} from './routes.ts';
export { type ProblemAnswer, problemAnswer } from './schemas.ts';
export {
  ENTRY_STREAM,
  type EntryNews,
  HEARTBEAT_MS,
  type StreamMessage,
} from './stream.ts';
export { nearest, notOneOf } from './suggestion.ts';
export { type TenantBody, tenantBody } from './tenant.ts';
export { type AdminKeys, checkToken, mintToken, type TokenCheck } from './tokens.ts';
export { invalid, validated } from './validation.ts';
