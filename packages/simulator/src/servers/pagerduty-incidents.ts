/** What events do to incidents. https://developer.pagerduty.com/docs/events-api-v2-overview#event-action */
import type { PagerDutyEvent } from './pagerduty-events.ts';

export interface PagerDutyIncident {
  /** `P` and six more. */
  id: string;
  number: number;
  dedup_key: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** The summary of the first trigger. */
  title: string;
  urgency: 'high' | 'low';
  created_at: string;
  acknowledged_by: PagerDutyUser | null;
  /** Every trigger it was opened with or got since. */
  alerts: readonly PagerDutyEvent[];
}

export interface PagerDutyUser {
  id: string;
  name: string;
}

/** What came of an event. A trigger that was `appended` pages nobody. */
export type EventEffect = 'opened' | 'appended' | 'acknowledged' | 'resolved' | 'dropped';

export interface Incidents {
  /** The newest of each dedup_key. */
  byKey: ReadonlyMap<string, PagerDutyIncident>;
  /** Those that paged a person, in order. */
  pages: readonly PagerDutyIncident[];
  take: (event: PagerDutyEvent) => EventEffect;
  /** @throws where there is nothing to acknowledge */
  acknowledge: (dedupKey: string, by: PagerDutyUser | null) => PagerDutyIncident;
  /** @throws where there is nothing to resolve */
  resolve: (dedupKey: string) => PagerDutyIncident;
}

export function createIncidents(now: () => number): Incidents {
  const byKey = new Map<string, PagerDutyIncident>();
  const pages: PagerDutyIncident[] = [];

  const unresolved = (dedupKey: string) => {
    const incident = byKey.get(dedupKey);
    return incident && incident.status !== 'resolved' ? incident : null;
  };

  function open(event: PagerDutyEvent): void {
    const number = pages.length + 1;
    const incident: PagerDutyIncident = {
      id: `P${number.toString(36).toUpperCase().padStart(6, '0')}`,
      number,
      dedup_key: event.dedup_key,
      status: 'triggered',
      title: event.payload?.summary ?? '',
      urgency: ['critical', 'error'].includes(event.payload?.severity ?? '') ? 'high' : 'low',
      created_at: new Date(now()).toISOString(),
      acknowledged_by: null,
      alerts: [event],
    };
    byKey.set(event.dedup_key, incident);
    pages.push(incident);
  }

  function trigger(event: PagerDutyEvent): EventEffect {
    const incident = unresolved(event.dedup_key);
    if (!incident) {
      open(event);
      return 'opened';
    }
    incident.alerts = [...incident.alerts, event];
    return 'appended';
  }

  function mustFind(dedupKey: string): PagerDutyIncident {
    const incident = unresolved(dedupKey);
    if (!incident) throw new Error(`There is no open incident ${dedupKey} in PagerDuty.`);
    return incident;
  }

  function acknowledge(dedupKey: string, by: PagerDutyUser | null): PagerDutyIncident {
    return Object.assign(mustFind(dedupKey), { status: 'acknowledged', acknowledged_by: by } as const);
  }

  function resolve(dedupKey: string): PagerDutyIncident {
    return Object.assign(mustFind(dedupKey), { status: 'resolved' } as const);
  }

  return {
    byKey,
    pages,
    acknowledge,
    resolve,
    take: (event) => {
      if (event.event_action === 'trigger') return trigger(event);
      const incident = unresolved(event.dedup_key);
      if (!incident) return 'dropped';
      if (event.event_action === 'resolve') {
        resolve(event.dedup_key);
        return 'resolved';
      }
      if (incident.status === 'acknowledged') return 'dropped';
      acknowledge(event.dedup_key, null);
      return 'acknowledged';
    },
  };
}
