/** What a stage reads and writes, and how a Nest controller declares that it handles it. */
import type { StreamName } from '@opmas/contracts';
import { STREAMS } from '@opmas/contracts';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { ShardFold } from '../fold/index.js';

export interface StageDefinition<State> {
  input: StreamName;
  /** Subject filter of a shard's input. */
  inputSubject(shard: number): string;
  /** Every subject that the shard's owner may publish to; it is their only writer. */
  outputs(shard: number): string[];
  fold: ShardFold<State>;
}

/** What every stage writes besides its outputs: the dead letters of its shard. */
export const SHARD_STAGE = 'opmas:shard-stage';

/**
 * Declares a controller method as the handler of a stage: `(frame: InputFrame, context: ShardContext<State>) =>
 * FoldResult`. The transport runs it for every frame of every shard that this replica owns, in order, exactly once.
 */
export function ShardStage<State>(definition: StageDefinition<State>): MethodDecorator {
  const declare = MessagePattern<string>(definition.fold.stage, { [SHARD_STAGE]: definition });
  return (target, key, descriptor) => {
    // Nest hands the context only to parameters that ask for it.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    return declare(target, key, descriptor);
  };
}

/** The stream that a subject belongs to; throws for a subject that no stream declares. */
export function streamOf(subject: string): StreamName {
  const tokens = subject.split('.');
  for (const stream of Object.values(STREAMS)) {
    const isMatch = stream.subjects.some((pattern) => {
      const wanted = pattern.split('.');
      return wanted.length === tokens.length && wanted.every((token, i) => token === '*' || token === tokens[i]);
    });
    if (isMatch) return stream.name;
  }
  throw new Error(`no stream holds subject ${subject}`);
}
