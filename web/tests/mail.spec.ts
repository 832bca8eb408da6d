import { expect, test } from '@playwright/test';
import { accessible, rows } from './actions';
import { address, folder, header, startServer, newest, part, ports, send } from './post_office';

// A new house, real mail servers: a stranger's mail is answered by a colleague who has no account,
// on a telephone.
test('a stranger writes, a colleague answers on a telephone, the thanks reach the colleague', async ({
  page,
  browser,
}) => {
  test.skip(
    !folder && !process.env['CI'],
    'no mail server: run `make test`, or scripts/mail npx playwright test',
  );
  test.setTimeout(120_000);
  const [service, jo, yann] = [
    address('care', 'halvenne.test'),
    address('jo', 'mail.test'),
    address('yann', 'company.test'),
  ];
  const open = await startServer(18_436);
  try {
    await page.addInitScript(() => localStorage.setItem('vigie.lang', 'en'));
    await page.goto(open.welcome);
    await page.locator('#name').fill('Claire Morvan');
    await page.locator('#email').fill('claire@halvenne.test');
    await page.locator('#password').fill('a lookout sees far');
    await page.locator('button.main').click();
    await expect(page.locator('.tiles')).toBeVisible();

    await page.goto(`${open.address}/settings/sources`);
    await page.locator('select[aria-label="Source"]').selectOption('mail');
    const mailbox = page.locator('form.connector').last();
    await mailbox.locator('input[type=email]').fill(service);
    // Leaving the address fills the servers' usual names.
    await mailbox.locator('input[type=email]').blur();
    for (const [at, side] of (['imap', 'smtp'] as const).entries()) {
      const fields = mailbox.locator('fieldset').nth(at);
      await fields.locator('input').first().fill('127.0.0.1');
      await fields.locator('select').selectOption('plain');
      await fields.locator('input[type=number]').fill(ports[side]);
    }
    await mailbox.locator('input[type=password]').fill('lookout');
    await mailbox.locator('button.main').click();
    await expect(page.locator('main [role=status] .good').nth(2)).toBeVisible({ timeout: 20_000 });

    send(
      `Jo <${jo}>`,
      service,
      { Subject: 'Lamp', 'Message-ID': `<lamp-${jo}>` },
      'Hello,\r\ndoes the lamp come with its bulb?\r\n\r\nJo',
    );
    await page.goto(`${open.address}/inbox/open`);
    await rows(page).first().click({ timeout: 20_000 });
    await expect(page.locator('.thread article').first()).toContainText('its bulb?');
    await page.keyboard.press('q');
    const dialog = page.getByRole('dialog');
    await dialog.locator('input[type=email]').fill(yann);
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Yann Le Gallou');
    await dialog.locator('#question').fill('Is the bulb in the box?');
    await dialog.locator('button.main').click();
    await expect(dialog.locator('input[readonly]')).toBeVisible();
    await dialog.locator('button.main').click();
    await expect(dialog).toHaveCount(0);

    const link = /http:\S+\/c\/\S+/.exec(part(await newest(yann, 1), 'plain'))?.[0] ?? '';
    const telephone = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
    });
    const phone = await telephone.newPage();
    await phone.goto(link);
    await expect(phone.locator('blockquote').first()).toContainText('Is the bulb in the box?');
    expect(await phone.content()).not.toContain(jo);
    await accessible(phone);
    await phone.locator('#text').fill('Yes, an E27 bulb.');
    await phone.locator('form button').first().tap();
    await expect(phone.getByRole('status')).toBeVisible();
    await telephone.close();

    await expect(page.locator('article.note .answer').last()).toContainText('E27');
    await page.keyboard.press('r');
    const words = page.locator('textarea').first();
    await expect(words).toHaveValue('Yes, an E27 bulb.\n\n— Yann Le Gallou');
    await words.fill('Hello Jo,\nyes, it comes with an E27 bulb.\n\nClaire Morvan');
    await page.keyboard.press('Control+Enter');
    const answer = await newest(jo, 1);
    expect(header(answer, 'In-Reply-To')).toBe(`<lamp-${jo}>`);
    expect(header(answer, 'References')).toContain(`<lamp-${jo}>`);
    for (const kind of ['plain', 'html'])
      expect(part(answer, kind)).toContain('it comes with an E27 bulb');

    const reply = {
      Subject: 'Re: Lamp',
      'In-Reply-To': header(answer, 'Message-ID'),
      'Message-ID': `<thanks-${jo}>`,
    };
    send(`Jo <${jo}>`, service, reply, 'Thank you so much, that helps!');
    expect(part(await newest(yann, 2), 'plain')).toContain('that helps!');
    await expect(page.locator('.thread article', { hasText: 'that helps!' })).toBeVisible({
      timeout: 20_000,
    });
    await page.screenshot({ path: '../target/screenshots/en-mail-story.png' });
  } finally {
    open.close();
  }
});
