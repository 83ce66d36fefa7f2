/**
 * The least that can tell Slack of a caller: an Express handler that checks the signature, sends the document it was given and
 * then posts a line, and remembers nothing. What our alerts are compared with.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { AUTH_TOKEN, SLACK_TOKEN } from '../../harness/credentials.ts';
import { channelOf } from './desks.ts';

const [, , document = '', slackUrl = ''] = process.argv;
const app = express();
let url = '';
app.post('/{*path}', express.urlencoded({ extended: false }), (req, res) => {
  const signature = req.get('x-twilio-signature') ?? '';
  if (!webhooks.validateRequest(AUTH_TOKEN, signature, url + req.originalUrl, req.body))
    return void res.sendStatus(403);
  res.type('text/xml').send(document);
  if (req.body.SpeechResult) void post(channelOf(req.body.To), `${req.body.From} needs a human`);
});
const server = app.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(url);
});

async function post(channel: string, text: string): Promise<void> {
  await fetch(`${slackUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SLACK_TOKEN}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel, text }),
  });
}
