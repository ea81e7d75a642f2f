/** The only place where the agents' fold meets NATS. */
import { Controller, Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { DOMAINS, STREAM_NAMES, subjects } from '@opmas/contracts';
import { ShardStage } from '@opmas/platform';
import type { Shell, ShardContext } from '@opmas/platform';
import type { FoldResult, InputFrame } from '@opmas/platform/fold';
import type { AgentsConfig } from './config.js';
import { agentsFold } from './domain/index.js';
import type { AgentsState } from './domain/index.js';
import { publishShippedRules, readShippedRules } from './shell/shipped-rules.js';
import type { AgentsSignals } from './signals.js';
import { createAgentsSignals } from './signals.js';

@Module({})
export class AgentsModule {
  /** Publishes the rules of this build first, so that no frame is judged without them on a first start. */
  static async for(shell: Shell<AgentsConfig>): Promise<DynamicModule> {
    const signals = createAgentsSignals(shell.metrics, shell.log);
    const { rules, faults } = await readShippedRules(shell.config.OPMAS_RULES_DIR);
    for (const fault of faults) signals.ruleFileFaulty(fault);
    await publishShippedRules(shell.bus, shell.build, rules, signals);
    return { module: AgentsModule, controllers: [agentsController(signals)] };
  }
}

function agentsController(signals: AgentsSignals): Type {
  @Controller()
  class AgentsController {
    @ShardStage<AgentsState>({
      input: STREAM_NAMES.events,
      inputSubject: subjects.events,
      outputs: (shard) => DOMAINS.map((domain) => subjects.findings(domain, shard)),
      fold: agentsFold,
    })
    eventsFrame(frame: InputFrame, context: ShardContext<AgentsState>): FoldResult {
      const { state } = context;
      const result = agentsFold.process(state, frame);
      for (const refusal of state.refusals.splice(0)) signals.ruleRefused(frame.meta.shard, refusal);
      signals.frameProcessed(state);
      return result;
    }
  }
  return AgentsController;
}
