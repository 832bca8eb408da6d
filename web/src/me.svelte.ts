import { api, asked, repeatCsrf, type Me } from './api/client';
import { forget } from './offline';
import { speech } from './words/words.svelte';

/** Who is signed in. */
class Myself {
  who = $state<Me | null>(null);
  known = $state(false);

  async find() {
    try {
      this.enter(await asked(api.GET('/api/v1/me')));
    } catch {
      this.who = null;
    }
    this.known = true;
  }

  enter(me: Me) {
    repeatCsrf(me.csrf);
    speech.ahead = Date.parse(me.now) - Date.now();
    this.who = me;
  }

  can(right: string): boolean {
    return this.who?.rights.includes(right) ?? false;
  }

  async leave() {
    await asked(api.DELETE('/api/v1/session'));
    await forget(this.who?.person.id ?? '');
    this.who = null;
  }
}

export const myself = new Myself();
