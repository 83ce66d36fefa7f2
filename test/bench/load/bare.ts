/**
 * The least that can answer Twilio: an Express handler that checks the signature with the same package and sends the
 * document it was given as its argument. What our turns are compared with.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { AUTH_TOKEN } from '../../harness/credentials.ts';

const [, , document = ''] = process.argv;
const app = express();
let url = '';
app.post('/{*path}', express.urlencoded({ extended: false }), (req, res) => {
  const signature = req.get('x-twilio-signature') ?? '';
  if (webhooks.validateRequest(AUTH_TOKEN, signature, url + req.originalUrl, req.body))
    res.type('text/xml').send(document);
  else res.sendStatus(403);
});
const server = app.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(url);
});
