/**
 * Makes Lua 5.3 look like the Lua 5.1 of Redis to a script: adds what has gone since, takes away what has come, and puts every
 * library behind a proxy that cannot be written to. Runs once for the process with the real globals; `...` is the host's functions.
 * Leaves two tables: what scripts see as globals, and behind it the table for `KEYS` and `ARGV`.
 */
export const PRELUDE = `
local host = ...
local readonly, missing = host.readonly, host.missing
local proxies = setmetatable({}, { __mode = 'k' })
local getmetatable, setmetatable, next, type, error, pcall = getmetatable, setmetatable, next, type, error, pcall
local unpack, gsub, format, floor, select = table.unpack, string.gsub, string.format, math.floor, select

local function copy(from, names)
  local to = {}
  for name in names:gmatch('%S+') do to[name] = from[name] end
  return to
end

local function protect(fields)
  local proxy = setmetatable({}, { __index = fields, __newindex = readonly, __metatable = false })
  proxies[proxy] = true
  host.guard(proxy)
  return proxy
end

local function settle(ok, value, ...)
  if not ok and type(value) == 'table' and value.err ~= nil then return false, value.err end
  return ok, value, ...
end

local t = copy(table, 'concat insert remove sort')
t.getn = function(list) return #list end
t.maxn = function(list)
  local most = 0
  for key in next, list do if type(key) == 'number' and key > most then most = key end end
  return most
end
t.foreach = function(list, call) for k, v in next, list do local r = call(k, v) if r ~= nil then return r end end end
t.foreachi = function(list, call) for i = 1, #list do local r = call(i, list[i]) if r ~= nil then return r end end end

local s = copy(string, 'byte char find format gmatch gsub len lower match rep reverse sub upper')
s.gfind = s.gmatch
s.format = function(text, ...)
  local args, at, count = { ... }, 0, select('#', ...)
  if type(text) ~= 'string' then return format(text, ...) end
  local fixed = gsub(text, '%%([-+ #0]*[%d]*%.?[%d]*)([%a%%])', function(flags, kind)
    if kind == '%' then return '%%' end
    at = at + 1
    local value = host.tonumber(args[at])
    if (kind == 'd' or kind == 'i' or kind == 'u') and value then
      args[at] = value < 0 and -floor(-value) or floor(value)
      return '%' .. flags .. '.0f'
    end
    return '%' .. flags .. kind
  end)
  return format(fixed, unpack(args, 1, count))
end

local strings = getmetatable('')
strings.__index, strings.__metatable = s, false

local m = copy(math, 'abs acos asin atan cos deg exp fmod huge log max min modf pi rad sin sqrt tan')
m.floor, m.ceil, m.random, m.randomseed = host.floor, host.ceil, host.random, host.randomseed
m.atan2 = function(y, x) return math.atan(y, x) end
m.log10 = function(x) return math.log(x, 10.0) end
m.pow = function(x, y) return x ^ y end
m.mod = m.fmod
m.ldexp = function(x, e) return x * 2 ^ e end

local globals = copy(_G, 'assert error getmetatable ipairs next pairs rawequal rawget select type xpcall')
globals._VERSION = 'Lua 5.1'
globals.table, globals.string, globals.math = protect(t), protect(s), protect(m)
globals.coroutine = protect(copy(coroutine, 'create resume running status wrap yield'))
globals.redis = protect(host.redis)
globals.unpack = unpack
globals.tonumber, globals.tostring = host.tonumber, host.tostring
globals.setmetatable = function(value, meta)
  if proxies[value] then readonly() end
  return setmetatable(value, meta)
end
globals.rawset = host.rawset
-- as in Redis 7.0, where an error table arrives as its text
globals.pcall = function(...)
  return settle(pcall(...))
end
local env = protect(globals)
globals._G = env
globals.loadstring = function(text, name)
  if type(text) ~= 'string' then return nil, 'string expected' end
  return load(text, name or '=' .. text, 't', env)
end
globals.load = globals.loadstring
setmetatable(globals, { __index = missing })
return env, globals
`;
