import { randomBytes } from 'node:crypto';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file as a whole or not at all: into a temporary file beside it, then renamed.
 * @throws NodeJS.ErrnoException as the file system gives it
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (target !== undefined && !target.isFile()) {
    // A pipe or device (/dev/stdout) cannot be renamed over.
    const handle = await open(path, 'w');
    await handle.writeFile(text).finally(() => handle.close());
    return;
  }
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    await handle.writeFile(text).finally(() => handle.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Why a file cannot be written there, in words, or null when it can. Leaves nothing behind.
 */
export async function checkWritable(path: string): Promise<string | null> {
  if (path === '-') return 'is no file name here; name a file, or /dev/stdout';
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) return 'is a directory; name a file in it';
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  if (parent === undefined) return `cannot be written: the directory ${folder} does not exist; create it first`;
  if (!parent.isDirectory()) return `cannot be written: ${folder} is not a directory`;
  try {
    if (target !== undefined) await access(path, constants.W_OK);
    if (target === undefined || target.isFile()) await access(folder, constants.W_OK);
    if (target?.isFile() === false) return null;
    // Root may write anywhere by its permissions, but not on a read-only file system or in /proc.
    const probe = join(folder, `.deadair-${randomBytes(6).toString('hex')}.tmp`);
    await (await open(probe, 'wx')).close();
    await rm(probe, { force: true });
    return null;
  } catch (error) {
    return `cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}); choose another path`;
  }
}
