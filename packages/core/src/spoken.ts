/** Values as a receptionist says them in American English: they are heard, not read. */
import type { Money, PhoneNumber } from './tenant.ts';

/** `9 AM`, `12:30 PM`, `noon`, `midnight`. `minutes` after midnight, 0 to 1440. */
export function sayTime(minutes: number): string {
  if (minutes === 720) return 'noon';
  if (minutes % 1440 === 0) return 'midnight';
  const hour = Math.floor(minutes / 60) % 24;
  const past = minutes % 60;
  const clock = past === 0 ? `${hour % 12 || 12}` : `${hour % 12 || 12}:${String(past).padStart(2, '0')}`;
  return `${clock} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** `a, b and c`. */
export function sayList(items: readonly string[], joiner: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${joiner} ${last}`;
}

/** Singular and plural of the unit and of its hundredth. */
const COINS: Record<string, [unit: string, units: string, part: string, parts: string]> = {
  USD: ['dollar', 'dollars', 'cent', 'cents'],
  CAD: ['dollar', 'dollars', 'cent', 'cents'],
  AUD: ['dollar', 'dollars', 'cent', 'cents'],
  EUR: ['euro', 'euros', 'cent', 'cents'],
  GBP: ['pound', 'pounds', 'penny', 'pence'],
};

/** `90 dollars`, `12 euros 50`, `1 dollar and 5 cents`, `50 cents`; other currencies by their English name. */
export function sayMoney({ amount, currency }: Money): string {
  const coins = COINS[currency];
  if (!coins) return sayForeignMoney(amount, currency);
  const [unit, units, part, parts] = coins;
  const whole = Math.floor(amount / 100);
  const rest = amount % 100;
  const small = `${rest} ${rest === 1 ? part : parts}`;
  if (whole === 0 && rest > 0) return small;
  const large = `${whole.toLocaleString('en-US')} ${whole === 1 ? unit : units}`;
  if (rest === 0) return large;
  return rest < 10 ? `${large} and ${small}` : `${large} ${rest}`;
}

function sayForeignMoney(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, currencyDisplay: 'name' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits).replace(/\.0+(?=\s)/, '');
}

/** Digit by digit with pauses: `4 1 5, 5 5 5, 0 1 2 3`. The country is left out where it is +1. */
export function sayPhone(phone: PhoneNumber): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone);
  const groups = american ? american.slice(1) : (phone.slice(1).match(/\d{1,3}/g) ?? []);
  const digits = groups.map((group) => group.split('').join(' ')).join(', ');
  return american ? digits : `plus ${digits}`;
}

/** `(415) 555-0123`; outside North America as it is dialled, `+33123456789`. */
export function writePhone(phone: PhoneNumber): string {
  return phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}
