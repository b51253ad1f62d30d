import type { CounterexampleHost } from './counterexample-schema.js';

/** Abbreviations of the usual hosts that do not meet each other. */
const USUAL: Readonly<Record<string, string>> = {
  client: 'c',
  backend: 'b',
  redis: 'r',
  sfu: 's',
  sentinel: 'se',
  balancer: 'lb',
};

/** The letters of a host name without its number, as {@link shortNames} begins with. */
export function shortWord(word: string): string {
  const letters = word.toLowerCase().replace(/[^a-z]/g, '');
  return USUAL[letters] ?? (letters.slice(0, 1) || 'h');
}

/**
 * Names of two to four characters for narrow columns: the first letters of the kind and the number of the host (`backend-1` becomes
 * `b1`), with as many letters as keep all of them apart.
 */
export function shortNames(hosts: readonly CounterexampleHost[]): ReadonlyMap<string, string> {
  const words = hosts.map(
    ({ id }) =>
      id
        .toLowerCase()
        .replace(/\d+$/, '')
        .replace(/[^a-z]/g, '') || 'host',
  );
  const numbers = hosts.map(({ id }) => /\d+$/.exec(id)?.[0] ?? '');
  const letters = hosts.map(() => 1);
  const name = (place: number) => {
    const word = words[place] ?? '';
    const usual = letters[place] === 1 ? shortWord(word) : word.slice(0, letters[place]);
    return `${usual}${numbers[place]}`;
  };
  // Every round one more letter for those whose names are equal; words of equal letters end as numbers by place.
  for (let round = 0; round < 12; round++) {
    const owners = new Map<string, number[]>();
    hosts.forEach((_, place) => {
      owners.set(name(place), [...(owners.get(name(place)) ?? []), place]);
    });
    const clashes = [...owners.values()].filter((places) => places.length > 1);
    if (clashes.length === 0) break;
    // Hosts of one kind get equally long names: a kind is lengthened as a whole.
    const kinds = new Set(clashes.flat().map((place) => words[place]));
    hosts.forEach((_, place) => {
      if (kinds.has(words[place])) letters[place] = (letters[place] ?? 1) + 1;
    });
  }
  const taken = new Set<string>();
  return new Map(
    hosts.map(({ id }, place) => {
      let short = name(place);
      if (taken.has(short)) short = `${short}/${place}`;
      taken.add(short);
      return [id, short];
    }),
  );
}
