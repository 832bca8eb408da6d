import { api, unwrap, ApiError, setCsrfToken, type MeResponse } from './api/client';
import { forget } from './offline';
import { i18n } from './i18n/i18n.svelte';

const LAST = 'vigie.person';

/** Who is signed in. */
class Session {
  who = $state<MeResponse | null>(null);
  loaded = $state(false);

  async load() {
    try {
      this.signIn(await unwrap(api.GET('/api/v1/me')));
    } catch {
      this.who = null;
    }
    this.loaded = true;
  }

  signIn(me: MeResponse) {
    // Another person at the same device: nothing of the last one stays.
    const last = localStorage.getItem(LAST);
    if (last && last !== me.person.id) void forget(last);
    localStorage.setItem(LAST, me.person.id);
    setCsrfToken(me.csrf);
    i18n.clockOffset = Date.parse(me.now) - Date.now();
    this.who = me;
  }

  can(right: string): boolean {
    return this.who?.rights.includes(right) ?? false;
  }

  async signOut() {
    try {
      await unwrap(api.DELETE('/api/v1/session'));
    } catch (error) {
      // A session that is over already is left; a server that cannot be reached keeps it, and says
      // so.
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    await forget(this.who?.person.id ?? '');
    this.who = null;
  }
}

export const session = new Session();
