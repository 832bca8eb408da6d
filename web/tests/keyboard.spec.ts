import { expect, test, type Locator, type Page } from '@playwright/test';
import { accessible, complaints, enter, type Lang, rows } from './actions';
import { call, found, hears, program } from './own_instance';
import { address, startServer, ports } from './post_office';

// No mouse anywhere in this file: a page that needs one fails here.
/** Dates as each says them. */
const TOMORROW = { fr: 'demain matin', en: 'tomorrow morning' } as const;

/** Presses keys one after the other. */
async function keys(page: Page, ...all: string[]) {
  for (const key of all) await page.keyboard.press(key);
}

/** Walks with Tab until something is reached. */
async function reach(page: Page, wanted: Locator) {
  await expect(wanted).toBeVisible();
  for (let step = 0; step < 150; step++) {
    if (await wanted.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${wanted}`);
}

/** Selects so many rows from where one stands. */
async function select(page: Page, rows: number, way: 'j' | 'k') {
  await keys(page, 'x', ...Array.from({ length: rows - 1 }, () => way), 'Shift+X');
  await expect(page.locator('.picked')).toContainText(String(rows));
}

/** Closes what is selected as answered. */
async function end(page: Page) {
  await keys(page, 'e');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Enter');
}

/** The case shown is the one aimed at. */
async function arrived(page: Page) {
  await expect(page.locator('section.reader')).toHaveAttribute('aria-busy', 'false');
  await expect(page.locator('.pane')).toBeVisible();
}

/** A day before today, as the search box writes days. The demo's past is told from today. */
const daysAgo = (days: number) =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** One of the first customers whom two accounts prove to be one. */
const ofTwoAccounts = (page: Page) =>
  page.evaluate(async () => {
    const told = async (path: string) => (await fetch(`/api/v1/customers${path}`)).json();
    for (const it of (await told('')).customers as { id: string }[])
      if ((await told(`/${it.id}`)).edges.length === 2) return it.id;
    throw new Error('the demo has no such customer');
  });

const inView = (page: Page, view: string) =>
  page.evaluate(
    async (it) =>
      (await (await fetch(`/api/v1/cases?view=${it}&limit=200`)).json()).cases.length as number,
    view,
  );

let port = 18_440;
for (const lang of ['fr', 'en'] as Lang[]) {
  test(`an inbox of thirty is cleared by keyboard alone, in ${lang}`, async ({ page }) => {
    test.setTimeout(150_000);
    const heard = complaints(page);
    // High enough to show every row there is: the list draws only those that are seen.
    await page.setViewportSize({ width: 1440, height: 2_600 });
    const open = await startServer(port++);
    try {
      await found(page, open, lang);
      const key = await program(page);
      await hears(
        open,
        key,
        Array.from({ length: 30 }, (_, at) => ({
          external_id: `${at}`,
          text: `Lamp ${at} is broken`,
          author: { name: `Customer ${at}`, email: `c${at}@mail.example` },
        })),
      );
      await keys(page, 'g', 'i');
      await expect(rows(page).first()).toBeVisible();
      // Ten are put off together, and come back as one undoes it.
      await keys(page, 'j');
      await select(page, 10, 'j');
      await keys(page, 's');
      await page.keyboard.type(TOMORROW[lang]);
      await page.keyboard.press('Enter');
      await expect.poll(() => inView(page, 'snoozed')).toBe(10);
      await keys(page, 'z');
      await expect.poll(() => inView(page, 'snoozed')).toBe(0);
      // Again, to keep.
      await select(page, 10, 'k');
      await keys(page, 's');
      await page.keyboard.type(TOMORROW[lang]);
      await page.keyboard.press('Enter');
      await expect.poll(() => inView(page, 'snoozed')).toBe(10);

      // One is taken, answered in words, and closed as answered; then undone and closed again.
      await keys(page, 'n');
      await expect(rows(page)).toHaveCount(20);
      await keys(page, 'Escape', 'j');
      await arrived(page);
      await keys(page, 'i');
      await expect(page.locator('.pane header')).toContainText('Claire Morvan');
      await keys(page, 'r');
      await page.keyboard.type('Hello, a new lamp leaves today. Claire');
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('.thread article.ours').last()).toContainText(
        'a new lamp leaves today',
      );
      await keys(page, 'c');
      await page.keyboard.type('@Cla');
      await keys(page, 'Enter');
      await page.keyboard.type('is on it');
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('.thread article.note').last()).toContainText(
        '@Claire Morvan is on it',
      );
      // Answered, it waits for the customer: nineteen are left.
      await expect.poll(() => inView(page, 'open')).toBe(19);

      // The others end together; undone as a whole, and done again.
      await keys(page, 'Escape', 'n');
      await expect(rows(page)).toHaveCount(19);
      await keys(page, 'j');
      await select(page, 19, 'j');
      await end(page);
      await expect.poll(() => inView(page, 'closed')).toBe(19);
      await keys(page, 'z');
      await expect.poll(() => inView(page, 'closed')).toBe(0);
      // One stands where one stood: on the last of them; up, this time.
      await keys(page, 'n');
      await select(page, 19, 'k');
      await end(page);
      await expect.poll(() => inView(page, 'closed')).toBe(19);
      await keys(page, 'n');
      await expect(page.locator('.empty')).toBeVisible();
      await accessible(page);
      expect(heard).toEqual([]);
    } finally {
      open.close();
    }
  });

  test(`a triage is corrected and the change of its rule tried, in ${lang}`, async ({ page }) => {
    const heard = complaints(page);
    await enter(page, lang);
    await page.goto('/inbox/open');
    await expect(rows(page).first()).toBeVisible();
    await keys(page, 'j');
    await arrived(page);
    await keys(page, 'w');
    await expect(page.locator('#margin')).toBeFocused();
    // Tab leads to the acts below the reasons; the quoted words light up in the reader as their
    // reason is reached.
    for (let tries = 0; tries < 30; tries++) {
      await keys(page, 'Tab');
      if (await page.locator('.thread mark').count()) break;
    }
    await expect(page.locator('.thread mark').first()).toBeVisible();
    const wrong = page.getByRole('button', { name: lang === 'fr' ? /^Faux/ : /^Wrong/ });
    await reach(page, wrong);
    await page.keyboard.press('Enter');
    await accessible(page);
    const dialog = page.getByRole('dialog');
    const gate = dialog.getByRole('button', {
      name: lang === 'fr' ? /alerte ne tient pas/ : /alert does not hold/,
    });
    await reach(page, gate);
    await page.keyboard.press('Enter');
    await expect(page.locator('#tabpanel .gate')).toHaveCount(0);
    await keys(page, 'z');
    await expect(page.locator('#tabpanel .gate')).toHaveCount(1);

    // The rule editor opens with this case as its test.
    const change = page.getByRole('link', {
      name: lang === 'fr' ? 'Changer la règle' : 'Change the rule',
    });
    await reach(page, change);
    await page.keyboard.press('Enter');
    const query = page.locator('#rule-query');
    await expect(query).toBeVisible();
    await reach(page, query);
    await page.keyboard.type('zzzz');
    await expect(page.locator('.trial')).toContainText(
      lang === 'fr' ? 'ne parle pas du dossier' : 'does not speak of the case',
    );
    await page.keyboard.press('Control+A');
    await page.keyboard.type('four OR oven (');
    await expect(page.getByRole('alert')).toBeVisible();
    await page.keyboard.press('Backspace');
    await expect(page.locator('.trial')).toContainText(
      lang === 'fr' ? 'derniers messages' : 'Of the last',
    );
    await accessible(page);
    await page.keyboard.press('Enter');
    await expect(page.locator('main ol')).toContainText('four OR oven');
    await keys(page, 'Escape');
    expect(heard.filter((it) => !it.includes('422'))).toEqual([]);
    const rules = await page.evaluate(
      async () => (await (await fetch('/api/v1/rules')).json()) as { id: string }[],
    );
    for (const rule of rules) await call(page, 'DELETE', `/api/v1/rules/${rule.id}`, {});
  });

  test(`an old message is found by search and read in the three panes, in ${lang}`, async ({
    page,
  }) => {
    const heard = complaints(page);
    await enter(page, lang);
    await keys(page, 'f');
    await expect(page.getByRole('searchbox')).toBeFocused();
    await page.keyboard.type(`tondeuse until:${daysAgo(7)}`);
    await page.keyboard.press('Enter');
    await expect(page.locator('.result').first()).toBeVisible();
    await reach(page, page.locator('.result').first());
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/inbox\/found\//);
    await arrived(page);
    await expect(page.locator('.thread')).toContainText(/tondeuse/i);
    const first = page.url();
    await keys(page, 'j');
    await expect(page).not.toHaveURL(first);
    await arrived(page);
    await expect(page.locator('.thread')).toContainText(/tondeuse/i);
    await expect(page.locator('#margin')).toBeVisible();
    await accessible(page);
    expect(heard).toEqual([]);
  });

  test(`a wrongly merged customer is separated, and put back, in ${lang}`, async ({ page }) => {
    const heard = complaints(page);
    await enter(page, lang);
    await keys(page, 'g', 'c');
    await expect(page.locator('tbody a').first()).toBeVisible();
    await reach(page, page.locator(`tbody a[href="/customers/${await ofTwoAccounts(page)}"]`));
    await page.keyboard.press('Enter');
    const edges = page.locator('section ul').first().locator('li');
    await expect(edges).toHaveCount(2);
    const separate = edges
      .last()
      .getByRole('button', { name: lang === 'fr' ? 'Séparer' : 'Separate' });
    await reach(page, separate);
    await page.keyboard.press('Enter');
    await expect(edges).toHaveCount(1);
    await keys(page, 'z');
    await expect(edges).toHaveCount(2);
    expect(heard).toEqual([]);
  });

  test(`a source is installed with a mistake, told, and mended, in ${lang}`, async ({ page }) => {
    test.setTimeout(120_000);
    const again = lang === 'fr' ? /à un autre serveur/ : /to another server/;
    const heard = complaints(page);
    const open = await startServer(port++);
    try {
      await found(page, open, lang);
      const mailbox = address('care', 'halvenne.test');
      await keys(page, 'g', 's');
      await reach(page, page.getByRole('link', { name: 'Sources', exact: true }));
      await page.keyboard.press('Enter');
      await reach(page, page.getByRole('combobox', { name: 'Source', exact: true }));
      await keys(page, 'ArrowUp');
      const form = page.locator('form.connector').last();
      await reach(page, form.locator('input[type=email]').first());
      await page.keyboard.type(mailbox);
      for (const [side, at] of [
        [ports.imap, 0],
        [ports.smtp, 1],
      ] as const) {
        const fields = form.locator('fieldset').nth(at);
        await reach(page, fields.locator('input').first());
        await page.keyboard.press('Control+A');
        await page.keyboard.type('127.0.0.1');
        await keys(page, 'Tab', 'End', 'Tab');
        // The mistake: nobody listens at port 9.
        await page.keyboard.press('Control+A');
        await page.keyboard.type(at === 0 ? '9' : side);
      }
      await reach(page, form.locator('input[type=password]').first());
      await page.keyboard.type('lookout');
      await page.keyboard.press('Enter');
      const checks = page.locator('main [role=status]');
      await expect(checks.locator('.bad').first()).toBeVisible({ timeout: 40_000 });
      await accessible(page);

      // Mended where it is told: the port, then the same test.
      await reach(page, page.locator('section details summary').first());
      await page.keyboard.press('Enter');
      const mended = page.locator('section form.connector');
      await reach(page, mended.locator('fieldset').first().locator('.number'));
      await page.keyboard.press('Control+A');
      await page.keyboard.type(ports.imap);
      await page.keyboard.press('Enter');
      // The password was given for another port: it goes nowhere else by itself.
      await expect(page.getByText(again)).toBeVisible();
      await reach(page, mended.locator('input[type=password]').first());
      await page.keyboard.type('lookout');
      await page.keyboard.press('Enter');
      await expect(checks.locator('.good').first()).toBeVisible({ timeout: 40_000 });
      await expect(checks.locator('.bad')).toHaveCount(0, { timeout: 40_000 });
      // The browser itself complains of what was refused.
      expect(heard.filter((it) => !it.includes('status of 422'))).toEqual([]);
    } finally {
      open.close();
    }
  });

  test(`a cut line and a restarted house cost no letter, in ${lang}`, async ({ page, context }) => {
    test.setTimeout(120_000);
    const open = await startServer(port++);
    try {
      await found(page, open, lang);
      const key = await program(page);
      await hears(open, key, [
        {
          external_id: '1',
          text: 'My lamp is broken',
          author: { name: 'Ana', email: 'ana@mail.example' },
        },
      ]);
      await keys(page, 'g', 'i');
      await expect(rows(page).first()).toBeVisible();
      await keys(page, 'j');
      await arrived(page);
      await keys(page, 'r');
      await page.keyboard.type('Hello Ana, ');
      await expect(page.locator('.composer [role=status]')).not.toBeEmpty();
      // The line is cut: letters go on being kept here, and the page says since when it hears
      // nothing.
      await context.setOffline(true);
      await open.stop();
      await page.keyboard.type('we are sorry. ');
      await expect(page.locator('.composer [role=status]')).toContainText(
        lang === 'fr' ? 'ce navigateur' : 'this browser',
      );
      await expect(page.locator('.lost')).toBeVisible({ timeout: 15_000 });
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('.toasts')).toContainText(
        lang === 'fr' ? 'toujours là' : 'still here',
      );
      await expect(page.locator('#words')).toHaveValue('Hello Ana, we are sorry. ');
      // The page itself is closed and opened again, once the house is back.
      await open.start();
      await context.setOffline(false);
      await page.reload();
      await arrived(page);
      await keys(page, 'r');
      await expect(page.locator('#words')).toHaveValue('Hello Ana, we are sorry. ');
      await page.keyboard.type('A new one leaves today. Claire');
      await page.keyboard.press('Control+Enter');
      await expect(page.locator('.thread article.ours').last()).toContainText(
        'Hello Ana, we are sorry. A new one leaves today.',
      );
      await expect(page.locator('.lost')).toHaveCount(0);
    } finally {
      open.close();
    }
  });
}
