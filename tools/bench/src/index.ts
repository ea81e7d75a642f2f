/** The public door: the benchmark as a function. */
export { runBench } from './main.js';
