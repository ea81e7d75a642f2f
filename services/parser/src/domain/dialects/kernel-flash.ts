/** Flash and what divides it: MTD partitions, NAND chips and their bad blocks, UBI volumes and their wear. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const PARTITION = /0x([\da-f]{8,16})-0x([\da-f]{8,16}) : "([^"]{1,64})"/y;
const FOUND = /\d{1,4} \S{1,40} partitions? found on MTD device (\S{1,64})/y;

/** The drives that are there, listed where none holds a root: `1f0a           46080 mtdblock10`. */
const LISTED = /[\da-f]{4} {1,14}\d{1,12} (mtdblock\d{1,3}|sd\w{1,4}|mmcblk\w{1,8}|ubiblock\w{1,8})\b/y;

/** `0x000000050000-0x000001000000 : "firmware"`, and `4 fixed-partitions partitions found on MTD device spi0.0`. */
export function partition(message: string): TypedMessage | null {
  const code = message.charCodeAt(0);
  if (code < 48 || code > 57) return null;
  const part = matchStart(PARTITION, message);
  if (part !== null) {
    return typed('health.storage.partition-found', {
      name: part[3]!,
      startByte: Number.parseInt(part[1]!, 16),
      endByte: Number.parseInt(part[2]!, 16),
    });
  }
  const device = matchStart(FOUND, message)?.[1] ?? matchStart(LISTED, message)?.[1];
  return device === undefined ? null : typed('health.storage.note', { text: message.trimEnd(), device });
}

const note =
  (filesystem?: string): Phrase[1] =>
  (message) =>
    typed('health.storage.note', { text: message.trimEnd(), filesystem });

const error =
  (filesystem: string): Phrase[1] =>
  (message) =>
    typed('health.storage.error', { filesystem, detail: message.trimEnd() });

const CONDITION = /good PEBs: (\d{1,9}), bad PEBs: (\d{1,9}), corrupted PEBs: (\d{1,9})/y;
const WEAR = /max\/mean erase counter: (\d{1,9})\/(\d{1,9})/y;
const CORRECTED = /(?:fixed bit-flip|scrubbed PEB|bit-flip)/;
const WORN_OUT = /(?:marked? PEB \d{1,9} (?:as )?bad|PEB \d{1,9} is bad|mark PEB \d{1,9} as bad)/i;
const TROUBLE = /^(?:error|warning)\b|\b(?:error|failed|cannot|corrupted? (?:VID|EC)|no enough|read-only mode)\b/i;

/** `ubi0: text`, `ubi0 error: ubi_io_read: text`. */
function ubi(message: string, rest: string): TypedMessage {
  const device = message.slice(0, message.length - message.trimStart().length + 4);
  const condition = matchStart(CONDITION, rest);
  if (condition !== null) {
    const [goodBlocks = 0, badBlocks = 0, corruptedBlocks = 0] = condition.slice(1).map(Number);
    return typed('health.storage.flash-condition', { device, goodBlocks, badBlocks, corruptedBlocks });
  }
  const wear = matchStart(WEAR, rest);
  if (wear !== null) {
    const [maxEraseCount = 0, meanEraseCount = 0] = wear.slice(1).map(Number);
    return typed('health.storage.flash-wear', { device, maxEraseCount, meanEraseCount });
  }
  if (CORRECTED.test(rest)) return typed('health.storage.bits-corrected', { device, detail: rest });
  if (WORN_OUT.test(rest)) return typed('health.storage.bad-block', { device, detail: rest });
  if (/switched? to read-only mode/.test(rest)) return typed('health.storage.read-only', { device, detail: rest });
  return TROUBLE.test(rest)
    ? typed('health.storage.error', { filesystem: 'ubi', device, detail: rest })
    : typed('health.storage.note', { filesystem: 'ubi', device, text: rest });
}

const BAD_BLOCK =
  /(?:Bad (?:eraseblock|block) \d{1,9} at|bad block at|Bad eraseblock \d{1,9}|bad erase block at) ?(0x[\da-f]{1,16})?/iy;

function badBlock(message: string): TypedMessage | null {
  const found = matchStart(BAD_BLOCK, message);
  return found === null
    ? null
    : typed('health.storage.bad-block', { detail: message.trimEnd(), address: found[1]?.toLowerCase() });
}

function nand(message: string, rest: string): TypedMessage | null {
  const bad = badBlock(rest);
  if (bad !== null) return bad;
  if (/correct(?:ed|able)\b.{0,40}\b(?:bit|ECC)/i.test(rest) && !/uncorrect/i.test(rest)) {
    return typed('health.storage.bits-corrected', { detail: rest });
  }
  return /uncorrectable|\bfailed\b|\berror\b|timeout/i.test(rest)
    ? typed('health.storage.error', { detail: rest })
    : note()(message, rest);
}

function created(message: string): TypedMessage | null {
  const device = /^Creating \d{1,4} MTD partitions on "([^"]{1,64})"/.exec(message)?.[1];
  return device === undefined ? null : typed('health.storage.note', { text: message.trimEnd(), device });
}

const DIVIDERS = ['scpart', 'mtdsplit', 'parser_trx', 'tplink_fw', 'No RedBoot partition', 'redboot'];

export const flashPhrases: readonly Phrase[] = [
  ...Array.from({ length: 8 }, (_, number): Phrase[] => [
    [`ubi${number}: `, ubi],
    [`ubi${number} `, ubi],
  ]).flat(),
  ...alike(['UBI error', 'UBI warning'], error('ubi')),
  ...alike(['UBI: ', 'ubiblock: ', 'block ubiblock', 'UBI '], note('ubi')),
  ...alike(['nand: ', 'nand_bbt: ', 'spi-nand ', 'spinand: ', 'NAND: '], nand),
  ...alike(['Bad eraseblock ', 'Bad block '], badBlock),
  ...alike(['Bad block table ', 'Could not find a valid ONFI', 'ONFI ', 'Scanning device for bad blocks'], note()),
  ...alike(['Get BSP Driver Handle Fail', 'Get BSP Driver NFC Handle Fail'], (message) =>
    typed('health.storage.error', { detail: message.trimEnd() }),
  ),
  ['Creating ', created],
  ...alike(DIVIDERS, note()),
  ...alike(['split_squashfs: ', 'Failed to parse subpartitions'], (message) =>
    typed('health.storage.error', { detail: message.trimEnd() }),
  ),
  ['read error in "', (message) => typed('health.storage.error', { detail: message.trimEnd() })],
];
