/**
 * Read a TwiML document as strictly as Twilio's debugger: what it would complain about is an error here.
 * https://www.twilio.com/docs/voice/twiml
 */
import {
  DOMParser,
  type Document,
  type Node,
  onWarningStopParsing,
  type Element as XmlElement,
} from '@xmldom/xmldom';
import { TwilioError, type TwilioProblem, warning } from './problems.ts';
import {
  MESSAGE_VOCABULARY,
  type MessageVerbName,
  SPEECH_MARKUP,
  sayLimit,
  type VerbName,
  type VerbRule,
  VOCABULARY,
  type Vocabulary,
} from './vocabulary.ts';

export interface Verb<Name extends string = VerbName> {
  name: Name;
  attributes: Readonly<Record<string, string>>;
  /** White space collapsed, as it is spoken; in a message the lines stay, trimmed. */
  text: string;
  nested: readonly Verb<Name>[];
}

export interface Twiml<Name extends string = VerbName> {
  verbs: readonly Verb<Name>[];
  warnings: readonly TwilioProblem[];
}

/** @throws TwilioError 12100 (no XML), 12200 (not TwiML) or the code of the verb's attribute */
export function parseTwiml(source: string): Twiml {
  return parseWith(VOCABULARY, source);
}

/** @throws TwilioError as parseTwiml() does */
export function parseMessageTwiml(source: string): Twiml<MessageVerbName> {
  return parseWith(MESSAGE_VOCABULARY, source);
}

interface Reading {
  vocabulary: Vocabulary;
  warnings: TwilioProblem[];
}

function parseWith<V extends Vocabulary>(vocabulary: V, source: string): Twiml<keyof V & string> {
  const reading: Reading = { vocabulary, warnings: [] };
  const root = parseXml(source);
  if (root.tagName !== 'Response')
    throw new TwilioError(12200, `the root is <${root.tagName}>, not <Response>`);
  refuseAttributes(root);
  const verbs = elementsIn(root).map((element) => {
    if (ruleOf(element, reading).nested) throw notHere(element);
    return readVerb(element, reading);
  });
  return { verbs, warnings: reading.warnings };
}

function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '');
  if (text.trim() === '') throw new TwilioError(12100, 'the document is empty');
  refuseWhatTheParserForgives(text);
  const root = parseDocument(text).documentElement;
  if (root === null) throw new TwilioError(12100, 'the document has no root element');
  refuseCharactersOutsideXml(root.textContent ?? '');
  return root;
}

function parseDocument(text: string): Document {
  try {
    return new DOMParser({ onError: onWarningStopParsing }).parseFromString(text, 'text/xml');
  } catch (error) {
    throw new TwilioError(12100, error instanceof Error ? error.message : String(error));
  }
}

/** xmldom lets these pass, although no XML document may have them. */
function refuseWhatTheParserForgives(text: string): void {
  refuseCharactersOutsideXml(text);
  if (/<!DOCTYPE/i.test(text)) throw new TwilioError(12100, 'a document type declaration');
  const markup = text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/g, '');
  const ampersand = /&(?!(?:\w+|#\d+|#x[\da-f]+);).{0,20}/i.exec(markup);
  if (ampersand) throw new TwilioError(12100, `an ampersand that is not escaped: "${ampersand[0]}"`);
  if (markup.includes(']]>')) throw new TwilioError(12100, '"]]>" in text');
}

/** https://www.w3.org/TR/xml/#charsets */
function refuseCharactersOutsideXml(text: string): void {
  const found = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text);
  if (found) {
    const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    throw new TwilioError(12100, `the character U+${code}, which XML does not allow`);
  }
  if (!text.isWellFormed()) throw new TwilioError(12100, 'half of a surrogate pair');
}

function readVerb<Name extends string>(element: XmlElement, reading: Reading): Verb<Name> {
  const rule = ruleOf(element, reading);
  const name = element.tagName as Name; // a rule's name, as ruleOf() has found
  const attributes = readAttributes(element, rule);
  const verb: Verb<Name> = { name, attributes, ...readContent<Name>(element, rule, reading) };
  reading.warnings.push(...warningsAbout(verb));
  return verb;
}

function ruleOf(element: XmlElement, { vocabulary }: Reading): VerbRule {
  const rule = Object.hasOwn(vocabulary, element.tagName) ? vocabulary[element.tagName] : undefined;
  if (!rule) throw notHere(element);
  return rule;
}

function notHere(element: XmlElement): TwilioError {
  return new TwilioError(12200, `<${element.tagName}> is not a verb that can stand here`);
}

function readAttributes(element: XmlElement, { attributes: rules }: VerbRule): Record<string, string> {
  const name = element.tagName;
  const attributes: Record<string, string> = {};
  for (const attribute of element.attributes) {
    const rule = Object.hasOwn(rules, attribute.name) ? rules[attribute.name] : undefined;
    if (!rule) throw new TwilioError(12200, `<${name}> has no attribute "${attribute.name}"`);
    refuseCharactersOutsideXml(attribute.value);
    if (!rule.fits(attribute.value)) {
      throw new TwilioError(
        rule.code,
        `<${name} ${attribute.name}="${attribute.value}">: expected ${rule.expected}`,
      );
    }
    attributes[attribute.name] = attribute.value;
  }
  return attributes;
}

function readContent<Name extends string>(
  element: XmlElement,
  { content }: VerbRule,
  reading: Reading,
): Pick<Verb<Name>, 'text' | 'nested'> {
  const name = element.tagName;
  switch (content) {
    case 'text':
    case 'lines':
      if (elementsAmong(element).length > 0)
        throw new TwilioError(12200, `an element inside <${name}>, which takes text`);
      return { text: content === 'lines' ? written(element) : spoken(element), nested: [] };
    case 'speech':
      refuseForeignMarkup(element);
      return { text: spoken(element), nested: [] };
    case 'nothing':
      if (spoken(element) !== '' || elementsAmong(element).length > 0) {
        throw new TwilioError(12200, `<${name}> takes no content`);
      }
      return { text: '', nested: [] };
    case 'message':
      return elementsAmong(element).length === 0
        ? { text: written(element), nested: [] }
        : { text: '', nested: readNested(element, ['Body', 'Media'], reading) };
    case 'dialled':
      return elementsAmong(element).length === 0
        ? { text: spoken(element), nested: [] }
        : { text: '', nested: oneOf(readNested<Name>(element, ['Number', 'Conference'], reading)) };
    default:
      return { text: '', nested: readNested(element, content, reading) };
  }
}

function readNested<Name extends string>(
  parent: XmlElement,
  allowed: readonly string[],
  reading: Reading,
): Verb<Name>[] {
  return elementsIn(parent).map((child) => {
    if (!allowed.includes(child.tagName)) {
      throw new TwilioError(
        parent.tagName === 'Gather' ? 13320 : 12200,
        `<${child.tagName}> inside <${parent.tagName}>, which takes ${allowed.join(', ')}`,
      );
    }
    return readVerb<Name>(child, reading);
  });
}

/** Twilio rings up to ten numbers at once; nobody here needs it. */
function oneOf<Item>(items: Item[]): Item[] {
  if (items.length > 1)
    throw new TwilioError(12200, 'several nouns inside <Dial>, which are not played here');
  return items;
}

function refuseForeignMarkup(element: XmlElement): void {
  for (const child of elementsAmong(element)) {
    if (!SPEECH_MARKUP.includes(child.tagName)) {
      throw new TwilioError(12200, `<${child.tagName}> inside <${element.tagName}> is no speech markup`);
    }
    refuseForeignMarkup(child);
  }
}

function refuseAttributes(root: XmlElement): void {
  const [attribute] = root.attributes;
  if (attribute) throw new TwilioError(12200, `<Response> has no attribute "${attribute.name}"`);
}

/** @throws TwilioError 12200 for words between the elements */
function elementsIn(parent: XmlElement): XmlElement[] {
  for (const node of parent.childNodes) {
    const words = isText(node) ? (node.nodeValue ?? '').trim() : '';
    if (words !== '')
      throw new TwilioError(12200, `text directly inside <${parent.tagName}>: "${words.slice(0, 40)}"`);
  }
  return elementsAmong(parent);
}

function elementsAmong(parent: XmlElement): XmlElement[] {
  return [...parent.childNodes].filter((node): node is XmlElement => node.nodeType === node.ELEMENT_NODE);
}

function isText(node: Node): boolean {
  return node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE;
}

function spoken(element: XmlElement): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

function written(element: XmlElement): string {
  return (element.textContent ?? '').trim();
}

const MOST_HINTS = 500;
const LONGEST_HINT = 100;

/** @throws TwilioError 13521 for a `<Say>` that is too long for its voice */
function warningsAbout({ name, attributes, text }: Verb<string>): TwilioProblem[] {
  if (name === 'Say') {
    const limit = sayLimit(attributes.voice);
    if (text.length > limit)
      throw new TwilioError(13521, `${text.length} characters; this voice takes ${limit}`);
    return text === '' ? [warning(13520, 'an empty <Say>')] : [];
  }
  if (name !== 'Gather') return [];
  const warnings: TwilioProblem[] = [];
  if (attributes.speechModel !== undefined && attributes.speechTimeout === 'auto') {
    warnings.push(warning(13335, `speechModel="${attributes.speechModel}" with speechTimeout="auto"`));
  }
  const hints = splitHints(attributes.hints);
  if (hints.length > MOST_HINTS || hints.some((hint) => hint.length > LONGEST_HINT)) {
    warnings.push(warning(12200, `hints take ${MOST_HINTS} phrases of ${LONGEST_HINT} characters each`));
  }
  return warnings;
}

export function splitHints(hints = ''): string[] {
  return hints
    .split(',')
    .map((hint) => hint.trim())
    .filter((hint) => hint !== '');
}
