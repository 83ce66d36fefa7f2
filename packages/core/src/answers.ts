/** Answers from what the tenant told us about itself. What it did not tell is not answered: nothing is made up. */
import { localTime, sayHoursOfWeek, sayHoursOn, sayOpenNow } from './opening-hours.ts';
import { sayList, sayMoney } from './spoken.ts';
import type { Instant, Service, Tenant } from './tenant.ts';
import type { Understanding } from './understanding.ts';
import { mostLike, normalize, overlap, topics } from './words.ts';

/** Sentences that answer, or null where the tenant said nothing about it. */
export function answerQuestion(
  question: string,
  { intent, slots }: Understanding,
  tenant: Tenant,
  now: Instant,
): string[] | null {
  if (intent === 'opening_hours') return answerHours(tenant, slots.date, now);
  return (
    ownAnswer(question, tenant) ??
    answerFact(question, tenant.facts) ??
    answerService(question, slots.service, tenant.services)
  );
}

function answerHours(tenant: Tenant, date: string | undefined, now: Instant): string[] {
  if (!date) return [sayHoursOfWeek(tenant)];
  const today = date === localTime(now, tenant.time_zone).date;
  return [...(today ? [sayOpenNow(tenant, now)] : []), sayHoursOn(tenant, date, now)];
}

/** The answer whose question is most like this one; else the one that speaks of everything that was asked for. */
function ownAnswer(question: string, { answers }: Tenant): string[] | null {
  const asked = topics(question);
  const byQuestion = mostLike(answers, (own) => overlap(topics(own.question), asked));
  const found = byQuestion ?? mostLike(answers, (own) => overlap(asked, topics(own.answer)));
  return found && [found.answer];
}

/** Words for facts that the receptionist knows by name, and what it says; any other is asked for by its own name. */
const KNOWN_FACTS: Record<string, { asked: RegExp; say: (value: string) => string }> = {
  address: {
    asked: /\b(?:address|where|located|location|directions|find you|get there)\b/,
    say: (value) => `We are at ${value}.`,
  },
  website: {
    asked: /\b(?:website|web site|web page|online|internet address|url)\b/,
    say: (value) => `Our website is ${value.replace(/^https?:\/\//, '').replace(/\/$/, '')}.`,
  },
  emergency_number: {
    asked: /\bemergency (?:phone )?(?:number|contact|line)\b/,
    say: (value) => `In an emergency, please dial ${value}.`,
  },
};

function answerFact(question: string, facts: Tenant['facts']): string[] | null {
  const asked = topics(question);
  const words = normalize(question);
  const own = Object.entries(facts).find(
    ([name]) => !KNOWN_FACTS[name] && overlap(topics(name), asked) === 1,
  );
  if (own) return [`${capitalized(own[0].replaceAll('_', ' '))}: ${withoutFullStop(own[1])}.`];
  const known = Object.entries(KNOWN_FACTS).find(
    ([name, { asked }]) => Object.hasOwn(facts, name) && asked.test(words),
  );
  return known ? [known[1].say(withoutFullStop(facts[known[0]] ?? ''))] : null;
}

const PRICE = /\b(?:how much|price|prices|pricing|cost|costs|charge|fee|fees|rates?|expensive)\b/;
const LENGTH = /\b(?:how long|long does|minutes|duration)\b/;
const SERVICES =
  /\b(?:services|treatments|procedures|offer|do you do|provide|options|prices|pricing|price list)\b/;

function answerService(
  question: string,
  named: string | undefined,
  services: readonly Service[],
): string[] | null {
  const words = normalize(question);
  const service = services.find(({ name }) => name === named);
  if (service) return describe(service, { length: LENGTH.test(words), price: PRICE.test(words) });
  if (services.length === 0 || !SERVICES.test(words) || asksForAnother(words)) return null;
  const priced = PRICE.test(words);
  return [`We offer ${sayList(services.map((one) => (priced ? withPrice(one) : one.name)))}.`];
}

/** "Do you offer whitening?" asks for one thing, and it is none of ours. */
function asksForAnother(words: string): boolean {
  return [...topics(words)].some((topic) => !GENERAL.has(topic));
}

const GENERAL = topics('services service treatments procedures options offering prices list different kinds');

function describe(
  { name, minutes, price }: Service,
  asked: { length: boolean; price: boolean },
): string[] | null {
  const takes = `takes about ${minutes} minutes`;
  if (asked.length && !asked.price) return [`${capitalized(name)} ${takes}.`];
  if (price) return [`${capitalized(name)} is ${sayMoney(price)} and ${takes}.`];
  return asked.price ? null : [`Yes, we offer ${name}; it ${takes}.`];
}

function withPrice({ name, price }: Service): string {
  return price ? `${name} for ${sayMoney(price)}` : name;
}

function withoutFullStop(text: string): string {
  return text.replace(/[.\s]+$/, '');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
