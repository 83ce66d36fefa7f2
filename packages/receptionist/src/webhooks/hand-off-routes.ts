/** What Twilio asks while a caller is put through to a person, but for the caller's own turns. */
import type { Legs } from '../hand-off/legs.ts';
import type { Rooms } from '../hand-off/rooms.ts';
import type { Log } from '../observability/log.ts';
import { within } from '../within.ts';
import type { HandOffLine } from './hand-off-line.ts';
import { TURN_DEADLINE_MS } from './telephony.ts';
import { type Answer, sendXml, signedRequest } from './twilio-answers.ts';

export function createHandOffRoutes({
  line,
  legs,
  rooms,
  log,
}: {
  line: HandOffLine;
  legs: Legs;
  rooms: Rooms;
  log: Log;
}): Readonly<Record<string, Answer>> {
  const complain = (error: unknown) =>
    log.error({ error }, 'it could not be recorded that a caller is on the way to a person');
  return {
    '/wait': async (req, res) => sendXml(res, line.renderWait(signedRequest(req), 'caller')),
    '/connecting': async (req, res) => sendXml(res, line.renderWait(signedRequest(req), 'leg')),
    '/bring': async (req, res, fields) => {
      const news = line.readBring(fields);
      // Whatever becomes of it, the caller goes into the room, which tells of that, too.
      if (news) await within(TURN_DEADLINE_MS, rooms.hear(news)).catch(complain);
      sendXml(res, line.renderBring(signedRequest(req)));
    },
    '/room': async (_req, res, fields) => {
      const news = line.readRoom(fields);
      if (news) await rooms.hear(news);
      res.status(204).end();
    },
    '/leg': async (req, res, fields) => {
      sendXml(res, line.render(await legs.takeTurn(line.readLeg(signedRequest(req), fields))));
    },
    '/leg-ended': async (req, res, fields) => {
      sendXml(res, line.render(await legs.leaveRoom(line.readLeg(signedRequest(req), fields))));
    },
    '/leg-status': async (req, res, fields) => {
      const ended = line.readEnd(signedRequest(req), fields);
      if (ended) await legs.end(ended);
      res.status(204).end();
    },
    '/called-back': async (req, res, fields) => {
      sendXml(res, line.render(await legs.endCallBack(line.readCallBack(signedRequest(req), fields))));
    },
    '/call-back-status': async (req, res, fields) => {
      const callBack = line.readCallBack(signedRequest(req), fields);
      if (callBack) await legs.hearCallBack(callBack);
      res.status(204).end();
    },
  };
}
