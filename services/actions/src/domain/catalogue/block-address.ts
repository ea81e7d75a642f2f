/**
 * Drops all packets from one address for a while, in nftables' own table `inet opmas`, which `fw4 reload` leaves alone.
 * Each element carries its own end on the router, so that a block never outlives a lost controller.
 */
import { z } from 'zod';
import { canonicalAddress, parseHostAddress } from '../address.js';
import type { Command } from '../run-marker.js';
import type { RunContext, Verification } from './action.js';
import { defineAction } from './action.js';

const address = z.string().transform((text, context) => {
  const parsed = parseHostAddress(text);
  if (parsed.ok) return parsed.address;
  context.addIssue({ code: 'custom', message: `"${text.slice(0, 60)}" cannot be blocked: ${parsed.reason}` });
  return z.NEVER;
});

const parameters = z.strictObject({
  /** A canonical unicast address. */
  address,
  durationSeconds: z.number().int().min(60).max(86_400),
});
type Parameters = z.infer<typeof parameters>;

function setOf(blocked: string): 'b4' | 'b6' {
  return blocked.includes(':') ? 'b6' : 'b4';
}

/** What only the router can tell, as a shown plan has it. */
const SHOWN_CONTROLLER = '<address of OPMAS as the router sees it>';

function acceptController(controllerAddress: string | null): string {
  const shown = controllerAddress === null ? SHOWN_CONTROLLER : canonicalAddress(controllerAddress);
  return `add rule inet opmas pre ${shown.includes(':') ? 'ip6' : 'ip'} saddr ${shown} accept`;
}

/** One transaction. The element is added, deleted and added: before Linux 6.12 adding alone does not renew its end. */
function blockScript(blocked: Parameters, run: RunContext): string {
  const set = setOf(blocked.address);
  const seconds = Math.max(1, blocked.durationSeconds - run.elapsedSeconds);
  return [
    'add table inet opmas',
    'add set inet opmas b4 { type ipv4_addr; flags timeout; counter; }',
    'add set inet opmas b6 { type ipv6_addr; flags timeout; counter; }',
    'add chain inet opmas pre { type filter hook prerouting priority -150; policy accept; }',
    'flush chain inet opmas pre',
    acceptController(run.controllerAddress),
    'add rule inet opmas pre ip saddr @b4 drop',
    'add rule inet opmas pre ip6 saddr @b6 drop',
    `add element inet opmas ${set} { ${blocked.address} }`,
    `delete element inet opmas ${set} { ${blocked.address} }`,
    `add element inet opmas ${set} { ${blocked.address} timeout ${seconds}s comment "${run.runId}" }`,
    '',
  ].join('\n');
}

/** Cuts the address's established connections, which an offloaded flow would else keep; not every kernel can. */
const CUT_CONNECTIONS = '{ echo "$1" >/proc/net/nf_conntrack; } 2>/dev/null || :';

function plan(blocked: Parameters, run: RunContext): Command[] {
  return [
    { argv: ['nft', '-f', '-'], input: blockScript(blocked, run) },
    { argv: ['sh', '-c', CUT_CONNECTIONS, 'sh', blocked.address] },
  ];
}

const elementSchema = z.object({
  elem: z.object({
    val: z.string(),
    expires: z.number().optional(),
    comment: z.string().optional(),
    counter: z.object({ packets: z.number(), bytes: z.number() }).optional(),
  }),
});
const listingSchema = z.object({
  nftables: z.array(z.looseObject({ set: z.object({ elem: z.array(z.unknown()).optional() }).optional() })),
});

/** An element of a set, as `nft -j list set` shows it. */
export interface BlockedElement {
  address: string;
  /** Seconds until the block ends; null where it has no end. */
  expiresSeconds: number | null;
  /** Id of the run that set it; null for an element of someone else. */
  runId: string | null;
  droppedPackets: number | null;
}

/** Elements in the output of `nft -j list set`; null where it is no such output. */
export function parseSetListing(output: string): BlockedElement[] | null {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return null;
  }
  const listing = listingSchema.safeParse(json);
  if (!listing.success) return null;
  return listing.data.nftables
    .flatMap(({ set }) => set?.elem ?? [])
    .flatMap((element) => {
      const parsed = elementSchema.safeParse(element);
      if (!parsed.success) return [];
      const { val, expires, comment, counter } = parsed.data.elem;
      const [expiresSeconds, runId, droppedPackets] = [expires ?? null, comment ?? null, counter?.packets ?? null];
      return [{ address: val, expiresSeconds, runId, droppedPackets }];
    });
}

function actionOf(runId: string): string {
  return runId.replace(/-\d+$/, '');
}

function verify(blocked: Parameters, output: string, run: RunContext): Verification {
  const elements = parseSetListing(output);
  if (elements === null) return { holds: false, detail: 'the set could not be listed' };
  const found = elements.find((element) => canonicalAddress(element.address) === blocked.address);
  if (!found) return { holds: false, detail: `${blocked.address} is not in set inet opmas ${setOf(blocked.address)}` };
  if (found.runId === null || actionOf(found.runId) !== actionOf(run.runId))
    return {
      holds: false,
      detail: `${blocked.address} was blocked by another run (${found.runId ?? 'without a name'})`,
    };
  if (found.expiresSeconds === null) return { holds: false, detail: `the block of ${blocked.address} has no end` };
  const dropped = found.droppedPackets === null ? '' : `, ${found.droppedPackets} packets dropped so far`;
  return { holds: true, detail: `${blocked.address} is blocked for ${found.expiresSeconds} s more${dropped}` };
}

function isOneOf(blocked: string, addresses: readonly (string | null)[]): boolean {
  return addresses.some((one) => one !== null && canonicalAddress(one) === blocked);
}

export const blockAddress = defineAction('block-address', {
  class: 'converge',
  limitSeconds: 30,
  parameters,
  tools: ['nft'],
  title: (blocked) => `Block ${blocked.address} for ${Math.round(blocked.durationSeconds / 60)} min`,
  target: (blocked) => blocked.address,
  refuse: (blocked, { protectedAddresses }) =>
    isOneOf(blocked.address, protectedAddresses)
      ? `${blocked.address} is protected: it is OPMAS's own or the router's`
      : null,
  precondition: (blocked, probe) => {
    if (probe.controllerAddress === null || !parseHostAddressOrLoopback(probe.controllerAddress))
      return 'the router does not say from which address OPMAS reaches it, so its way in cannot be kept open';
    if (isOneOf(blocked.address, [probe.controllerAddress])) return `${blocked.address} is OPMAS's own address`;
    if (isOneOf(blocked.address, [probe.routerAddress, ...probe.ownAddresses]))
      return `${blocked.address} is the router's own address`;
    return null;
  },
  plan,
  verification: (blocked) => ({ argv: ['nft', '-j', 'list', 'set', 'inet', 'opmas', setOf(blocked.address)] }),
  verify,
  rollback: (blocked) => [
    { argv: ['nft', '-f', '-'], input: `delete element inet opmas ${setOf(blocked.address)} { ${blocked.address} }\n` },
  ],
});

/** The controller may come over loopback or link-local (a jump on the router itself): any plain address will do. */
function parseHostAddressOrLoopback(text: string): boolean {
  return /^[0-9a-fA-F:.]+(%.*)?$/.test(text) && /^[0-9a-f:.]+$/.test(canonicalAddress(text));
}
