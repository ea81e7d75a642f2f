/** JSON logs on standard output. Levels by consequence: warn = nothing lost, error = data or function lost. */
import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';

export type Log = pino.Logger;

const SECRET_PATHS = ['password', 'token', 'accessToken', 'refreshToken', 'credential', 'privateKey', 'authorization'];

/** A logger whose lines name the service; values under well-known secret names are never written. */
export function createLog(name: string, level: string): Log {
  return pino({
    name,
    level,
    base: { service: name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[secret]' },
  });
}

/** Nest's own messages through the same log; its start-up chatter goes to debug. */
export function nestLogger(log: Log): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
      log[level](
        { context, ...(message instanceof Error ? { err: message } : {}) },
        message instanceof Error ? message.message : String(message),
      );
    };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('error'),
  };
}
