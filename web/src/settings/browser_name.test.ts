import { expect, test } from 'vitest';
import { browserName } from './browser_name';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36';

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${CHROME}`, 'Chrome · Linux'],
  [`Mozilla/5.0 (Windows NT 10.0) ${CHROME} Edg/130.0`, 'Edge · Windows'],
  ['Mozilla/5.0 (Macintosh; Mac OS X 14.7; rv:132.0) Firefox/132.0', 'Firefox · macOS'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604', 'Safari · iPhone'],
  [`Mozilla/5.0 (Linux; Android 15) ${CHROME}`, 'Chrome · Android'],
  ['curl/8.5', 'curl/8.5'],
  ['', ''],
])('%s is %s', (agent, expected) => {
  expect(browserName(agent)).toBe(expected);
});
