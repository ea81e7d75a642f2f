/** An explanation of a line as a tree of text: `[x]` for a step that decided something, `[ ]` for one that did not. */
import type { TimeQuality } from '@opmas/contracts';
import type { ExplainedEvent, LineSender } from '../input/events.js';

/** A step: whether it decided something, its name, what it says, and lines below it. */
interface Step {
  isDecided: boolean;
  name: string;
  says: string;
  below?: string[];
}

const NAME_WIDTH = 10;

const QUALITIES: Readonly<Record<TimeQuality, string>> = {
  epoch: 'the line says it in seconds since the epoch',
  offset: 'the line says its offset from UTC',
  'tz-known': "the device's wall clock in its zone",
  'tz-default': "the device's wall clock; its zone is not known",
  skewed: "the time of receipt: the device's clock is too far away from it",
  unsynced: "the time of receipt: the device's clock was not set since boot",
  received: 'the time of receipt: the line has no time',
};

/** The text of one line's explanation, ended by an empty line. */
export function formatExplanation(event: ExplainedEvent): string {
  const steps = [framing(event), header(event), time(event), sender(event.sender), dialect(event), outcome(event)];
  const lines = steps.flatMap((step, index) => {
    const isLast = index === steps.length - 1;
    const first = `${isLast ? '`-' : '|-'} [${step.isDecided ? 'x' : ' '}] ${step.name.padEnd(NAME_WIDTH)} ${step.says}`;
    return [first.trimEnd(), ...(step.below ?? []).map((text) => `${isLast ? ' ' : '|'}      ${text}`.trimEnd())];
  });
  return `${event.id}: ${visible(event.raw)}\n${lines.join('\n')}\n\n`;
}

/** Text that a terminal shows as it is: control characters as escapes, so that no line can act on the screen. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069]/g, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function framing({ framing: { trailer } }: ExplainedEvent): Step {
  return {
    isDecided: trailer !== '',
    name: 'framing',
    says: trailer === '' ? 'no trailer' : `trailer ${visible(trailer)} taken off`,
  };
}

function header({ header: said }: ExplainedEvent): Step {
  const isRead = said.form !== 'none';
  const widest = Math.max(0, ...said.parts.map(({ part }) => part.length));
  const below = said.parts.map(({ part, from, to, text }) => {
    const meaning = part === 'priority' && said.priority !== null ? ` = ${said.priority}` : '';
    return `${part.padEnd(widest)}  ${`${from}-${to}`.padEnd(9)} ${visible(text)}${meaning}`;
  });
  const data = Object.entries(said.structuredData ?? {}).map(
    ([id, params]) => `structured data [${visible(id)}] ${visible(JSON.stringify(params))}`,
  );
  return {
    isDecided: isRead,
    name: 'header',
    says: isRead ? said.form : 'none: the whole line is the message',
    below: [...below, ...data],
  };
}

function time({ time: said }: ExplainedEvent): Step {
  const below = [`receipt ${said.receivedAt}`];
  if (said.deviceTime !== null) {
    below.push(`the line's own ${said.deviceTime}, ${aheadOf(said.aheadSeconds ?? 0)}`);
  }
  if (said.year !== null) {
    below.push(
      `year ${said.year.value}${said.year.isInferred ? ': not in the line, the likeliest one for its receipt' : ': in the line'}`,
    );
  }
  if (said.zone !== null)
    below.push(`zone ${said.zone.name}${said.zone.isKnown ? '' : ': assumed, the line names none (--zone)'}`);
  if (said.uptimeSeconds !== null) below.push(`${said.uptimeSeconds} s after boot, by the kernel`);
  return {
    isDecided: said.stated !== null,
    name: 'time',
    says: `${said.timestamp} (${said.quality}: ${QUALITIES[said.quality]})`,
    below,
  };
}

function aheadOf(seconds: number): string {
  if (seconds === 0) return 'at its receipt';
  return `${Math.abs(seconds)} s ${seconds > 0 ? 'after' : 'before'} its receipt`;
}

function sender({ key, hostname, foundBy }: LineSender): Step {
  const isNamed = key.startsWith('host:');
  const why =
    hostname === null
      ? 'no hostname in the line'
      : isNamed
        ? 'the hostname in the header'
        : `${visible(hostname)} is not the name of one device`;
  const wire = isNamed && foundBy === 'header' ? '' : "; on the wire the sender's address decides";
  return { isDecided: isNamed, name: 'sender', says: `${key} (${why}${wire})` };
}

function dialect(event: ExplainedEvent): Step {
  const { appName } = event.header;
  if (event.dialect === null) {
    const says =
      appName === null ? 'none: no tag, and no message that tells its daemon' : `none knows ${visible(appName)}`;
    return { isDecided: false, name: 'dialect', says };
  }
  const isTyped = event.type !== 'other.unparsed';
  return {
    isDecided: isTyped,
    name: 'dialect',
    says: isTyped ? event.dialect : `${event.dialect} does not know this message`,
  };
}

function outcome({ type, fields, templateId, effectiveSeverity, header: said }: ExplainedEvent): Step {
  const below = Object.entries(fields).map(([name, value]) => `${name} = ${visible(JSON.stringify(value))}`);
  if (effectiveSeverity !== null) {
    below.push(
      `effective severity ${effectiveSeverity}${said.severity === null ? '' : ` (the line says ${said.severity})`}`,
    );
  }
  if (templateId !== null) below.push(`template ${visible(templateId)}`);
  return { isDecided: type !== 'other.unparsed', name: 'event', says: type, below };
}
