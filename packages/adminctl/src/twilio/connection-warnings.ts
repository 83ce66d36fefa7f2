/** What keeps a number from reaching the daemon although its addresses are set. */
import type { Failure } from '../failure.ts';
import { isLocal, isOffice, type Office } from './office.ts';
import type { TwilioNumber } from './rest.ts';
import { overriddenBy } from './webhooks.ts';

export function warningsAbout({
  number,
  before,
  public_url,
  fallbackUrl,
  office,
}: {
  number: string;
  before: TwilioNumber;
  public_url: string;
  fallbackUrl: string | null;
  office: Office | Failure;
}): string[] {
  const warnings = overriddenBy(before).map(
    (how) => `${how}, and its own addresses count for nothing: take that away in Twilio's console.`,
  );
  if (isLocal(public_url)) warnings.push(`Twilio cannot reach ${public_url} over the internet.`);
  if (!fallbackUrl)
    warnings.push(
      'While the site is down, callers hear an application error: host the file of --fallback-file elsewhere.',
    );
  else if (new URL(fallbackUrl).host === new URL(public_url).host)
    warnings.push(`${fallbackUrl} goes down together with ${public_url}: host the file elsewhere.`);
  return [...warnings, ...daemonWarnings(office, { number, public_url })];
}

function daemonWarnings(
  office: Office | Failure,
  { number, public_url }: { number: string; public_url: string },
): string[] {
  if (!isOffice(office)) return [`The daemon could not be asked whether it expects this: ${office.message}`];
  const { status, tenant } = office;
  return [
    ...(status.public_url === public_url
      ? []
      : [
          `The daemon checks signatures for ${status.public_url}: it refuses every request until its PUBLIC_URL is ${public_url}.`,
        ]),
    ...(tenant ? [] : [`${number} is no tenant's number yet: adminctl number add ${number} --tenant TENANT`]),
  ];
}
