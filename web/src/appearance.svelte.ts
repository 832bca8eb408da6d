/**
 * How this browser shows Vigie: light or dark, comfortable or compact rows, a folded rail. Kept
 * here, not on the server: a telephone and a desk differ.
 */
const read = (name: string, or: string): string => localStorage.getItem(`vigie.${name}`) ?? or;

class Appearance {
  theme = $state(read('theme', 'auto'));
  density = $state(read('density', 'comfortable'));
  railFolded = $state(read('rail', 'open') === 'folded');

  /** Height of a row of a list, pixels. */
  get rowHeight(): number {
    return this.density === 'compact' ? 44 : 64;
  }

  set(name: 'theme' | 'density', value: string) {
    this[name] = value;
    localStorage.setItem(`vigie.${name}`, value);
    this.apply();
  }

  nextTheme() {
    const all = ['auto', 'dark', 'light'];
    this.set('theme', all[(all.indexOf(this.theme) + 1) % all.length] ?? 'auto');
  }

  nextDensity() {
    this.set('density', this.density === 'compact' ? 'comfortable' : 'compact');
  }

  foldRail() {
    this.railFolded = !this.railFolded;
    localStorage.setItem('vigie.rail', this.railFolded ? 'folded' : 'open');
  }

  apply() {
    document.documentElement.dataset['theme'] = this.theme;
  }
}

export const appearance = new Appearance();
