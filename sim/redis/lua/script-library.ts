/** How compiled code calls a function of the libraries of Lua and Redis. */
export interface LibraryFunction {
  /** Name of the function in `runtime.ts`. */
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What it returns, as far as it is known. */
  readonly returns: 'number' | 'string' | 'boolean' | 'any';
}

const define = (
  name: string,
  least: number,
  most: number,
  returns: LibraryFunction['returns'] = 'any',
): LibraryFunction => ({ name, least, most, returns });

/** Functions of fixed arity that compiled scripts may call. The compiler itself knows `redis.call`, `unpack` and the like. */
export const libraryFunctions: ReadonlyMap<string, LibraryFunction> = new Map([
  ['type', define('type', 1, 1, 'string')],
  ['tonumber', define('tonumber', 1, 1)],
  ['tostring', define('tostring', 1, 1, 'string')],
  ['math.floor', define('floor', 1, 1, 'number')],
  ['math.ceil', define('ceil', 1, 1, 'number')],
  ['math.abs', define('abs', 1, 1, 'number')],
  ['math.min', define('min', 1, 8, 'number')],
  ['math.max', define('max', 1, 8, 'number')],
  ['string.len', define('stringLength', 1, 1, 'number')],
  ['string.sub', define('sub', 2, 3, 'string')],
  ['string.upper', define('upper', 1, 1, 'string')],
  ['string.lower', define('lower', 1, 1, 'string')],
  ['table.concat', define('concat', 1, 2, 'string')],
  ['table.getn', define('length', 1, 1, 'number')],
  ['table.remove', define('remove', 1, 2)],
  ['redis.error_reply', define('errorReply', 1, 1)],
  ['redis.status_reply', define('statusReply', 1, 1)],
  ['redis.sha1hex', define('sha1hex', 1, 1, 'string')],
]);

/** Constants of the libraries. */
export const libraryConstants: ReadonlyMap<string, number> = new Map([
  ['math.huge', Number.POSITIVE_INFINITY],
  ['redis.LOG_DEBUG', 0],
  ['redis.LOG_VERBOSE', 1],
  ['redis.LOG_NOTICE', 2],
  ['redis.LOG_WARNING', 3],
]);
