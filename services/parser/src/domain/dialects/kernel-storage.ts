/** What the kernel and `mount_root` say of file systems and the devices below them. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const error =
  (filesystem?: string): Phrase[1] =>
  (message) =>
    typed('health.storage.error', { filesystem, detail: message.trimEnd() });

const NAMED = /([\w-]{2,12})(?:-fs)?(?: (?:error|warning))? \((?:device )?([\w:.-]{1,64})\)(?:: |:\s?)/y;
const MOUNTED = /(?:^|UBIFS: |: )[Mm]ounted /;
const READ_ONLY =
  /(?:remounting filesystem read-only|re-mounted .{0,40}\bro\b|switched to read-only mode|forced readonly)/i;
const WRONG =
  /\b(?:error|fail(?:ed|ure)?|corrupt\w*|bad |not properly unmounted|dirty|inconsistent|checksum|aborted|invalid)\b/i;

const RECOVERED = /^(?:UBIFS: )?(?:recovery (?:needed|completed|complete)|recovering journal)/;

/** `EXT4-fs (sda1): text`, `EXT4-fs error (device sda1): text`, `UBIFS (ubi0:1): text`, `F2FS-fs (loop0): text`. */
function named(message: string): TypedMessage | null {
  const found = matchStart(NAMED, message);
  if (found === null) return null;
  const filesystem = found[1]!.toLowerCase().replace(/-fs$/, '');
  const device = found[2]!;
  const text = message.slice(found[0].length).trimEnd();
  if (READ_ONLY.test(text)) return typed('health.storage.read-only', { device, detail: text });
  if (/ (?:error|warning) \(/.test(found[0]))
    return typed('health.storage.error', { filesystem, device, detail: text });
  if (MOUNTED.test(text)) return typed('health.storage.mounted', { filesystem, device });
  if (RECOVERED.test(text)) return typed('health.storage.recovered', { filesystem, device, detail: text });
  return WRONG.test(text.replace('errors=remount-ro', ''))
    ? typed('health.storage.error', { filesystem, device, detail: text })
    : typed('health.storage.note', { filesystem, device, text });
}

const ON_DEVICE =
  /(?:(?:Buffer )?I\/O error(?: on dev(?:ice)?|, dev)|blk_update_request: .{0,40}error, dev|print_req_error: .{0,40}error, dev) ([\w:.-]{1,64})/y;

function inputOutput(message: string): TypedMessage | null {
  const found = matchStart(ON_DEVICE, message);
  return found === null ? null : typed('health.storage.error', { device: found[1]!, detail: message.trimEnd() });
}

const note =
  (filesystem?: string): Phrase[1] =>
  (message) =>
    typed('health.storage.note', { filesystem, text: message.trimEnd() });

const JFFS2_WRONG =
  /^(?:error|warning|notice: .{0,80}(?:fail|crc)|Write of |Node CRC|Data CRC|Header CRC|No space|Newly-erased block|Erase at .{1,40} failed)/i;
const jffs2: Phrase[1] = (message, rest) => (JFFS2_WRONG.test(rest) ? error : note)('jffs2')(message, rest);

const ntfs3: Phrase[1] = (message, rest) => {
  const found = /^([\w:.-]{1,64}): /.exec(rest);
  if (found === null) return note('ntfs3')(message, rest);
  return WRONG.test(rest)
    ? typed('health.storage.error', { filesystem: 'ntfs3', device: found[1]!, detail: rest })
    : typed('health.storage.note', { filesystem: 'ntfs3', device: found[1]!, text: rest });
};

const mountRoot: Phrase[1] = (message, rest) => {
  if (/\bfailed\b/.test(rest)) return error()(message, rest);
  return typed('health.boot.step', { step: message.trimEnd() });
};

/** `block: extroot: not configured` of fstools' `block`, which looks for a root on another drive. */
const fstools: Phrase[1] = (message, rest) => {
  if (/^extroot: (?:cannot|UUID|unable)|\bfailed\b/.test(rest)) return error()(message, rest);
  return /^(?:attempting |unable to load |no usable |extroot|\/dev\/|mounting|switched)/.test(rest)
    ? note()(message, rest)
    : null;
};

const SCSI = /sd \d{1,3}:\d{1,3}:\d{1,3}:\d{1,5}: (?:\[(\w{1,16})\] )?(.{1,400})/y;
const CAPACITY = /^\d{1,15} \d{1,6}-byte logical blocks: \(([^)]{1,40})\)/;
const DRIVE_WRONG = /\b(?:FAILED|Sense Key : (?!No Sense|Recovered)|Add\. Sense|I\/O error|\bfailed\b)/;

function scsiDisk(message: string): TypedMessage | null {
  const found = matchStart(SCSI, message);
  if (found === null) return null;
  const device = found[1];
  const text = found[2]!.trimEnd();
  const size = CAPACITY.exec(text)?.[1];
  if (size !== undefined && device !== undefined) return typed('health.storage.attached', { device, size });
  return DRIVE_WRONG.test(text)
    ? typed('health.storage.error', { device, detail: text })
    : typed('health.storage.note', { device, text });
}

const CARD = /(mmcblk\d{1,2}\w{0,8}): mmc\d{1,2}:\S{1,16} .{1,32}? ([\d.]{1,12} [KMGT]iB)/y;
const MMC = /(mmc\d{1,2}): (.{1,300})/y;

function card(message: string): TypedMessage | null {
  const block = matchStart(CARD, message);
  if (block !== null) return typed('health.storage.attached', { device: block[1]!, size: block[2] });
  const found = matchStart(MMC, message);
  if (found === null) return null;
  const device = found[1]!;
  const text = found[2]!.trimEnd();
  return /\berror\b|timeout|\bfailed\b|tuning execution failed/i.test(text)
    ? typed('health.storage.error', { device, detail: text })
    : typed('health.storage.note', { device, text });
}

const TABLE = / (sd[a-z]{1,3}|mmcblk\d{1,2}\w{0,8}|nvme\dn\d|vd[a-z]|nbd\d{1,2}): ?(?:[\w< >]{0,200})$/y;

/** ` sda: sda1 sda2`: the partitions of a drive. */
export function partitionTable(message: string): TypedMessage | null {
  const device = matchStart(TABLE, message.trimEnd())?.[1];
  return device === undefined ? null : typed('health.storage.note', { device, text: message.trim() });
}

const ATA = /(ata\d{1,3})(?:\.\d\d)?: (.{1,300})/y;

function ata(message: string): TypedMessage | null {
  const found = matchStart(ATA, message);
  if (found === null) return null;
  const text = found[2]!.trimEnd();
  return /\b(?:exception|failed command|error:|hard resetting|link is slow|COMRESET failed|frozen)\b/i.test(text)
    ? typed('health.storage.error', { device: found[1]!, detail: text })
    : typed('health.storage.note', { device: found[1]!, text });
}

const remounted: Phrase[1] = (message) =>
  typed('health.storage.note', { filesystem: message.slice(0, message.indexOf(' ')), text: message.trimEnd() });

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

export const storagePhrases: readonly Phrase[] = [
  ...alike(['SQUASHFS error: ', 'squashfs: SQUASHFS error: '], error('squashfs')),
  ['squashfs: ', note('squashfs')],
  ['UBIFS error ', error('ubifs')],
  ...['EXT2', 'EXT3', 'EXT4', 'UBIFS ', 'F2FS', 'FAT', 'exFAT', 'XFS ', 'BTRFS'].map((start): Phrase => [start, named]),
  ...alike(['Buffer I/O error ', 'I/O error, dev ', 'blk_update_request: ', 'print_req_error: '], inputOutput),
  ['jffs2: ', jffs2],
  ...alike(['jffs2_scan_eraseblock()', 'jffs2_build_filesystem()'], note('jffs2')),
  ['ntfs3: ', ntfs3],
  ['mount_root: ', mountRoot],
  ['block: ', fstools],
  ...alike(['overlayfs: ', 'overlay: '], (message, rest) =>
    (/\bfailed|error/i.test(rest) ? error : note)('overlay')(message, rest),
  ),
  ...alike(['ext4 filesystem being ', 'ext2 filesystem being ', 'xfs filesystem being '], remounted),
  ['sd ', scsiDisk],
  ...numbers(4).flatMap((number) => alike([`mmc${number}: `, `mmcblk${number}: `], card)),
  ...numbers(12).flatMap((number) => alike([`ata${number}: `, `ata${number}.`], ata)),
  ...numbers(4).flatMap((number) => alike([`zram${number}: `, `loop${number}: `], note())),
];
