const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'It is gone',
  ENOTDIR: 'It is gone',
  EACCES: 'You may not read it',
  EPERM: 'You may not read it',
  EIO: 'The disk could not read it',
  ENODEV: 'The disk is gone',
  ENXIO: 'The disk is gone',
  ESTALE: 'The network disk is gone',
  EHOSTDOWN: 'The network disk does not answer',
  ETIMEDOUT: 'The network disk does not answer',
  EMFILE: 'Too many files are open',
  ENAMETOOLONG: 'Its path is too long for this system',
  ELOOP: 'It has become a link',
}

/** Why something on a disk cannot be read, as a person would say it. */
export function reasonOf(error: unknown): string {
  const code = isSystemError(error) ? (error.code ?? '') : ''
  return reasons[code] ?? `It cannot be read (${code || 'unknown reason'})`
}

/** Whether the system refused something, rather than a program being wrong. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
