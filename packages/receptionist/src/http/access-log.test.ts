import type { AddressInfo } from 'node:net';
import { Problem } from '@receptionist/core';
import { Router } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createApp } from './app.ts';

test('answered or refused, a request is logged and counted by its whole route', async () => {
  const lines: string[] = [];
  const metrics = createMetrics();
  const router = Router();
  router.get('/tenants/:tenant_id', (req, res) => {
    if (req.params.tenant_id === 't9') throw new Problem('not_found', 'There is no tenant "t9".');
    res.json({});
  });
  const app = createApp({
    log: createLog({ level: 'info', secrets: [], write: (line) => lines.push(line) }),
    metrics,
    trustProxy: 0,
    readiness: async () => ({ ready: true, parts: {} }),
    metricsPage: (_req, res) => void res.end(),
    routers: { '/admin': router },
  });
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  for (const id of ['t1', 't9']) await (await fetch(`http://127.0.0.1:${port}/admin/tenants/${id}`)).text();

  await expect.poll(() => lines.length).toBe(2);
  const { values } = await metrics.httpRequests.get();
  expect(values.map(({ labels }) => [labels.route, labels.status])).toEqual([
    ['/admin/tenants/:tenant_id', '200'],
    ['/admin/tenants/:tenant_id', '404'],
  ]);
  expect(lines.map((line) => JSON.parse(line).route)).toEqual(Array(2).fill('/admin/tenants/:tenant_id'));
});
