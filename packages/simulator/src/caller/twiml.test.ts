import { expect, test } from 'vitest';
import { parseTwiml } from './twiml.ts';

const say = (attributes: string, text = 'Hello.') => `<Response><Say ${attributes}>${text}</Say></Response>`;
const gather = (attributes: string, inside = '') =>
  `<Response><Gather ${attributes}>${inside}</Gather></Response>`;
const dial = (inside: string, attributes = '') => `<Response><Dial ${attributes}>${inside}</Dial></Response>`;

test('verbs keep their order, attributes and prompts; white space collapses', () => {
  const { verbs, warnings } = parseTwiml(`<?xml version="1.0" encoding="UTF-8"?>
    <!-- a comment -->
    <Response>
      <Say voice="Polly.Joanna-Neural">Fish &amp; chips,
        please</Say>
      <Gather input="dtmf speech" action="/turn?a=1&amp;b=2"><Say><![CDATA[1 < 2 & 3]]></Say><Pause/></Gather>
      <Hangup/>
    </Response>`);
  expect(warnings).toEqual([]);
  expect(verbs).toEqual([
    { name: 'Say', attributes: { voice: 'Polly.Joanna-Neural' }, text: 'Fish & chips, please', nested: [] },
    {
      name: 'Gather',
      attributes: { input: 'dtmf speech', action: '/turn?a=1&b=2' },
      text: '',
      nested: [
        { name: 'Say', attributes: {}, text: '1 < 2 & 3', nested: [] },
        { name: 'Pause', attributes: {}, text: '', nested: [] },
      ],
    },
    { name: 'Hangup', attributes: {}, text: '', nested: [] },
  ]);
});

test.each([
  ['a byte order mark', '\uFEFF<Response/>', []],
  ['an empty response', '<Response></Response>', []],
  ['emoji', say('', '😀 Grüße'), ['😀 Grüße']],
  ['a character reference', say('', '&#x1F600;&#10;&apos;'), ["😀 '"]],
  [
    'speech markup',
    say('', 'Call <say-as interpret-as="telephone">911</say-as><break/> now'),
    ['Call 911 now'],
  ],
  ['a processing instruction', `<?xml version="1.0"?>${say('')}<?done?>`, ['Hello.']],
])('%s is fine', (_, source, words) => {
  expect(parseTwiml(source).verbs.map(({ text }) => text)).toEqual(words);
});

test.each([
  ['nothing', ''],
  ['blanks', ' \n '],
  ['no markup', 'Hello.'],
  ['an open element', '<Response><Say>Hello.'],
  ['crossed elements', '<Response><Say>Hello.</Response></Say>'],
  ['two roots', '<Response/><Response/>'],
  ['words behind the root', '<Response/>bye'],
  ['an ampersand', say('', 'Fish & chips')],
  ['an ampersand in an attribute', gather('action="/turn?a=1&b=2"')],
  ['an entity that XML does not have', say('', 'a&nbsp;b')],
  ['a control character', say('', 'a\u0007b')],
  ['a reference to a control character', say('', 'a&#7;b')],
  ['a reference to a control character in an attribute', gather('action="/a&#1;"')],
  ['half of a surrogate pair', say('', 'a\ud83d')],
  ['U+FFFF', say('', '\uffff')],
  ['"]]>" in text', say('', 'a ]]> b')],
  ['a repeated attribute', say('voice="a" voice="b"')],
  ['an attribute without quotes', say('voice=alice')],
  ['"<" in an attribute', gather('action="<"')],
  ['a document type', `<!DOCTYPE Response [<!ENTITY x "boo">]>${say('', '&x;')}`],
  ['an undeclared prefix', '<Response><x:Say>a</x:Say></Response>'],
  ['a declaration that is not first', ` <?xml version="1.0"?>${say('')}`],
])('%s is no XML: 12100', (_, source) => {
  expect(() => parseTwiml(source)).toThrow(expect.objectContaining({ code: 12100 }));
});

test.each([
  ['another root', 12200, '<Reply/>'],
  ['a lower-case root', 12200, '<response/>'],
  ['an attribute of the root', 12200, '<Response version="1"/>'],
  ['an unknown verb', 12200, '<Response><Sing>la</Sing></Response>'],
  ['a lower-case verb', 12200, '<Response><say>a</say></Response>'],
  ['a name that every object has', 12200, '<Response><constructor/></Response>'],
  ['an unknown attribute', 12200, say('volume="11"')],
  ['an attribute that every object has', 12200, say('toString="1"')],
  ['a lower-case attribute', 12200, gather('numdigits="1"')],
  ['words between the verbs', 12200, '<Response>Hello.<Hangup/></Response>'],
  ['words inside Gather', 12200, gather('', 'Hello.')],
  ['a verb inside Say', 12200, say('', '<Hangup/>')],
  ['an element inside Redirect', 12200, '<Response><Redirect><Say>a</Say></Redirect></Response>'],
  ['content of Hangup', 12200, '<Response><Hangup>now</Hangup></Response>'],
  ['Gather inside Gather', 13320, gather('', '<Gather/>')],
  ['Redirect inside Gather', 13320, gather('', '<Redirect>/a</Redirect>')],
  ['Hangup inside Gather', 13320, gather('', '<Hangup/>')],
  ['an input that does not exist', 12200, gather('input="voice"')],
  ['a finish key that is no key', 13310, gather('finishOnKey="x"')],
  ['two finish keys', 13310, gather('finishOnKey="#*"')],
  ['another method', 13312, gather('method="PUT"')],
  ['no time', 13313, gather('timeout="0"')],
  ['a timeout in words', 13313, gather('timeout="auto"')],
  ['no digits', 13314, gather('numDigits="0"')],
  ['half a second of silence', 13327, gather('speechTimeout="0.5"')],
  ['a capital truth', 13338, gather('actionOnEmptyResult="True"')],
  ['a loop in words', 13510, say('loop="twice"')],
  ['a method of Redirect', 13710, '<Response><Redirect method="post">/a</Redirect></Response>'],
  ['a reason to reject', 13810, '<Response><Reject reason="spam"/></Response>'],
  ['a short pause', 13910, '<Response><Pause length="0"/></Response>'],
  ['an unknown attribute of Dial', 12200, dial('', 'recordings="true"')],
  ['a timeout of Dial in words', 13212, dial('+14155550177', 'timeout="long"')],
  ['a callerId that is a name', 13214, dial('+14155550177', 'callerId="Northside"')],
  ['words beside a noun', 12200, dial('Call <Number>+14155550177</Number>')],
  ['two nouns', 12200, dial('<Number>+14155550177</Number><Number>+14155550178</Number>')],
  ['a verb inside Dial', 12200, dial('<Say>Hello.</Say>')],
  ['a Conference that stands alone', 12200, '<Response><Conference>r</Conference></Response>'],
  ['a capital truth of Conference', 13231, dial('<Conference endConferenceOnExit="True">r</Conference>')],
  ['a beep that does not exist', 13235, dial('<Conference beep="once">r</Conference>')],
  [
    'an event of a room that does not exist',
    12200,
    dial('<Conference statusCallbackEvent="start,end">r</Conference>'),
  ],
  ['an event of a call that does not exist', 12200, dial('<Number statusCallbackEvent="hangup">+1</Number>')],
  ['a label with a slash', 16023, dial('<Conference participantLabel="a/b">r</Conference>')],
  ['a length of Record in words', 13612, '<Response><Record maxLength="1m"/></Response>'],
  ['a finish key of Record that is no key', 13613, '<Response><Record finishOnKey="x"/></Response>'],
  ['content of Record', 12200, '<Response><Record>now</Record></Response>'],
  ['too many words', 13521, say('', 'a'.repeat(4097))],
  ['too many words for a Polly voice', 13521, say('voice="Polly.Joanna-Neural"', 'a'.repeat(3001))],
  ['too many words in a prompt', 13521, gather('', `<Say>${'a'.repeat(4097)}</Say>`)],
])('%s: %i', (_, code, source) => {
  expect(() => parseTwiml(source)).toThrow(expect.objectContaining({ code }));
});

test.each([
  ['the longest Say', say('', 'a'.repeat(4096))],
  ['the longest Say of a Polly voice', say('voice="Polly.Joanna-Neural"', 'a'.repeat(3000))],
  ['no finish key', gather('finishOnKey=""')],
  ['a model with a silence in seconds', gather('speechModel="phone_call" speechTimeout="2"')],
])('%s is fine', (_, source) => {
  expect(parseTwiml(source).warnings).toEqual([]);
});

test.each([
  ['an empty Say', 13520, say('', ' ')],
  ['an automatic silence with a model', 13335, gather('speechModel="phone_call" speechTimeout="auto"')],
  ['a hint that is too long', 12200, gather(`hints="ok,${'a'.repeat(101)}"`)],
  ['too many hints', 12200, gather(`hints="${'a,'.repeat(501)}"`)],
])('%s only warns: %i', (_, code, source) => {
  expect(parseTwiml(source).warnings).toEqual([expect.objectContaining({ code, level: 'warning' })]);
});
