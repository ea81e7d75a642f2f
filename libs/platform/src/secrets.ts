/** Secrets at rest: AES-256-GCM with the deployment's key, so that nothing secret stands in a stream in the clear. */
import type { Sealed } from '@opmas/contracts';
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals and opens texts with one 32-byte key. */
export class SecretBox {
  readonly #key: Buffer;
  /** Names the key without telling it: the first 8 bytes of its SHA-256, in hex. */
  readonly keyId: string;

  private constructor(key: Buffer) {
    if (key.length !== 32) throw new Error(`the deployment's key must have 32 bytes, it has ${key.length}`);
    this.#key = key;
    this.keyId = createHash('sha256').update(key).digest('hex').slice(0, 16);
  }

  /** Reads the key (base64) from a file; makes the file, readable by its owner only, where there is none. */
  static fromFile(path: string): SecretBox {
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true });
      try {
        writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return SecretBox.fromBase64(readFileSync(path, 'utf8').trim());
  }

  static fromBase64(key: string): SecretBox {
    return new SecretBox(Buffer.from(key, 'base64'));
  }

  /** A key of 32 bytes for another purpose (signing tokens, say), derived by HKDF-SHA256. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key, Buffer.alloc(0), `opmas:${purpose}`, 32));
  }

  seal(text: string): Sealed {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return {
      alg: 'A256GCM',
      keyId: this.keyId,
      box: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64'),
    };
  }

  /** Throws where the box was sealed with another key, or was changed. */
  open(sealed: Sealed): string {
    if (sealed.keyId !== this.keyId)
      throw new Error(`sealed with key ${sealed.keyId}, this deployment's is ${this.keyId}`);
    const box = Buffer.from(sealed.box, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, box.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(box.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }
}
