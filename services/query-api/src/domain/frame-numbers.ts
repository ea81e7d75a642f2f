/** Which frames of OPMAS_EVENTS are projected: the last number of each (shard, ingestor), and gaps between numbers. */
import { parseFrameId, parsePart, parseSource } from '@opmas/contracts';

/** `<shard>/<ingestor>` → [number of its last frame, index of its last record seen; -1: all of them]. */
export type FrameNumbers = Record<string, [number: number, lastIndex: number]>;

/** What a message's headers say of its place. */
export interface FrameHeaders {
  frameId: string;
  /** `Opmas-Part`: indices within the unit that the message was made of. */
  part: string;
  /** `Opmas-Source`: names that unit, `<frame id>` or `<frame id>#<first index>` where the RAW frame itself was cut. */
  source: string;
  /** Records in the message. */
  count: number;
}

/** What is left to do with a message. */
export interface Placement {
  /** Records at its beginning that are projected already; `Infinity` for all. */
  skip: number;
  /** Frames missing between the last one and this one. */
  lost: number;
}

const WHOLE = -1;

interface Records {
  first: number;
  last: number;
  /** True where no record of the frame comes after these. */
  isEnd: boolean;
}

function recordsOf(headers: FrameHeaders): Records {
  const unit = /#(\d+)$/.exec(parseSource(headers.source)?.frameId ?? '');
  const base = unit ? Number(unit[1]) : 0;
  const part = parsePart(headers.part);
  if (part === null) return { first: base, last: base + headers.count - 1, isEnd: unit === null };
  return { first: base + part.first, last: base + part.last, isEnd: unit === null && part.last >= part.count - 1 };
}

/** Notes a message in `numbers` (changed in place), and tells what of it is new. A frame without a known id is all new. */
export function placeFrame(numbers: FrameNumbers, headers: FrameHeaders): Placement {
  const id = parseFrameId(headers.frameId);
  if (id === null) return { skip: 0, lost: 0 };
  const key = `${id.shard}/${id.ingestor}`;
  const known = numbers[key];
  const { first, last, isEnd } = recordsOf(headers);
  if (known === undefined || id.number > known[0]) {
    numbers[key] = [id.number, isEnd ? WHOLE : last];
    return { skip: 0, lost: known === undefined ? 0 : id.number - known[0] - 1 };
  }
  const [number, lastIndex] = known;
  if (id.number < number || lastIndex === WHOLE || last <= lastIndex) return { skip: Infinity, lost: 0 };
  numbers[key] = [number, isEnd ? WHOLE : last];
  return { skip: Math.max(0, lastIndex + 1 - first), lost: 0 };
}
