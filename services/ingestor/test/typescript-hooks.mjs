/** Module hooks that let a child process, and its threads, run the service's TypeScript sources as they stand, without a build. */
import { register } from 'node:module';

register('./typescript-loader.mjs', import.meta.url);
