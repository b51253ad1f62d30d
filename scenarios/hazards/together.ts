import type { Change, Classes, Hazard } from './hazard.js';

/** The changes of several hazards as one, each made on top of the one before. */
export function together(hazards: readonly Hazard[]): Change {
  const makers = new Map<keyof Classes, ((Base: never) => unknown)[]>();
  for (const { change } of hazards) {
    for (const [name, make] of Object.entries(change) as [keyof Classes, (Base: never) => unknown][])
      makers.set(name, [...(makers.get(name) ?? []), make]);
  }
  return Object.fromEntries(
    [...makers].map(([name, chain]) => [
      name,
      (Base: unknown) => chain.reduce((made: unknown, make) => make(made as never), Base),
    ]),
  ) as Change;
}

/** The hazard without what it changes in some classes. */
export function without(hazard: Hazard, ...names: readonly (keyof Classes)[]): Hazard {
  const change = Object.fromEntries(
    Object.entries(hazard.change).filter(([name]) => !names.includes(name as keyof Classes)),
  ) as Change;
  return { ...hazard, change };
}
