import { expect, test } from 'vitest';
import { submitOnce } from './submit_once';

const event = { preventDefault: () => {} } as SubmitEvent;

test('two clicks are one, and a form that was refused can be sent again', async () => {
  let sent = 0;
  let answer: (ok: boolean) => void = () => {};
  const send = submitOnce(async () => {
    sent += 1;
    if (!(await new Promise<boolean>((done) => (answer = done)))) throw new Error('refused');
  });
  const first = send(event);
  await send(event);
  expect(sent).toBe(1);
  answer(false);
  await expect(first).rejects.toThrow('refused');
  const second = send(event);
  answer(true);
  await second;
  expect(sent).toBe(2);
});
