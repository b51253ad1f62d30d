const cache = new Map<string, RegExp>();

/** A Redis glob (`*`, `?`, `[a-c]`, `[^x]`, `\` escapes) as a regular expression. */
export function globPattern(glob: string): RegExp {
  const known = cache.get(glob);
  if (known !== undefined) return known;
  let source = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i]!;
    if (char === '*') source += '[^]*';
    else if (char === '?') source += '[^]';
    else if (char === '\\' && i + 1 < glob.length) source += quoted(glob[++i]!);
    else if (char === '[') {
      const end = glob.indexOf(']', i + 1);
      if (end === -1) source += '\\[';
      else {
        const negated = glob[i + 1] === '^';
        source += `[${negated ? '^' : ''}${glob.slice(i + (negated ? 2 : 1), end).replace(/[\\\]^]/g, '\\$&')}]`;
        i = end;
      }
    } else source += quoted(char);
  }
  const pattern = new RegExp(`^${source}$`);
  if (cache.size > 1000) cache.clear();
  cache.set(glob, pattern);
  return pattern;
}

function quoted(char: string): string {
  return /[.*+?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char;
}
