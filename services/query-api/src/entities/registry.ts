/** Every entity, listed by hand. */
import { ActionEntity } from './action.entity.js';
import { AuditEntity } from './audit.entity.js';
import { DeviceActivityEntity, DeviceEntity } from './device.entity.js';
import { PlaybookEntity, RuleEntity } from './document.entity.js';
import { EventCountEntity } from './event-count.entity.js';
import { FindingEntity } from './finding.entity.js';
import { ActionHistoryEntity, ConfigHistoryEntity, FindingHistoryEntity } from './history.entity.js';
import { ProjectionPositionEntity } from './projection-position.entity.js';
import { UserEntity } from './user.entity.js';

export const ENTITIES = [
  ActionEntity,
  ActionHistoryEntity,
  AuditEntity,
  ConfigHistoryEntity,
  DeviceActivityEntity,
  DeviceEntity,
  EventCountEntity,
  FindingEntity,
  FindingHistoryEntity,
  PlaybookEntity,
  ProjectionPositionEntity,
  RuleEntity,
  UserEntity,
];
