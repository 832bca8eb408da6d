/** Single letters act on the list and the reader, never inside a field; they can be switched off (WCAG 2.1.4). */
let on = $state(typeof localStorage === 'undefined' || localStorage.getItem('vigie.keys') !== 'off');

export const keysOn = (): boolean => on;

export function switchKeys() {
  on = !on;
  localStorage.setItem('vigie.keys', on ? 'on' : 'off');
}

export function inField(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  return Boolean(target?.closest('input, textarea, select, [contenteditable], dialog'));
}
