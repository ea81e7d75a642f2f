/** The public door of the shared shell. */
export {};
