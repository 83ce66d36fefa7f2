/** Markup in which whatever people typed is text, and nothing else. */
import { printable } from '../table.ts';

export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[];

/** What is put in is escaped, unless it is markup of ours already. Attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return { markup: String.raw({ raw: strings }, ...parts.map(markupOf)) };
}

export const NOTHING: Markup = { markup: '' };

function markupOf(part: Part): string {
  if (typeof part === 'string') return escaped(printable(part));
  if (typeof part === 'number') return String(part);
  return [part]
    .flat()
    .map(({ markup }) => markup)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
