/** Whether a secret only stands in for one, as in `.env.example` and `.adminctl.env.example`. */
export function isPlaceholder(value: string): boolean {
  return /(^|:|^xoxb-|\/\/)((change|replace)[-_ ]?(me|this|with)|placeholder|your[-_ ])/i.test(value);
}
