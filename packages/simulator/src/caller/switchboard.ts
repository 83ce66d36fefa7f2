/** Where calls meet: incoming and outgoing ones share its rooms, its sounds and the seconds that pass. */
import type { Line } from './call.ts';
import type { Direction } from './parameters.ts';
import type { CallStatusCallback, EndOfDocument } from './playback.ts';
import { createRooms, type Rooms } from './room.ts';
import { createSounds, type Sounds } from './sounds.ts';
import type { WebhookRequest } from './webhook.ts';

export interface Switchboard {
  /** By CallSid; null: that call is over. */
  readonly lines: Map<string, Line | null>;
  readonly rooms: Rooms;
  readonly sounds: Sounds;
  readonly time: SharedTime;
  /** Calls a number for a `<Dial>`. Null: no telephones are connected, and nobody answers. */
  dial: Dialler | null;
}

/** @throws TwilioError for what Twilio would not dial */
export type Dialler = (order: DialOrder) => Dialled;

export interface Dialled {
  line: Line;
  /** Resolves once a person's phone rings; what others do with a call takes its own way. */
  rings: Promise<void>;
}

export interface DialOrder {
  from: string;
  to: string;
  direction: Extract<Direction, 'outbound-dial'>;
  parentCallSid: string;
  /** Seconds. */
  timeoutSeconds: number;
  /** Played to whoever picks up, before they are connected. */
  whisper: WebhookRequest | null;
  statusCallback: CallStatusCallback | null;
  /** The whisper has been played out. */
  afterWhisper: EndOfDocument;
  /** `status` as it ended, with the seconds since it was answered. */
  onOver: (status: string, seconds: number) => Promise<void>;
}

/** Lives through the seconds that pass on other calls. */
export interface Bystander {
  hear: (seconds: number) => Promise<void>;
}

export interface SharedTime {
  pass: (seconds: number, on?: Bystander) => Promise<void>;
  /** Answers how to stop. */
  follow: (bystander: Bystander) => () => void;
}

export function createSwitchboard(): Switchboard {
  return {
    lines: new Map(),
    rooms: createRooms(),
    sounds: createSounds(),
    time: createSharedTime(),
    dial: null,
  };
}

/** One thing happens after the other in a story: what takes seconds on one call takes them on all that wait. */
function createSharedTime(): SharedTime {
  const bystanders = new Set<Bystander>();
  return {
    pass: async (seconds, on) => {
      for (const bystander of [...bystanders]) if (bystander !== on) await bystander.hear(seconds);
    },
    follow: (bystander) => {
      bystanders.add(bystander);
      return () => void bystanders.delete(bystander);
    },
  };
}
