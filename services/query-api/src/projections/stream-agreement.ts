/** Does a stream still hold what was read from it? */
import type { StreamPosition } from '@opmas/contracts';
import { CE_HEADERS, HEADERS } from '@opmas/contracts';
import type { Bus, StoredMessage } from '@opmas/platform';
import { messageAt } from '@opmas/platform';
import type { Agreement } from '../domain/checkpoints.js';
import { resumeAt } from '../domain/checkpoints.js';

/** A message's own name, which stays the same when it is published again after the server lost it. */
export function messageName(message: StoredMessage): string {
  const frameId = message.header(HEADERS.frameId);
  const part = message.header(HEADERS.part);
  return message.header(HEADERS.msgId) || message.header(CE_HEADERS.id) || (part ? `${frameId}#${part}` : frameId);
}

const CONCURRENT_GETS = 16;

/** Null when the stream holds every position (or its limits discarded it), else the one to go back to. */
export async function disagreement(
  bus: Bus,
  stream: string,
  positions: readonly StreamPosition[],
): Promise<StreamPosition | null> {
  const known = positions.filter((position) => position.sequence > 0);
  if (known.length === 0) return null;
  const { state } = await bus.jsm.streams.info(stream);
  const agreementOf = async (position: StreamPosition): Promise<Agreement> => {
    if (position.sequence > state.last_seq) return 'disagrees';
    if (position.sequence < state.first_seq) return 'trimmed';
    const message = await messageAt(bus, stream, position.sequence);
    return message !== null && messageName(message) === position.frameId ? 'agrees' : 'disagrees';
  };
  const checked: { position: StreamPosition; agreement: Agreement }[] = [];
  for (let i = 0; i < known.length; i += CONCURRENT_GETS) {
    const slice = known.slice(i, i + CONCURRENT_GETS);
    const agreements = await Promise.all(slice.map(agreementOf));
    slice.forEach((position, at) => checked.push({ position, agreement: agreements[at]! }));
  }
  return resumeAt(checked);
}
