// The runs that show each rule being needed: scenarios that are shipped beside the page, by the rule's name.

/** @type {Record<string, string>} */
const FILES = import.meta.glob('../../examples/scenarios/broken/*.json', {
  eager: true,
  query: '?url',
  import: 'default',
});

/** Addresses by rule. @type {Readonly<Record<string, string>>} */
export const RUNS = Object.fromEntries(
  Object.entries(FILES).map(([path, url]) => [path.replace(/^.*\/|\.json$/g, ''), url]),
);
