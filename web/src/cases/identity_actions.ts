import { api, unwrap, type CaseResponse } from '../api/client';
import { t } from '../i18n/i18n.svelte';
import type { Inbox } from './inbox.svelte';

const id = (it: string) => ({ params: { path: { id: it } } });

/** What a person says of who writes in the case being read. */
export class IdentityActions {
  constructor(private inbox: Inbox) {}

  private get full(): CaseResponse {
    if (!this.inbox.full) throw new Error('no case is being read');
    return this.inbox.full;
  }

  /** Says that who writes is this customer, as they claim. */
  placeAuthor(customer: { id: string; name: string }) {
    const { author, claim } = this.full;
    const place = (to: string | undefined) =>
      unwrap(
        api.PUT('/api/v1/authors/{id}/customer', { ...id(author.id), body: { customer: to } }),
      );
    return this.inbox.act({
      words: t('claim_confirmed', { name: customer.name }),
      call: () => place(customer.id),
      undo: () => place(claim?.customer.id),
    });
  }

  /** Vouches for who writes: they are who they say they are. */
  vouchForAuthor() {
    const { author, claim } = this.full;
    return this.inbox.act({
      words: t('claim_confirmed', { name: author.name ?? claim?.customer.name ?? '' }),
      call: () => unwrap(api.PUT('/api/v1/authors/{id}/confirmation', id(author.id))),
      undo: () => unwrap(api.DELETE('/api/v1/authors/{id}/confirmation', id(author.id))),
    });
  }

  /** Asks the owner of the address by mail whether it was them. */
  askOwner() {
    const about = this.full.id;
    return this.inbox.act({
      words: t('claim_asked_now'),
      call: () => unwrap(api.POST('/api/v1/cases/{id}/address-check', id(about))),
    });
  }

  /** Closes the customer's private link for good: somebody else may hold it. */
  closePrivateLink() {
    const about = this.full.id;
    return this.inbox.act({
      words: t('link_closed'),
      call: () => unwrap(api.DELETE('/api/v1/cases/{id}/private-links', id(about))),
    });
  }
}
