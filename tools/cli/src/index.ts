/** The public door: the command line as a function, and its tables. */
export { runCommandLine } from './main.js';
export { formatTable } from './terminal/table.js';
