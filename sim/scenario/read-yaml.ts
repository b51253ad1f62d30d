import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { DeadairError } from '../errors.js';
import type { Locate } from './resolve-scenario.js';

/**
 * Reads a scenario, a suite of them, or a rule file, in YAML 1.2 with merge keys (`<<: *name`).
 * @param text the file
 * @param name what to call it in errors: its path as the user gave it
 * @returns the value, and a function that names the line and column of any path in it
 * @throws DeadairError `yaml.syntax` with line and column
 */
export function readYaml(
  text: string,
  name: string,
  what: keyof typeof FIRST_FIELDS = 'scenario',
): { value: Readonly<Record<string, unknown>>; locate: Locate } {
  const lineCounter = new LineCounter();
  if (text.includes('\0'))
    throw new DeadairError('yaml.syntax', `${name} is no text in UTF-8; save it as UTF-8 (not UTF-16)`);
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const error = document.errors[0];
  if (error !== undefined) {
    const message = WORDS[error.code] ?? error.message.split('\n')[0]?.trim() ?? 'is not YAML';
    throw new DeadairError('yaml.syntax', `${at(error.pos[0])}: ${message}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    const aliases = (cause as Error).message.startsWith('Excessive alias count');
    const message = aliases
      ? 'has too many aliases (*name); write values out'
      : (cause as Error).message.split('\n')[0];
    throw new DeadairError('yaml.syntax', `${name}: ${message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DeadairError(
      'yaml.syntax',
      `${name}:1:1: a ${what} is a group of fields such as "${FIRST_FIELDS[what]}"`,
    );
  }
  return {
    value: value as Readonly<Record<string, unknown>>,
    locate: (path, atKey) => at(offsetOf(document, path, atKey)),
  };
}

/** What the parser says for programmers, in words for those who write the file. */
const WORDS: Readonly<Partial<Record<string, string>>> = {
  MULTIPLE_DOCS: 'there is a second document (---) here; a file holds one',
  DUPLICATE_KEY: 'this key is there already; each may stand once',
};

/** What a file of a kind begins with. */
const FIRST_FIELDS = { scenario: 'name: evening', suite: 'name: nightly', 'rule file': 'groups:' };

/** Offset of the deepest node on the path that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[], atKey: boolean): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const [index, key] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      const keyOnly = (atKey && index === path.length - 1) || start(pair.value) === undefined;
      offset = (keyOnly ? start(pair.key) : start(pair.value)) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = start(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function start(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
