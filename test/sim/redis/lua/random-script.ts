import fc from 'fast-check';

/*
 * Random programs of the part of Lua that is compiled. Variables: `n` and `m` are numbers mostly, `s` and `r` strings, `t` and `u`
 * tables, `x` anything. Loops end, and strings do not grow without limit.
 */

const HEAD = `local n, m, s, r, t, u, x = 1, tonumber(ARGV[1]) or 4, 'abc', ARGV[2] or 'r', {1, 'two', 3}, {}, nil
local turns = 0
local function cut(text) return string.sub(text, 1, 24) end
local call = redis.call`;

type Code = fc.Arbitrary<string>;

/** Pieces of code, glued together with blanks. */
function code(...parts: (string | Code)[]): Code {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((words) => words.join(' '));
}

const oneOf = (...choices: (string | Code)[]): Code =>
  fc.oneof(...choices.map((choice) => (typeof choice === 'string' ? fc.constant(choice) : choice)));

const mostly = (usual: Code, rare: Code): Code =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** Positions in lists and strings. */
const position = mostly(oneOf('1', '2', '3', '-1', '-2', '0', '#s'), oneOf('2.5', '4e9', 'n', 'nil'));
const key = mostly(oneOf("'a'", "'b'", "'c'", 'KEYS[1]', 'KEYS[2]'), oneOf("'l'", "'h'"));

const grammar = fc.letrec<Record<'number' | 'string' | 'boolean' | 'table' | 'value' | 'statement' | 'block', string>>(
  (tie) => {
    const [number, string, boolean] = [tie('number'), tie('string'), tie('boolean')];
    const [table, value, block] = [tie('table'), tie('value'), tie('block')];
    const field = oneOf('.a', '.b', '.err', '.ok', '["1"]', '[1]', '[2]', '[#t + 1]', code('[', number, ']'));
    const command = oneOf(
      code("'GET',", key),
      code("'SET',", key, ',', mostly(oneOf(number, string), value)),
      code("'INCRBY',", key, ',', mostly(oneOf('1', '2'), number)),
      code("'RPUSH', 'l', 'x', unpack(", oneOf('ARGV', "{'p', 'q'}", table), ')'),
      code("'RPUSH', 'l',", string, ',', number),
      code("'LRANGE', 'l',", oneOf('0', '1'), ', -1'),
      code("'LPOP', 'l'"),
      code("'HSET', 'h',", string, ',', oneOf(string, number)),
      code("'HGETALL', 'h'"),
      code("'HMGET', 'h', 'f',", string),
      code("'DEL',", key),
      code("'TYPE',", key),
      code("'ZADD', 'z',", number, ',', string),
      code("'ZRANGE', 'z', 0, -1, 'WITHSCORES'"),
      code("'ZSCORE', 'z',", string),
      code("'PEXPIRE',", key, ', 50000'),
      code("'PUBLISH', 'channel',", string),
      code("'TIME'"),
    );
    const answer = fc.oneof(
      { weight: 10, arbitrary: code('redis.call(', command, ')') },
      { weight: 10, arbitrary: code('call(', command, ')') },
      { weight: 10, arbitrary: code('redis.pcall(', command, ')') },
      { weight: 1, arbitrary: code('redis.pcall(', oneOf('unpack(ARGV, 3)', code('unpack(', table, ')'), value), ')') },
    );
    return {
      number: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        mostly(
          oneOf(
            '0',
            '1',
            '2',
            '3',
            '-1',
            '7',
            '2.5',
            '-0.5',
            '0x10',
            '1e3',
            '3000000000',
            '9007199254740993',
            'n',
            'm',
          ),
          oneOf("'12'", "' 0x1f '", 'nil', 'true', "'x'", '1e300', 'math.huge', '-0'),
        ),
        code('(', number, oneOf('+', '-', '*', '/', '%'), number, ')'),
        code('(-', mostly(oneOf('2', 'n'), number), ')'),
        code('#', oneOf('t', 'u', 's', 'r')),
        code('#(', oneOf(table, string), ')'),
        code('(tonumber(', oneOf(string, number), ') or', number, ')'),
        code(oneOf('math.floor', 'math.ceil', 'math.abs'), '(', number, ')'),
        code(oneOf('math.max', 'math.min'), '(', number, ',', number, ')'),
        code("((tonumber(ARGV[1]) and ARGV[1] or '0x7') + '2')"),
        code("redis.call('LLEN', 'l')"),
      ),
      string: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        mostly(
          oneOf("'x'", "'1'", "'-2'", "'f'", "''", '"a\\"b\\n"', '[[long]]', 's', 'r', 'ARGV[2]', 'KEYS[1]'),
          oneOf('nil', 'false', '5', 'ARGV[9]', 'x'),
        ),
        code('cut(', string, '..', oneOf(string, number), ')'),
        code('cut(', number, '.. "-" ..', string, ')'),
        code('tostring(', oneOf(number, boolean), ')'),
        code(oneOf('string.upper', 'string.lower'), '(', string, ')'),
        code('string.sub(', string, ',', position, ',', position, ')'),
        code('(', string, '):sub(2)'),
        code('type(', value, ')'),
        code(
          "string.format('%s is %d%%',",
          string,
          ',',
          mostly(oneOf('3', '-7.9', '#t', '1700000000123'), number),
          ')',
        ),
        code('cut(table.concat(', mostly(code('{', string, ',', number, '}'), table), ", ','))"),
        code("(redis.call('GET',", key, ") or 'none')"),
        code('redis.sha1hex(', string, ')'),
      ),
      boolean: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        oneOf('true', 'false', code('not', value)),
        code('(', number, oneOf('<', '<=', '>', '>=', '==', '~='), number, ')'),
        code('(', string, oneOf('<', '<=', '>', '>=', '==', '~='), string, ')'),
        code('(', value, oneOf('==', '~='), value, ')'),
        code('(', boolean, oneOf('and', 'or'), boolean, ')'),
      ),
      table: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        mostly(oneOf('t', 'u', '{}', 'ARGV', 'KEYS'), oneOf('nil', "'t'", 'x')),
        code('{', number, ',', string, ',', number, '}'),
        code('{', mostly(oneOf(string, boolean, number), value), ',', value, '}'),
        code('{ a =', value, ', b =', number, ', ["1"] =', string, '}'),
        code('{ [1] =', number, ', [2] =', string, '}'),
        code('{', string, ', unpack(', oneOf('t', 'u', 'ARGV'), oneOf('', code(',', position)), ') }'),
        code('{ unpack(', table, ',', oneOf('1', '2'), ',', oneOf('1', '2', '3'), ') }'),
        oneOf("redis.call('LRANGE', 'l', 0, 9)", "redis.call('HGETALL', 'h')", "redis.call('SMEMBERS', 'set')"),
      ),
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        oneOf('nil', 'x', 'true', 'false'),
        number,
        string,
        table,
        boolean,
        answer,
        code(oneOf('t', 'u'), field),
        code('(', value, oneOf('and', 'or'), value, ')'),
        code('(', boolean, 'and', value, 'or', value, ')'),
        code(oneOf('redis.error_reply', 'redis.status_reply'), '(', string, ')'),
      ),
      statement: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        code(answer),
        code(oneOf('n', 'm'), '=', number),
        code(oneOf('s', 'r'), '=', string),
        code(oneOf('t', 'u'), '=', table),
        code('x =', value),
        code('local', oneOf('n = ', 'm ='), number),
        code('local s, m, x =', string, ',', number),
        code('n, m = m, n'),
        code('t[1], n, x =', value, ',', number, ',', value, ',', value),
        code('t[#t + 1] =', value),
        code('table.insert(', oneOf('t', 'u'), ',', mostly(oneOf(string, number), value), ')'),
        code(
          'table.insert(',
          oneOf('t', 'u'),
          ',',
          mostly(oneOf('1', '#t + 1'), position),
          ',',
          mostly(string, value),
          ')',
        ),
        code('if #t > 1 and #ARGV > 0 then x = table.remove(', oneOf('t', 'ARGV', 't, 1', 't, #t', 'u'), ') end'),
        code(oneOf('t', 'u', 'KEYS'), field, '=', value),
        code('if', oneOf(boolean, value), 'then\n', block, 'end'),
        code('if', boolean, 'then\n', block, 'elseif', value, 'then\n', block, 'else\n', block, 'end'),
        code('for i = 1,', oneOf('3', '#t % 5', 'math.min(n, 4)'), 'do\n', block, 'n = n + i\nend'),
        code('for i = 2.5, 0,', oneOf('-1', '-0.7', "'-1'"), 'do\n u[#u + 1] = i\n', block, 'end'),
        code('while', boolean, 'do\n turns = turns + 1 if turns > 12 then break end\n', block, 'end'),
        code('repeat turns = turns + 1 local last =', value, '\n', block, 'until last or turns > 12'),
        code(
          'for i, v in ipairs(',
          table,
          ') do\n turns = turns + 1 if turns > 12 then break end\n x = v\n',
          block,
          'end',
        ),
        code('do\n', block, 'end'),
        code(
          'do\nlocal function f(n, m, s, r, t, u, x, turns)\n',
          block,
          'return',
          value,
          '\nend\nx = f(',
          number,
          ', m, s,',
          value,
          ', {}, u, x, 9)\nend',
        ),
        code('do\nlocal f = function(n, x, m)\n', answer, '\nend\nf(', number, ',', value, ')\nend'),
        mostly(
          code('assert(', oneOf('true', 'n', 's'), ", 'no')"),
          oneOf(code('assert(', boolean, ')'), "error('stop')", "error({err = 'MY stop'})"),
        ),
        code('if', boolean, 'then return', value, 'end'),
        code('redis.log(redis.LOG_NOTICE,', string, ')'),
      ),
      block: fc
        .array(tie('statement'), { maxLength: 3, depthIdentifier: 'block' })
        .map((statements) => statements.map((statement) => `${statement}\n`).join('')),
    };
  },
);

/** Two of its variables, and whatever its own statements have left in the others. */
export const randomScript: Code = fc
  .tuple(fc.array(grammar.statement, { minLength: 1, maxLength: 8 }), grammar.value, grammar.value)
  .map(
    ([statements, first, second]) =>
      `${HEAD}\n${statements.join('\n')}\nif turns > 3 then return ${first} end\nreturn { n, m, s, r, t, #u, type(x), ${second} }`,
  );
