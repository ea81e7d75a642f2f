/**
 * The kernel. A message is told by its first word where that is a phrase's; otherwise by what stands in front of the first
 * colon: one name (an interface, a part of the kernel), or a driver and its device; and at last by its form alone.
 */
import type { TypedMessage } from './dialect.js';
import { bootPhrases, kernelPart, unnumbered } from './kernel-boot.js';
import { deviceLine, devicePhrases, probeFailed, switchKit } from './kernel-devices.js';
import { faultPhrases, namedFault } from './kernel-faults.js';
import { flashPhrases, partition } from './kernel-flash.js';
import { memoryFigures, memoryPhrases, outOfMemory } from './kernel-memory.js';
import { bridge, deviceState, interfaceLine, link, networkPhrases } from './kernel-network.js';
import { radioPhrases, vendorRadio } from './kernel-radio.js';
import { partitionTable, storagePhrases } from './kernel-storage.js';
import { kernelTrace } from './kernel-trace.js';
import { stationChatter, uplink } from './kernel-uplink.js';
import { interfaceOf } from './names.js';
import { netfilter } from './netfilter.js';
import { matchStart, wordbook } from './phrasebook.js';
import { wireguardKernel } from './wireguard.js';

const WIREGUARD = 'wireguard: ';

const byFirstWord = wordbook([
  ...faultPhrases,
  ...memoryPhrases,
  ...flashPhrases,
  ...storagePhrases,
  ...networkPhrases,
  ...radioPhrases,
  ...devicePhrases,
  ...bootPhrases,
]);

export function kernel(message: string): TypedMessage | null {
  return netfilter(message) ?? unstamped(message) ?? stampedTwice(message);
}

function unstamped(message: string): TypedMessage | null {
  const colon = message.indexOf(': ');
  if (colon > 0 && message.indexOf(' ') === colon + 1) {
    const name = interfaceOf(message.slice(0, colon));
    const said = name === null ? null : bridge(name, message.slice(colon + 2));
    if (said !== null) return said;
  }
  const ofTunnel = message.startsWith(WIREGUARD) ? wireguardKernel(message.slice(WIREGUARD.length)) : null;
  return ofTunnel ?? byFirstWord(message) ?? bySubject(message, colon) ?? byForm(message);
}

function bySubject(message: string, colon: number): TypedMessage | null {
  if (colon <= 0) return null;
  if (message.indexOf(' ') < colon) return deviceLine(message) ?? named(message, colon);
  const name = interfaceOf(message.slice(0, colon));
  const text = message.slice(colon + 2).trimEnd();
  if (name === null || text === '') return null;
  return (
    link(message) ??
    deviceState(message) ??
    uplink(name, text) ??
    namedFault(message) ??
    probeFailed(message) ??
    kernelPart(name, text) ??
    stationChatter(name, text) ??
    interfaceLine(name, text)
  );
}

/** `kworker/0:1 (12): page allocation failure`: a name with words of its own. */
function named(message: string, colon: number): TypedMessage | null {
  return colon < 80 ? namedFault(message) : null;
}

function byForm(message: string): TypedMessage | null {
  return (
    outOfMemory(message) ??
    partition(message) ??
    memoryFigures(message) ??
    partitionTable(message) ??
    kernelTrace(message) ??
    unnumbered(message) ??
    vendorRadio(message) ??
    switchKit(message)
  );
}

const STAMP = /\[[? ]{0,10}\d{1,8}\.\d{6}\] (?=\S)/y;

/** A console that is logged twice stamps its lines twice, the inner stamp at times with its spaces damaged. */
function stampedTwice(message: string): TypedMessage | null {
  const stamp = message.charCodeAt(0) === 91 ? matchStart(STAMP, message) : null;
  return stamp === null ? null : unstamped(message.slice(stamp[0].length));
}
