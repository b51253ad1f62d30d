/** Labels of a series or of an element of a vector. The name of a metric is the label `__name__`. */
export type Labels = Readonly<Record<string, string>>;

export const NAME = '__name__';

/** The same text for the same labels, whatever their order; a label without a value is none. */
export function labelKey(labels: Labels): string {
  const names = Object.keys(labels)
    .filter((name) => labels[name] !== '')
    .sort();
  return JSON.stringify(names.map((name) => [name, labels[name]]));
}

/** Only these labels. */
export function keepLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.flatMap((name) => (labels[name] ? [[name, labels[name]]] : [])));
}

/** All labels but these. */
export function dropLabels(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

/** As Prometheus writes them: `{instance="sfu-1",job="voice-sfu"}`, without the name. */
export function showLabels(labels: Labels): string {
  const pairs = Object.keys(labels)
    .filter((name) => name !== NAME)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{${pairs.join(',')}}`;
}
