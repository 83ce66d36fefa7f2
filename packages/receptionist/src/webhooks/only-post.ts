import { Problem } from '@receptionist/core';
import type { RequestHandler } from 'express';

/** The last handler of an address of a webhook. */
export function onlyPost(sender: string): RequestHandler {
  return (req, res) => {
    res.setHeader('Allow', 'POST');
    throw new Problem(
      'method_not_allowed',
      `${req.method} was sent; this address takes POST alone, from ${sender}.`,
    );
  };
}
