import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Fault } from './problem.js';
import { badRequest } from './problem.js';

const PLACES: Readonly<Record<string, Fault['in']>> = { query: 'query', param: 'path', body: 'body' };

function faultsOf(error: z.ZodError, place: Fault['in']): Fault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') return [{ in: place, name: path || '(whole)', expected: issue.message }];
    return issue.keys.map((key) => ({
      in: place,
      name: path ? `${path}.${key}` : key,
      expected: 'no such name is known here',
    }));
  });
}

/** Checks what a route's decorator names a schema for: `@Query({ schema })`, `@Body({ schema })`, `@Param({ schema })`. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (!(metadata.schema instanceof z.ZodType)) return value;
    const parsed = metadata.schema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    throw badRequest(faultsOf(parsed.error, PLACES[metadata.type] ?? 'body'));
  }
}
