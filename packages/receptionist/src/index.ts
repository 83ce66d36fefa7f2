export { type Config, ConfigError, readConfig } from './config.ts';
export { createLog, type Log } from './observability/log.ts';
export { type Receptionist, startReceptionist } from './receptionist.ts';
