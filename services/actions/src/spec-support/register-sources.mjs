/** `node --import` this: see source-loader.mjs. */
import { register } from 'node:module';

register('./source-loader.mjs', import.meta.url);
