import type { Schemas } from '../api/client';

type Recipient = Schemas['RecipientResponse'];

/** Name and address, as far as they are known: `Jeanne Roudaut · jeanne@mail.example`. */
export function addressOf(recipient: Recipient): string {
  const account = recipient.handle ? `@${recipient.handle}` : null;
  const parts = [recipient.name, recipient.email ?? account].filter(Boolean);
  return parts.join(' · ') || '?';
}

/** The person who wrote a message, when they joined the conversation only by naming it. */
export function newcomer(
  recipients: readonly Recipient[],
  author: string | null | undefined,
): Recipient | undefined {
  return recipients.find((it) => it.newcomer && it.id === author);
}
