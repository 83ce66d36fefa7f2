/** The rules that Block Kit's shapes are made of. Complaints are worded like Slack's: what is wrong, and a JSON pointer to where. */

export type Item = Readonly<Record<string, unknown>>;
export type Rule = (value: unknown, pointer: string) => string[];
export interface Shape {
  required: Readonly<Record<string, Rule>>;
  optional?: Readonly<Record<string, Rule>>;
  /** What no single property shows. */
  whole?: Rule;
}

export function complaint(pointer: string, message: string): string {
  return `[ERROR] ${message} [json-pointer:${pointer}]`;
}

export const string =
  (most: number, least = 1): Rule =>
  (value, pointer) => {
    if (typeof value !== 'string') return [complaint(pointer, 'must be a string')];
    if (value.length < least) return [complaint(pointer, `must be more than ${least - 1} characters`)];
    return value.length > most ? [complaint(pointer, `must be less than ${most + 1} characters`)] : [];
  };

export const boolean: Rule = (value, pointer) =>
  typeof value === 'boolean' ? [] : [complaint(pointer, 'must be a boolean')];

export const wholeNumber =
  (least: number, most: number): Rule =>
  (value, pointer) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? []
      : [complaint(pointer, `must be an integer from ${least} to ${most}`)];

export const oneOf =
  (...words: string[]): Rule =>
  (value, pointer) =>
    words.includes(value as string) ? [] : [complaint(pointer, `must be one of ${words.join(', ')}`)];

export const webAddress: Rule = (value, pointer) => {
  const wrong = string(3_000)(value, pointer);
  if (wrong.length > 0) return wrong;
  return /^[a-z][a-z\d+.-]*:\/\/\S+$/i.test(value as string) && URL.canParse(value as string)
    ? []
    : [complaint(pointer, 'must be a valid URL')];
};

export const list =
  (most: number, rule: Rule): Rule =>
  (value, pointer) => {
    if (!Array.isArray(value)) return [complaint(pointer, 'must be an array')];
    if (value.length === 0) return [complaint(pointer, 'no fewer than 1 items allowed')];
    const tooMany = value.length > most ? [complaint(pointer, `no more than ${most} items allowed`)] : [];
    return [...tooMany, ...value.flatMap((item, index) => rule(item, `${pointer}/${index}`))];
  };

export const object =
  (shape: Shape): Rule =>
  (value, pointer) => {
    if (!isItem(value)) return [complaint(pointer, 'must be an object')];
    const rules = { ...shape.required, ...shape.optional };
    const missing = Object.keys(shape.required).filter((name) => value[name] === undefined);
    return [
      ...missing.map((name) => complaint(pointer, `missing required field: ${name}`)),
      ...Object.entries(value).flatMap(([name, member]) => {
        const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
        return rule
          ? rule(member, `${pointer}/${name}`)
          : [complaint(pointer, `invalid additional property: ${name}`)];
      }),
      ...(shape.whole?.(value, pointer) ?? []),
    ];
  };

/** One of several shapes, told apart by `type`; `common`: optional members of each. */
export const typed =
  (shapes: Readonly<Record<string, Shape>>, kind: string, common: Shape['optional'] = {}): Rule =>
  (value, pointer) => {
    if (!isItem(value)) return [complaint(pointer, 'must be an object')];
    const type = String(value.type);
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (!shape) return [complaint(`${pointer}/type`, `unsupported type for ${kind}: ${type}`)];
    return object({
      ...shape,
      required: { type: oneOf(type), ...shape.required },
      optional: { ...shape.optional, ...common },
    })(value, pointer);
  };

export function duplicates(items: readonly unknown[], name: string): unknown[] {
  const ids = items.filter(isItem).flatMap((item) => (item[name] === undefined ? [] : [item[name]]));
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
