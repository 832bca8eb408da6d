import { api, asked, Refusal, repeatCsrf, type Me } from './api/client';
import { forget } from './offline';
import { speech } from './words/words.svelte';

const LAST = 'vigie.person';

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
    // Another person at the same device: nothing of the last one stays.
    const last = localStorage.getItem(LAST);
    if (last && last !== me.person.id) void forget(last);
    localStorage.setItem(LAST, me.person.id);
    repeatCsrf(me.csrf);
    speech.ahead = Date.parse(me.now) - Date.now();
    this.who = me;
  }

  can(right: string): boolean {
    return this.who?.rights.includes(right) ?? false;
  }

  async leave() {
    try {
      await asked(api.DELETE('/api/v1/session'));
    } catch (why) {
      // A session that is over already is left; a house that cannot be reached keeps it, and says
      // so.
      if (!(why instanceof Refusal) || why.status !== 401) throw why;
    }
    await forget(this.who?.person.id ?? '');
    this.who = null;
  }
}

export const myself = new Myself();
