/** Where we are: the address bar is the only state of navigation. */
class Router {
  path = $state(location.pathname);
  query = $state(new URLSearchParams(location.search));

  constructor() {
    addEventListener('popstate', () => this.read());
    addEventListener('click', (event) => this.follow(event));
  }

  navigate(to: string, replace = false) {
    if (to === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    this.read();
  }

  private read() {
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
  }

  private follow(event: MouseEvent) {
    const link = (event.target as Element | null)?.closest?.('a');
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    const path = link?.pathname ?? '';
    const ours =
      link &&
      plain &&
      link.origin === location.origin &&
      !link.target &&
      !/^\/(api|f|p)\//.test(path);
    if (!ours) return;
    event.preventDefault();
    this.navigate(link.pathname + link.search);
  }
}

export const router = new Router();
