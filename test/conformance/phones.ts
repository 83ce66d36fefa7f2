import { callerNumber, isPhoneNumber } from '@receptionist/core';
import { type PartResult, readRows } from './rows.ts';

interface Example {
  region: string;
  type: string;
  e164: string;
  national: string;
}

/** A number that is too short for E.164's least is an extension of a network, which nobody outside of it can dial. */
const TOO_SHORT = /^\+\d{1,6}$/;

export async function phoneNumbers(folder: string): Promise<PartResult> {
  const examples = readRows<Example>(folder, 'phone_examples_libphonenumber');
  const wrong = examples.filter(({ e164, national }) => {
    const isDialled = isPhoneNumber(e164) && callerNumber(e164) === e164;
    return isDialled === TOO_SHORT.test(e164) || isPhoneNumber(national) || callerNumber(national) !== null;
  });
  return {
    name: 'Phone numbers',
    rule: 'each is a number and a caller in E.164, and none of them as it is written in its own country',
    rows: examples.length,
    wrong: wrong.map(({ region, type, e164 }) => `${region} ${type} ${e164}`),
  };
}
