/** The only place where the parser's fold meets NATS. */
import { Controller, Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { STREAM_NAMES, subjects } from '@opmas/contracts';
import { ShardStage } from '@opmas/platform';
import type { Shell, ShardContext } from '@opmas/platform';
import type { FoldResult, InputFrame } from '@opmas/platform/fold';
import type { ParserConfig } from './config.js';
import { createParserFold } from './domain/fold.js';
import type { ParserState } from './domain/state.js';
import { LIVE_CLOCK } from './domain/time.js';
import { createParserSignals } from './signals.js';

@Module({})
export class ParserModule {
  static for(shell: Shell<ParserConfig>): DynamicModule {
    return { module: ParserModule, controllers: [parserController(shell)] };
  }
}

/** A class made for one configuration, because the stage's fold stands in its decorator. */
function parserController(shell: Shell<ParserConfig>): Type {
  const signals = createParserSignals(shell.metrics, shell.log);
  const fold = createParserFold({
    maxUnknownDevices: shell.config.OPMAS_MAX_UNKNOWN_DEVICES,
    trust: {
      ...LIVE_CLOCK,
      maxSkewMicros: shell.config.OPMAS_MAX_SKEW_S * 1e6,
      stepMicros: shell.config.OPMAS_CLOCK_STEP_S * 1e6,
      defaultTimeZone: shell.config.OPMAS_DEFAULT_TIME_ZONE,
    },
  });

  @Controller()
  class ParserController {
    @ShardStage<ParserState>({
      input: STREAM_NAMES.raw,
      inputSubject: subjects.rawShard,
      outputs: (shard) => [subjects.events(shard)],
      fold,
    })
    rawFrame(@Payload() frame: InputFrame, @Ctx() context: ShardContext<ParserState>): FoldResult {
      const before = { ...context.state.counts };
      const result = fold.process(context.state, frame);
      signals.frameParsed(frame.meta.shard, before, context.state.counts, result.discovered.length);
      return result;
    }
  }
  return ParserController;
}
