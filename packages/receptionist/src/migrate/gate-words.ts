/** What contracts wait for, in words. */
import type { MigrationRun } from '@receptionist/store';
import type { ContractGates, TenantGates } from '@receptionist/store/migrate';
import { ofTenants } from './ids.ts';
import { alike } from './tenant-words.ts';

export function waitingFor(contracts: readonly ContractGates[]): MigrationRun['waiting'] {
  return contracts
    .filter(({ ready }) => !ready)
    .map(({ id, gates }) => ({
      id,
      why: closed(gates)
        .map(({ found, todo }) => `${found}. ${todo}`)
        .join(' '),
    }));
}

export function gateLines({ ready, gates }: ContractGates, name: string): string[] {
  return [
    `${name} ${ready ? 'waits for nothing' : 'waits'}:`,
    ...gates.flatMap(({ name, satisfied, found, needed, todo }) => [
      `  ${satisfied ? 'ok   ' : 'waits'}  ${name}: ${found}`,
      ...(satisfied ? [] : [`         needed: ${needed}`, `         ${todo}`]),
    ]),
  ];
}

/** Those that wait for the same together, with the times of the first. */
export function tenantGateLines(theirs: readonly TenantGates[]): string[] {
  const unread = theirs.flatMap(({ tenant_id, error }) => (error === null ? [] : [{ tenant_id, error }]));
  const asked = theirs.flatMap(({ tenant_id, gates }) => gates.map((contract) => ({ tenant_id, contract })));
  const waitsFor = ({ contract: { id, gates } }: (typeof asked)[number]) =>
    [id, ...closed(gates).map(({ name }) => name)].join(' ');
  return [
    ...alike(asked, waitsFor).flatMap(({ first: { tenant_id, contract }, all, who }) => [
      ...gateLines(contract, `${ofTenants(contract.id)} for ${who}`),
      ...(all.length > 1 ? [`  These are the figures of ${tenant_id}.`] : []),
    ]),
    ...alike(unread, ({ error }) => error).map(({ first, who }) => `${who}: cannot be read: ${first.error}`),
  ];
}

function closed(gates: ContractGates['gates']): ContractGates['gates'] {
  return gates.filter(({ satisfied }) => !satisfied);
}
