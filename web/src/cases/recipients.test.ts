import { describe, expect, test } from 'vitest';
import { addressOf, newcomer } from './recipients';

const jeanne = {
  id: '1',
  name: 'Jeanne Roudaut',
  email: 'jeanne@mail.example',
  handle: null,
  known: true,
  newcomer: false,
};
const stranger = { ...jeanne, id: '2', email: 'm@evil.example', known: false, newcomer: true };

describe('whom an answer goes to', () => {
  test.each([
    [jeanne, 'Jeanne Roudaut · jeanne@mail.example'],
    [{ ...jeanne, email: null }, 'Jeanne Roudaut'],
    [{ ...jeanne, name: null }, 'jeanne@mail.example'],
    [{ ...jeanne, email: null, handle: 'jeanne' }, 'Jeanne Roudaut · @jeanne'],
    [{ ...jeanne, name: null, email: null }, '?'],
  ])('says name and address', (recipient, expected) => {
    expect(addressOf(recipient)).toBe(expected);
  });

  test('another person is told from the customer', () => {
    const all = [jeanne, stranger];

    expect(newcomer(all, '2')).toBe(stranger);
    expect(newcomer(all, '1')).toBeUndefined();
    expect(newcomer(all, null)).toBeUndefined();
  });
});
