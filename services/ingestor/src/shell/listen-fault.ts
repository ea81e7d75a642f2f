/** A listener that cannot open says which port, and which variable names another. */
export function listenFault(error: NodeJS.ErrnoException, variable: string, port: number, host: string): Error {
  if (error.code === 'EADDRINUSE') {
    return new Error(`port ${port} of ${host} is in use: end the process that has it, or set ${variable} to another`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES') {
    return new Error(`port ${port} of ${host} may not be opened by this user: set ${variable} to one above 1023`, {
      cause: error,
    });
  }
  return new Error(`port ${port} of ${host} (${variable}) cannot be opened: ${error.message}`, { cause: error });
}
