/** How what Twilio asks is handed on, and answered. */
import type { Request, Response } from 'express';
import type { Fields, SignedRequest } from './telephony.ts';

/** Answers a request that was signed. */
export type Answer = (req: Request, res: Response, fields: Fields) => Promise<void>;

export function signedRequest(req: Request): SignedRequest {
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  return { path: req.originalUrl, headers: req.headersDistinct, body };
}

export function sendXml(res: Response, document: string): void {
  res.type('text/xml').send(document);
}
