/** How many seeds a hazard is given to show itself. */
const FEW = 5;

/**
 * Seeds in which to look for something that was last seen with `seed`: that one first, then the first few. A change of the core moves every
 * moment of a world, so that what showed with one seed may show with the next instead.
 */
export function nearbySeeds(seed: number): readonly number[] {
  return [seed, ...Array.from({ length: FEW }, (_, index) => index + 1).filter((other) => other !== seed)];
}
