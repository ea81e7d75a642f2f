/** What the kernel and `mount_root` say of file systems and the devices below them. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
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
  return WRONG.test(text.replace('errors=remount-ro', ''))
    ? typed('health.storage.error', { filesystem, device, detail: text })
    : null;
}

const ON_DEVICE =
  /(?:(?:Buffer )?I\/O error(?: on dev(?:ice)?|, dev)|blk_update_request: .{0,40}error, dev|print_req_error: .{0,40}error, dev) ([\w:.-]{1,64})/y;

function inputOutput(message: string): TypedMessage | null {
  const found = matchStart(ON_DEVICE, message);
  return found === null ? null : typed('health.storage.error', { device: found[1]!, detail: message.trimEnd() });
}

const jffs2: Phrase[1] = (message, rest) =>
  /^(?:error|warning|notice: .{0,80}(?:fail|crc)|Write of |Node CRC|Data CRC|Header CRC|No space|Newly-erased block)/i.test(
    rest,
  )
    ? error('jffs2')(message, rest)
    : null;

const ntfs3: Phrase[1] = (message, rest) => {
  const found = /^([\w:.-]{1,64}): /.exec(rest);
  return found === null || !WRONG.test(rest)
    ? null
    : typed('health.storage.error', { filesystem: 'ntfs3', device: found[1]!, detail: rest });
};

const mountRoot: Phrase[1] = (message, rest) => {
  if (/\bfailed\b/.test(rest)) return error()(message, rest);
  return /^(?:switching to|loading kmods|mounting |overlay filesystem|jffs2 not ready|no |rootfs_data|using )/.test(
    rest,
  )
    ? typed('health.boot.step', { step: message.trimEnd() })
    : null;
};

export const kernelStorage = phrasebook([
  ['SQUASHFS error: ', error('squashfs')],
  ['UBIFS error ', error('ubifs')],
  ...alike(['UBI error', 'UBI warning', 'ubi0 error', 'ubi0 warning'], error('ubi')),
  ...alike(['EXT', 'UBIFS ', 'F2FS-fs ', 'FAT-fs ', 'exFAT-fs ', 'XFS ', 'BTRFS '], named),
  ...alike(['Buffer I/O error ', 'I/O error, dev ', 'blk_update_request: ', 'print_req_error: '], inputOutput),
  ['jffs2: ', jffs2],
  ['ntfs3: ', ntfs3],
  ['mount_root: ', mountRoot],
]);
