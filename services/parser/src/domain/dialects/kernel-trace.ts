/** Lines of traces, register dumps and lists: they have no words of their own, only their form tells them. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

export const trace: Phrase[1] = (message) => typed('health.kernel.trace', { text: message.trimEnd() });

/** Register names of MIPS, ARM and PowerPC as a trace prints them, and the lines around it. */
const REGISTERS =
  /(?:\$ ?\d{1,2} {1,4}: |(?:Hi|Lo|epc|ra|Status|Cause|BadVA|PrId|Stack|Code) {0,6}: |(?:pc|lr|sp|r\d{1,2}|x\d{1,2}|pstate) ?: |(?:epc|ra ) = [\da-f]{8} in |(?:NIP|LR|pgd|PSR|GPR\d\d) (?:\[|= )|\[[\da-f]{8}\] \*pgd=|[\da-f]{4}: (?:[\da-f]{8} ){1,8}|[\da-f]{4}: [\da-f]{8}\s*$)/y;
const FRAME =
  /(?: ?\[<?(?:[0-9a-f]{8,16})?>?\](?: \(?[\w.]{1,80}\)?| 0x[0-9a-f]{1,16}| \[[\da-f]{8,16}\] )| {1,2}\??\s?[\w.]{1,80}\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}| 0x[\da-f]{8,16}\s*$)/y;
/** Words of the stack: `        8051595c 8fc0fdc4 ...`, and the dots that end them. */
const WORDS = / {1,16}(?:[\da-f]{8,16}(?: {1,2}[\da-f]{1,16}){0,9}|\.\.\.)\s*$/y;
/** The rest of a list of modules that was too long for a line. */
const MODULES = /(?: [a-z]\w{1,40}(?:\([A-Z+-]{1,5}\))?){3,600}(?: \[last unloaded: .{0,200})?\s*$/y;
const RCU =
  /\s{0,8}(?:\d{1,3}-[.!O]{3,4}: \(|\(t=\d{1,12} jiffies |\(detected by \d{1,4}, t=|rcu_\w{1,12} {2,12}[A-Z](?: |\s*$)|\d{1,6} {1,8}\d{1,8} {1,8}\d{1,8} 0x[\da-f]{8}\s*$)/y;
const ABORT = / {2}(?:ESR|EC|SET|EA|ISV|CM|FSC|GCS) = /y;
const TAB = 9;
const SPACE = 32;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;

export function kernelTrace(message: string): TypedMessage | null {
  const code = message.charCodeAt(0);
  if (code === SPACE || code === OPEN_BRACKET || code === TAB || code === BACKSLASH || code === 40) {
    return indented(code === BACKSLASH ? message.replace(/^(?:\\x09){1,4}/, ' ') : message) ? trace(message, '') : null;
  }
  return matchStart(REGISTERS, message) === null && matchStart(RCU, message) === null ? null : trace(message, '');
}

function indented(message: string): boolean {
  return (
    matchStart(FRAME, message) !== null ||
    matchStart(WORDS, message) !== null ||
    matchStart(RCU, message) !== null ||
    matchStart(ABORT, message) !== null ||
    matchStart(REGISTERS, message) !== null ||
    (message.includes('_') && matchStart(MODULES, message) !== null)
  );
}
