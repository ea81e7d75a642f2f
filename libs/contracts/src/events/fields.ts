/** Field schemas that several event types share. Names carry ECS's meaning in camelCase. */
import { z } from 'zod';

/** Lower-case, colon-separated; published reports may mask octets as `xx`. */
export const mac = z.string().regex(/^[0-9a-fx*]{2}(:[0-9a-fx*]{2}){5}$/, 'a MAC address like 00:11:22:33:44:55');

/** IPv4 dotted, or IPv6 as RFC 5952 writes it; IPv4-mapped IPv6 is written as IPv4. */
export const ip = z.string().min(2).max(45);

export const port = z.number().int().min(0).max(65535);

/** Name of a network interface, radio or logical network of the router. */
export const interfaceName = z.string().min(1).max(64);

/** Seconds. */
export const seconds = z.number().min(0);
