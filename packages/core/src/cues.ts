/** What people say when they mean something, for each intent. How a cue is written stands in cue.ts. */
import { asSaid, type Cue, cue } from './cue.ts';
import type { Intent } from './understanding.ts';

export const CUES: Record<Intent, readonly Cue[]> = {
  emergency: [
    cue(
      0.85,
      'emergency(?! (?:number|contact|contacts|appointment|appointments|hours|services?|line|exit|fund|plan))',
    ),
    cue(0.95, '(?:call|need|send|get) ~ (?:ambulance|911|paramedics?|fire department|police)'),
    cue(
      0.95,
      '(?:cant|cannot|can not|trouble|difficulty|hard to|not|stopped|barely|isnt) (?:breathe|breathing)',
    ),
    cue(
      0.9,
      '(?:unconscious|passed out|fainted|collapsed|choking|overdosed?|seizure|convulsing|suffocating|electrocuted)',
    ),
    cue(0.9, '(?:having|had|has|have) (?:a |an )?(?:heart attack|stroke|allergic reaction|chest pains?)'),
    cue(0.8, '(?:chest pains?|anaphyla\\w+)'),
    cue(0.85, '(?:bleeding|blood) ~ (?:badly|heavily|stop|stopping|everywhere|lot|severely|profusely)'),
    cue(0.6, '(?:is|im|am|hes|shes|he is|she is|still) bleeding'),
    cue(0.9, '(?:kill|hurt|harm|hurting|killing) (?:myself|himself|herself|themselves)'),
    cue(
      0.9,
      '(?:suicidal|end my life|want to die|going to die|(?:im|i am|hes|shes|he is|she is) dying(?! to))',
    ),
    cue(
      0.85,
      '(?:is on fire|theres a fire|there is a fire|building is burning|gas leak|smell gas|smells like gas)',
    ),
    cue(
      0.7,
      '(?:severe|unbearable|excruciating|extreme|terrible|horrible|worst) (?:\\w+ )?(?:pain|toothache)',
    ),
    cue(0.7, '(?:tooth|teeth) ~ (?:knocked|fell|came) out'),
    cue(0.8, '(?:life threatening|life or death|in danger|been shot|been stabbed|poisoned|swallowed poison)'),
    cue(0.55, 'face ~ (?:swollen|swelling) ~ (?:breathe|swallow|fast|up)'),
  ],
  talk_to_human: [
    cue(0.9, '{speak} (?:to|with|too) (?:{kind} )*{person}'),
    cue(0.8, '(?:{want}|can|could|may) ~ {speak} (?:to|with) (?!{bot}(?: |$)|my |our |about )[^ ,]+'),
    cue(0.75, '^{speak} (?:to|with) (?!{bot}(?: |$))[^ ,]+'),
    cue(
      0.9,
      '(?:transfer|connect|put|patch|pass|forward|redirect|hand) (?:me|us|this call|the call|my call|this) (?:~ )?(?:to|through|with|over|on)',
    ),
    cue(
      0.85,
      '(?:get|give|bring|fetch|pass) (?:me )?(?:to )?(?:{kind} )*{person}(?= |$)(?! (?:number|name|email|address|to call|will))',
    ),
    cue(
      0.85,
      '(?:need|want|prefer|rather have|would like|id like) (?:to have )?(?:{kind} )*(?:person|human|human being|agent|representative|operator|manager|supervisor|receptionist)',
    ),
    cue(
      0.85,
      '^(?:{kind} )*(?:person|human|human being|agent|representative|operator|manager|supervisor|receptionist|reception|front desk|customer service|somebody|someone)$',
    ),
    cue(0.7, '^(?:the |your )?\\w+ (?:team|department|desk)$'),
    cue(
      0.85,
      '(?:someone|somebody|anyone|anybody|person|agent|human) (?:else )?~ (?:on the (?:line|phone)|take over|to talk|to speak|i can (?:talk|speak)|look at|real)',
    ),
    cue(
      0.85,
      '(?:real|live|actual|physical) (?:person|human|human being|agent|people|representative|operator)',
    ),
    cue(
      0.75,
      '(?:reach|contact|ask|get hold of|call) (?:{kind} )+(?:agents?|human|person|manager|supervisor|representative|operator|receptionist)',
    ),
    cue(0.7, 'from (?:{kind} )+(?:agent|human|person|manager)'),
    cue(0.85, '(?:is|are) ~ (?:there|available) ~ (?:i can|to|we can) (?:talk|speak)'),
    cue(
      0.6,
      '(?:anyone|anybody|somebody|someone) (?:really )?(?:there|around|available|home) ~ (?:help|talk|speak|real)',
    ),
    cue(0.65, '^(?:is )?(?:doctor|dr|mr|mrs|ms|miss) (?:[^ ,]+ )?(?:there|in|available|around|free)$'),
    asSaid(
      0.9,
      '(?:dont|do not|not|never|wont|refuse to|hate|sick of|tired of|stop|no) ~ (?:speak|speaking|talk|talking|deal|dealing)(?: to| with)? (?:a |an |this |the |to )?{bot}(?! about)',
    ),
    asSaid(
      0.6,
      'you (?:cant|cannot|can not|dont|do not|are not|arent|obviously|clearly|never) ~ (?:help|understand|understanding|listen|listening|solve|resolve|helping|get it)',
    ),
    asSaid(
      0.6,
      '(?:this|conversation|that|it) (?:is|isnt|is not|are) (?:not |really |so |very |getting |just |pretty )*(?:frustrating|annoying|going nowhere|pointless|hopeless|useless)',
    ),
    asSaid(
      0.6,
      '(?:conversation|talking to you|chat) (?:is|isnt|does|doesnt) (?:not )?(?:at all |really )?(?:work|working|helping|useful)',
    ),
    asSaid(0.6, '(?:im|i am|getting|so) (?:really |so |very )?(?:frustrated|fed up|sick of this)'),
    asSaid(0.5, '(?:press|hit|push) (?:0|zero)'),
  ],
  complaint: [
    cue(0.9, '(?:complain|complaint|complaints|complaining)'),
    cue(
      0.8,
      '(?:unacceptable|outrageous|disgusting|disgusted|disgraceful|appalling|appalled|dissatisfied|unsatisfied|furious)',
    ),
    asSaid(
      0.8,
      '(?:not|isnt|wasnt|never|arent|werent|far from) (?:at all |very |really |too |so )*(?:happy|satisfied|pleased|impressed|ok with|okay with|good enough|acceptable)',
    ),
    cue(0.75, '(?:unhappy|disappointed|disappointing|upset|angry|mad) ~ (?:with|about|at|by|that|how)'),
    cue(
      0.6,
      '(?:im|i am|we are|were|was) (?:very |really |so |extremely |quite )*(?:unhappy|disappointed|upset|angry)',
    ),
    cue(
      0.75,
      '(?:terrible|horrible|awful|worst|bad|poor|lousy|rude) (?:\\w+ )?(?:service|experience|treatment|customer service|staff|job|work)',
    ),
    cue(
      0.75,
      '(?:was|were|been|is|are|so) (?:very |really |so |extremely )?(?:rude|unprofessional|disrespectful|incompetent)',
    ),
    cue(
      0.75,
      '(?:money back|sue you|my lawyer|bad review|report you|better business bureau|negligence|malpractice)',
    ),
    cue(
      0.65,
      '(?:overcharged|charged me twice|charged twice|double charged|wrong amount|ripped off|rip off|scammed|cheated)',
    ),
    cue(0.65, '(?:messed|screwed) up|(?:botched|ruined|damaged|broke) my'),
    cue(
      0.6,
      '(?:kept me waiting|made me wait|nobody (?:called|showed|answered|came)|no one (?:called|showed|answered|came)|never (?:called|showed|came|got back|answered))',
    ),
    cue(0.6, 'waiting (?:for )?(?:over|more than|almost|hours|an hour|weeks|days|two|three)'),
    cue(0.55, '(?:ridiculous|worst|a joke|a disgrace|shame on you)'),
  ],
  payment: [
    cue(0.85, '(?:{want}|call to|calling to) ~ pay (?!attention|a visit|you a visit)'),
    cue(0.8, '(?:{want}|calling to) (?:~ )?pay$'),
    cue(0.85, '(?:make|making|take|process|submit) (?:a |my |the |another )?payments?'),
    cue(
      0.8,
      '(?:pay|paying|settle|settling) (?:for )?(?:my|the|a|an|our|this) (?:bill|invoice|balance|deposit|account|statement|visit|\\w+ bill)',
    ),
    cue(
      0.75,
      '(?:question|problem|calling|issue|help|something wrong) ~ (?:bill|invoice|statement|billing|payment|charge)',
    ),
    cue(0.7, '(?:my|the|our|an|outstanding) (?:bill|invoice|balance due|outstanding balance|payment)'),
    cue(0.65, '(?:billing|accounts payable|payment plan|installments?|refund|reimbursement)'),
    cue(0.9, '(?:my|the|here is|heres) ~ card number'),
    cue(0.8, 'card number'),
    cue(0.7, '(?:how much|what) do i (?:still )?owe'),
  ],
  reschedule_appointment: [
    cue(0.92, '(?:reschedule|rescheduling|re schedule|rebook|postpone|postponing)'),
    cue(
      0.9,
      '(?:move|change|moving|changing|shift|push|switch|swap|bring|modify|alter) (?:~ )?(?:{my} )?(?:[^ ,]+ )?{appointment}',
    ),
    cue(0.75, '{appointment} ~ (?:moved|changed|to another|to a different|pushed|later|earlier)'),
    cue(0.6, '(?:different|another|later|earlier|other|better) (?:day|time|date|slot) (?:for|instead)'),
    cue(0.6, 'cant make (?:it|my appointment) ~ (?:another|different|move|change|later)'),
  ],
  cancel_appointment: [
    cue(0.93, '(?:cancel|canceling|cancelling|cancellation|call off) (?:~ )?{appointment}'),
    cue(
      0.6,
      '(?:cancel|canceling|cancelling|call off) (?:it|that|this|tomorrow|today|my|the|on|monday|tuesday|wednesday|thursday|friday)',
    ),
    cue(0.55, '^(?:~ )?(?:{want} )*cancel$'),
    cue(
      0.65,
      '(?:cant|cannot|can not|wont be able to|not able to|unable to|wont) (?:make it|come|attend|be there|keep)',
    ),
    cue(0.7, '(?:dont|do not|no longer) need (?:my|the|that|this) {appointment}'),
  ],
  book_appointment: [
    cue(
      0.92,
      '{book} (?:me |us |him |her )?(?:{my} |another |new |first |next |one |some |earliest )*(?:[^ ,]+ )?{appointment}',
    ),
    cue(
      0.85,
      '(?:need|want|would like|like|looking for|calling for|calling about) (?:an |a |another |the |to ~ )*(?:[^ ,]+ )?(?:appointment|reservation|consultation|slot)',
    ),
    cue(0.7, '(?:{want}|try to|go ahead and|try and|please) ~ (?:book|schedule|reserve)'),
    cue(0.6, '^(?:book|schedule|reserve)'),
    cue(
      0.8,
      '(?:{want}|to) (?:~ )?(?:see|visit|meet|consult) (?:with )?(?:a|an|the|your|my|that|this|him|her) (?:[^ ,]+ )?{expert}',
    ),
    cue(0.8, '(?:{want}|when|to) (?:~ )?(?:see|visit) {expert}'),
    cue(
      0.7,
      '(?:{want}|to) (?:~ )?go to (?:a|an|the|your|my|that|this) (?:[^ ,]+ )?(?:{expert}|salon|clinic|spa)',
    ),
    cue(0.75, '(?:come|get|fit me|squeeze me|bring [^ ,]+) in (?:for|to|on|this|next|tomorrow|today|at)'),
    cue(
      0.75,
      '(?:do you have|have you got|is there|are there|any|got any|whats your|next|first|earliest) ~ (?:availability|available|openings?|slots?|appointments?|free time)',
    ),
    cue(0.6, '(?:availability|available appointment|openings|next available)'),
    cue(0.45, '(?:an|the|this|that) appointment'),
  ],
  opening_hours: [
    cue(0.92, '(?:opening|business|office|working|store|your|the|holiday|weekend|operating|visiting) hours'),
    cue(
      0.88,
      '(?:what time|when|how late|how early|until when|till when|how long) ~ (?:open|close|closing|closed|opening|shut)',
    ),
    cue(
      0.88,
      '(?:are|r|is|will|were) (?:you|you guys|yall|they|the office|the store|the shop|the clinic|the practice|it|anyone) ~ (?:open|closed|opened)',
    ),
    cue(0.8, '(?:do|does|did) (?:you|you guys|they|the office|it|the clinic|the shop) ~ (?:open|close)'),
    cue(0.75, '^(?:~ )?(?:hours|open now|open today|open tomorrow|opening times?|closing times?)$'),
    cue(0.7, '(?:opening|closing) times?'),
    cue(
      0.7,
      '(?:open|closed) (?:on|at|today|tomorrow|now|right now|late|early|until|till|this|over|during|for lunch|weekends?|saturdays?|sundays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?)',
    ),
    cue(0.6, '(?:what|which) (?:days|time|times|hours) (?:are|do|can) (?:you|i|we)'),
  ],
  leave_message: [
    cue(
      0.93,
      '(?:leave|take|pass on|pass along|give|relay|drop|send|record|have) (?:~ )?(?:message|note|voicemail|voice mail)',
    ),
    cue(
      0.8,
      '(?:give|pass) (?:him|her|them|someone|the \\w+|dr \\w+|doctor \\w+) (?:a |the |my )?(?:message|note)',
    ),
    cue(
      0.75,
      '(?:tell|let|inform|remind) (?:him|her|them|the \\w+|dr \\w+|doctor \\w+|your \\w+) (?:know|that|to|i|im|about)',
    ),
    cue(0.85, '(?:call|phone|ring|get back to|reach|contact) (?:me|us) ~ back'),
    cue(
      0.8,
      '(?:call|phone|ring) (?:me|us) back|get back to (?:me|us)|return my call|give (?:me|us) a (?:call|ring)(?: back)?',
    ),
    cue(0.8, '(?:callback|call back)(?! number)'),
    cue(
      0.75,
      '(?:have|ask|get) (?:him|her|them|someone|somebody|the \\w+|dr \\w+|doctor \\w+) (?:to )?(?:call|phone|ring|contact|text)',
    ),
  ],
  repeat: [
    cue(0.9, '(?:repeat|say) ~ (?:that|it|again|last)(?: one more time| again| by me)?'),
    cue(0.85, '(?:come again|one more time|once more|say again|pardon|pardon me|excuse me what)'),
    asSaid(
      0.85,
      '(?:didnt|did not|couldnt|could not|cant|cannot) (?:quite |really )?(?:hear|catch|understand|get|make out) (?:you|that|it|what|a word)',
    ),
    cue(0.8, 'what (?:did you|you|was that|were you) ?(?:just )?(?:say|said|saying)?$'),
    cue(0.7, '^(?:what|sorry|huh|excuse me|repeat|again|come again|pardon)$'),
    cue(0.6, '(?:slower|more slowly|speak up|louder|slow down)'),
  ],
  abuse: [
    asSaid(0.93, '(?:fuck|screw|damn|suck|lick|blow) (?:you|u|off|yourself|ya|your ?self|my|me|ur)'),
    asSaid(0.9, '(?:{insult})'),
    asSaid(0.8, '(?:fuck|fucking|fuckin|fucked|fck|wtf|motherfucking|bullshit|piss off|goddamn)'),
    asSaid(0.45, '(?:shit|shitty|crap|damn|wth|what the hell|go to hell|ass)'),
    asSaid(
      0.9,
      '{you} (?:{very} )*(?:stupid|dumb|useless|worthless|pathetic|ugly|fat|trash|garbage|horrible|disgusting|gay|crazy|suck|sucks|horny|hot|sexy|nuts|brainless|annoying|boring|shit|shitty|creep|creepy|lame|terrible|rubbish|loser|jerk|pig|prick|tit|dick|freak)',
    ),
    asSaid(0.85, '^(?:stupid|dumb|useless|worthless|shut up|shut the|piece of)'),
    asSaid(
      0.9,
      '(?:shut up|shut your|shut the|get lost|drop dead|hate you|piece of (?:shit|crap|garbage|junk|trash))',
    ),
    asSaid(0.9, '(?:kill|stab|shoot|rape|murder|punch|beat|slap|hit|destroy|kick) (?:you|u)(?! up)'),
    asSaid(
      0.9,
      '(?:(?:my|your|a|big|suck) (?:dick|penis|balls)|cock|pussy|boobs|tits|blowjob|horny|nudes|porn|sexy|sex (?:with|time)|bend over|orgasm|masturbate|wank)',
    ),
    asSaid(
      0.7,
      '(?:talk dirty|dirty talk|sleep with me|make love|what are you wearing|have sex|take off your|sit on my|your (?:mom|mum|mother))',
    ),
  ],
  goodbye: [
    cue(
      0.93,
      '(?:bye|bye bye|goodbye|good bye|see you (?:later|soon|then)|see ya|talk to you later|farewell|take care(?! of))',
    ),
    cue(0.85, '(?:have|enjoy) (?:a|the|your) (?:good|great|nice|lovely|wonderful|rest|day|blessed)'),
    cue(
      0.85,
      '(?:that is|thats|that was|that will be|thatll be|this is|i think thats) (?:all|it|everything)(?! about)',
    ),
    cue(
      0.85,
      '(?:wrong number|dialed wrong|misdialed|wrong place|called by (?:mistake|accident)|hang up now|(?:have to|got to|gotta) go(?! [^ ,]))',
    ),
    cue(0.75, '^(?:thank you|thanks|cheers)(?: (?:so|very) much| a lot| a bunch| for [^,]+| again| ,)*$'),
    cue(
      0.8,
      '(?:nothing else|no thanks|no thank you|no , thanks|no , thank you|im good(?! [^ ,])|im all set|all set|im done|were done|no more questions)',
    ),
  ],
  greeting: [
    cue(
      0.85,
      '^(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|yo|start|unstop)(?: there| again)?(?: , (?:hi|hello))?$',
    ),
    cue(
      0.6,
      '^(?:hi|hello|hey|good (?:morning|afternoon|evening)) (?:how are you|anyone there|is anyone there|whats up|are you there)',
    ),
    cue(
      0.55,
      '^(?:how are you|hows it going|whats up|nice to meet you|anybody there|is anybody there|are you there)',
    ),
  ],
  affirm: [
    cue(
      0.9,
      '^(?:yes|yeah|yep|yup|yea|ya|sure|correct|right|exactly|absolutely|definitely|of course|certainly|ok|okay|alright|fine|please do|go ahead|sounds good|sounds great|that works|perfect|great|thats right|thats correct|thats fine|why not|i do|i am|it is|indeed|good)(?: (?:yes|please|sure|thanks|thank you|,|it is|that is|i do|i would|go ahead|do|correct|right|that works|sounds good))*$',
    ),
    cue(0.55, '^(?:yes|yeah|yep|yup|sure|correct|of course|sounds good|that works)'),
  ],
  deny: [
    cue(
      0.9,
      '^(?:no|nope|nah|never|negative|not really|not now|not today|no way|dont|i dont|id rather not|rather not|never mind|nevermind|forget it|i dont think so|not yet|absolutely not|of course not|wrong|incorrect)(?: (?:no|,|thanks|thank you|i dont|sorry|its not|that is wrong|thats wrong|thats not right|not really|its ok|its okay|its fine))*$',
    ),
    cue(0.55, '^(?:no|nope|nah)'),
    asSaid(0.6, '(?:thats|that is|its|it is) (?:not (?:right|correct|it|what)|wrong|incorrect)'),
  ],
  inform: [
    cue(
      0.75,
      '(?:my name is|my names|my number is|my phone number is|you can reach me|reach me at|my email is|this is [^ ,]+ (?:calling|speaking|from|here))',
    ),
    cue(0.5, '^(?:this is|its|im|i am|call me) [^ ,]+(?: [^ ,]+)?$'),
    cue(0.5, '(?:spelled|spelling is|thats with|as in)'),
  ],
  out_of_scope: [
    cue(
      0.85,
      '(?:weather|temperature outside|joke|jokes|horoscope|lottery|riddle|trivia|fun fact|poem|story)',
    ),
    cue(
      0.8,
      '(?:play|turn (?:on|off|up|down)|skip|pause) (?:~ )?(?:music|song|songs|radio|tv|lights?|volume|playlist|track|podcast)',
    ),
    cue(0.8, '(?:set|start|stop|cancel) (?:~ )?(?:alarm|timer|stopwatch|reminder)'),
    cue(
      0.8,
      '(?:translate|how do you say|how would you say|in (?:spanish|french|german|italian|chinese|japanese|russian))',
    ),
    cue(
      0.75,
      '(?:stock|stocks|nasdaq|bitcoin|crypto|exchange rate|credit score|401k|mortgage|interest rate|routing number|apr|w2|paycheck|direct deposit)',
    ),
    cue(
      0.75,
      '(?:flight|flights|airline|airport|luggage|uber|taxi|cab|rental car|car rental|train ticket|bus ticket)',
    ),
    cue(0.75, '(?:recipe|recipes|calories|ingredients?|how (?:long )?(?:do|to|should) (?:i )?(?:cook|bake))'),
    cue(
      0.75,
      '(?:meaning of life|capital of|president of|population of|who won|square root|how many (?:moons|planets|countries|miles)|flip a coin|roll (?:a|the) dice?)',
    ),
    cue(0.7, '(?:order|want|get|deliver) (?:~ )?(?:pizza|burger|burgers|sushi|takeout)'),
    cue(
      0.7,
      '(?:homework|essay|python|javascript|source code|system prompt|your instructions|previous instructions)',
    ),
    cue(
      0.75,
      '(?:car warranty|extended warranty|search engine|google listing|lower your|special offer|business loan|solar panels|merchant services|free trial)',
    ),
  ],
  ask_question: [
    cue(0.8, '(?:how much|price|prices|pricing|cost|costs|rates|fee|fees|charge for)'),
    cue(
      0.8,
      '(?:your|the|an) (?:address|location|website|web site|web page|email|email address|fax|fax number|zip code)',
    ),
    cue(
      0.85,
      '(?:where|whereabouts) (?:are|is|r|exactly|can i find|do i find) ?(?:you|your|the|it|yall|located)?',
    ),
    cue(0.7, '(?:located|directions|how do i get (?:to|there)|find you|address|website)'),
    cue(
      0.75,
      '(?:what|which|kind of|list of|tell me about|all the|about your) (?:[^ ,]+ ){0,2}(?:services|treatments|procedures|options|products)',
    ),
    cue(
      0.65,
      '(?:do|does|can|will|would|are|is|have) (?:you|you guys|yall|your|they|there|the|it) ~ (?:offer|provide|take|accept|have|do|sell|speak|treat|allow|work with|any|parking|cover)',
    ),
    cue(0.6, '^(?:what|whats|where|when|who|whos|why|how|hows|which|whose)'),
    cue(
      0.55,
      '^(?:do|does|did|is|are|was|were|can|could|will|would|should|has|have|may) (?:you|i|we|it|they|there|the|your|this|that|my|he|she|a)',
    ),
    cue(0.6, '(?:i have a|i had a|quick|got a|ask you a|another|one more) question'),
    cue(
      0.6,
      '(?:wondering|like to know|want to know|tell me|wanted to ask|curious|let me know) (?:if|whether|what|how|about|when|where|which)',
    ),
  ],
};
