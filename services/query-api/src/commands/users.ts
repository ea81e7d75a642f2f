/** Users: made and changed as facts of OPMAS_CONFIG; the password's hash is sealed before it gets there. */
import { randomBytes } from 'node:crypto';
import type { ConfigFactOf, Role } from '@opmas/contracts';
import { STREAM_NAMES, subjects } from '@opmas/contracts';
import type { Bus, SecretBox } from '@opmas/platform';
import { lastMessage } from '@opmas/platform';
import { hashPassword } from '../auth/passwords.js';
import { Problem, notFound } from '../http/problem.js';
import type { Signals } from '../signals.js';
import type { Change, ConfigWriter } from './config-writer.js';

export interface NewUser {
  userName: string;
  password: string;
  role: Role;
}

export interface UserChange {
  password?: string | undefined;
  role?: Role | undefined;
  disabled?: boolean | undefined;
}

const ADMIN = 'admin';
const RETRY_MS = 1000;

export class Users {
  readonly #writer: ConfigWriter;
  readonly #secrets: SecretBox;

  constructor(writer: ConfigWriter, secrets: SecretBox) {
    this.#writer = writer;
    this.#secrets = secrets;
  }

  async create({ userName, password, role }: NewUser): Promise<void> {
    const sealed = this.#secrets.seal(await hashPassword(password));
    await this.#writer.change('user', userName, ({ isNew, envelope }) => {
      if (!isNew) throw new Problem(409, 'exists', `There is a user "${userName}" already.`);
      const data = { userName, role, password: sealed, disabled: false, createdAt: envelope.time };
      return { ...envelope, type: 'opmas.config.user.changed', data };
    });
  }

  /** Nobody takes the administrator's role from themselves or locks themselves out: somebody must be left to undo it. */
  async change(userName: string, change: UserChange, by: string): Promise<void> {
    if (userName === by && (change.disabled === true || (change.role !== undefined && change.role !== 'admin'))) {
      throw new Problem(
        409,
        'self',
        'You cannot disable yourself or give up your own role; another administrator can.',
      );
    }
    const sealed = change.password === undefined ? null : this.#secrets.seal(await hashPassword(change.password));
    await this.#writer.change('user', userName, (read) => {
      const { data } = userOf(read, userName);
      return {
        ...read.envelope,
        type: 'opmas.config.user.changed',
        data: {
          ...data,
          role: change.role ?? data.role,
          disabled: change.disabled ?? data.disabled,
          password: sealed ?? data.password,
        },
      };
    });
  }
}

function userOf({ current }: Change, userName: string): ConfigFactOf<'opmas.config.user.changed'> {
  if (current?.type !== 'opmas.config.user.changed') throw notFound('user', userName);
  return current;
}

/** Makes the user `admin` where there is none, trying until the streams answer; of several replicas one succeeds. */
export async function ensureAdmin(
  ports: { bus: Bus; users: Users; signals: Signals; isEnded: () => boolean },
  given: string | undefined,
): Promise<void> {
  const { bus, users, signals, isEnded } = ports;
  while (!isEnded()) {
    try {
      if (await lastMessage(bus, STREAM_NAMES.config, subjects.config('user', ADMIN))) return;
      const password = given ?? randomBytes(15).toString('base64url');
      await users.create({ userName: ADMIN, password, role: 'admin' });
      signals.adminCreated(given === undefined ? password : null);
      return;
    } catch (error) {
      if (error instanceof Problem) return;
      signals.adminDelayed(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
