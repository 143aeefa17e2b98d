// A run in an address: `#run=` and base64url of the JSON of its scenario, as the command line writes it too.

const START = '#run=';

/** @param {string} url @param {unknown} scenario */
export function linkTo(url, scenario) {
  const bytes = new TextEncoder().encode(JSON.stringify(scenario));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const run = text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return url.replace(/#.*|$/s, START + run);
}

/** The scenario in an address, not looked at yet; undefined: there is none. @param {string} url @returns {unknown} */
export function linked(url) {
  const at = url.indexOf(START);
  if (at < 0) return undefined;
  const text = url
    .slice(at + START.length)
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}
