import { describe, expect, it } from 'vitest';
import {
  isAsked,
  opened,
  settings,
  unlessChanged,
  type Connector,
  type Field,
} from './connector_form';

const words = (word: string) => ({ fr: word, en: word });
const field = (name: string, kind: string, more: Partial<Field> = {}): Field => ({
  name,
  kind,
  label: words(name),
  choices: [],
  required: false,
  initial: '' as unknown as Field['initial'],
  suggests: false,
  ...more,
});
const initial = (value: unknown) => ({ initial: value as Field['initial'] });
const mailbox = {
  kind: 'mail',
  sections: [
    { folded: false, fields: [field('address', 'email')] },
    {
      folded: false,
      fields: [field('imap.host', 'text'), field('imap.port', 'number', initial(993))],
    },
    {
      folded: true,
      fields: [
        field('aliases', 'list', initial([])),
        field('password', 'secret', { only_when: { name: 'sign_in', value: 'password' } }),
      ],
    },
  ],
} as unknown as Connector;

describe('the form of a connector', () => {
  it('opens with what each field begins with', () => {
    expect(opened(mailbox)).toEqual({
      address: '',
      'imap.host': '',
      'imap.port': 993,
      aliases: '',
      password: '',
    });
  });

  it('opens with the settings there are, never with a secret', () => {
    const before = {
      address: 'care@halvenne.example',
      imap: { host: 'imap.example', port: 143 },
      aliases: ['a@halvenne.example', 'b@halvenne.example'],
      password: 'kept',
    };
    expect(opened(mailbox, before)).toEqual({
      address: 'care@halvenne.example',
      'imap.host': 'imap.example',
      'imap.port': 143,
      aliases: 'a@halvenne.example, b@halvenne.example',
      password: '',
    });
  });

  it('makes settings of what is filled in', () => {
    const filled = {
      ...opened(mailbox),
      'imap.host': 'imap.example',
      aliases: ' a@x.example; b@x ',
    };
    expect(settings(mailbox, filled)).toEqual({
      address: '',
      imap: { host: 'imap.example', port: 993 },
      aliases: ['a@x.example', 'b@x'],
      password: '',
    });
  });

  it('takes no suggestion for what was filled in meanwhile', () => {
    const before = { 'imap.host': '', 'imap.port': 993 };
    const now = { 'imap.host': '', 'imap.port': 9 };
    const suggested = { 'imap.host': 'imap.example', 'imap.port': 143 };
    expect(unlessChanged(suggested, before, now)).toEqual({ 'imap.host': 'imap.example' });
  });

  it('asks for a field only when another has its value', () => {
    const secret = mailbox.sections[2]?.fields[1];
    expect(secret && isAsked(secret, { sign_in: 'password' })).toBe(true);
    expect(secret && isAsked(secret, { sign_in: 'nobody' })).toBe(false);
  });
});
