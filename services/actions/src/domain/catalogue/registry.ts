/** Every action that a playbook may name. A new one is a file and a line here. */
import type { Catalogue, CatalogueAction } from './action.js';
import { blockAddress } from './block-address.js';

export const ACTION_NAMES = ['block-address'] as const;
export type ActionName = (typeof ACTION_NAMES)[number];

export const CATALOGUE = {
  'block-address': blockAddress,
} satisfies Record<ActionName, CatalogueAction> & Catalogue;
