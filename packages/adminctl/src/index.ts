/** For whoever documents or tests the command line; no program imports it. */
export { EXIT_CODE_OF, EXIT_CODES, type ExitCode, type FailureCode } from './exit-codes.ts';
export { loadCommands, renderReference } from './reference.ts';
export { openTerminal } from './triage/terminal.ts';
export { type Summary, triage } from './triage/triage.ts';
