// Looks at a dashboard as a browser shows it, and holds it against siantre-status --json.
//   node check.mjs MODULES PAGE.html STATUS.json FOLDER
// MODULES: where tests/npm page has put them.  FOLDER gets the pictures and the PDF.
// Prints a line for each thing that is wrong; ends 1 where there was one.
import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { dates, elapsed, bytes, share } from './words.mjs';

const [, , modules, file, facts, folder] = process.argv;
const require = createRequire(modules + '/');
const { chromium } = require('playwright-core');
const { HtmlValidate, StaticConfigLoader } = require('html-validate');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const source = readFileSync(file, 'utf8');
const status = JSON.parse(readFileSync(facts, 'utf8'));
const url = pathToFileURL(file).href;
let wrong = 0;

function bad(what) {
	wrong++;
	console.log(what);
}

// "jobs.0.next - time": what stands there in the JSON, times in seconds.
function fact(path) {
	let sum = 0, sign = 1, found;
	for (const word of path.split(' ')) {
		if (word === '+' || word === '-') {
			sign = word === '+' ? 1 : -1;
			continue;
		}
		found = word.split('.').reduce((o, key) => (o === null || o === undefined ? o : o[key]), status);
		if (found === null || found === undefined)
			return undefined;
		if (typeof found === 'string' && /^\d{4}-\d\d-\d\dT/.test(found))
			found = Date.parse(found) / 1000;
		if (typeof found === 'number')
			sum += sign * found;
	}
	return typeof found === 'number' ? sum : found;
}

// The page as the standard has it, not as browsers forgive.
const standard = new HtmlValidate(new StaticConfigLoader({ root: true, extends: ['html-validate:standard'] }));
for (const result of (await standard.validateString(source)).results)
	for (const m of result.messages)
		bad(`${file}:${m.line}:${m.column}: ${m.ruleId}: ${m.message}`);
if (/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/.test(source))
	bad('a character that turns the direction is on the page');
// eslint-disable-next-line no-control-regex
if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(source))
	bad('a control character is on the page');

// One number or time: its value is that of the JSON, and its text says that value.
function figure(x, lang) {
	const value = fact(x.path), last = x.path.split('.').pop().split(' ')[0];
	if (value === undefined)
		return bad(`${x.path}: on the page as "${x.text}", not in the JSON`);
	if (x.datetime !== null) {
		if (Date.parse(x.datetime) / 1000 !== value)
			bad(`${x.path}: ${x.datetime} on the page, ${value} in the JSON`);
		if (!dates(value, fact('time'), lang).includes(x.text))
			bad(`${x.path}: the page says "${x.text}", not one of ${dates(value, fact('time'), lang).join(' | ')}`);
		return;
	}
	if (x.value === null) {
		const shown = x.text.replace(/… \(\d+ (bytes?|bita)\)$/, '');
		const plain = String(value);
		if (shown !== plain && !(shown.length < x.text.length && plain.startsWith(shown.slice(0, 20))))
			bad(`${x.path}: the page says "${x.text}", the JSON "${plain}"`);
		return;
	}
	if (Math.abs(Number(x.value) - value) > 1e-9 * Math.abs(value))
		bad(`${x.path}: ${x.value} on the page, ${value} in the JSON`);
	let want = String(Math.floor(value));
	if (/^(seconds|age|rpo|grace|behind|limit|next)$/.test(last) || x.path.endsWith('- time'))
		want = elapsed(value, lang);
	else if (/^(bytes|free|total)$/.test(last))
		want = bytes(value, lang);
	else if (last === 'change')
		want = share(value, lang);
	if (x.text !== want)
		bad(`${x.path}: the page says "${x.text}", it should be "${want}"`);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu'] });
for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
	const name = `${width}-${scheme}`;
	const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme,
		bypassCSP: false });
	const page = await context.newPage();
	const asked = [];
	page.on('request', (r) => asked.push(r.url()));
	page.on('console', (m) => bad(`${name}: the browser says: ${m.text()}`));
	page.on('pageerror', (e) => bad(`${name}: the browser says: ${e}`));
	page.on('dialog', (d) => { bad(`${name}: a dialog: ${d.message()}`); d.dismiss(); });
	await page.goto(url);
	if (process.env.SIANTRE_PICTURES)
		await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
	for (const r of asked)
		if (r !== url && !r.startsWith('data:'))
			bad(`${name}: a request left: ${r}`);
	if (!asked.includes(url))
		bad(`${name}: the page itself was never asked for`);

	const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
	if (await wide() > width)
		bad(`${name}: ${await wide()} pixels wide`);

	// The keyboard reaches what can be opened, and one sees where it is.
	if (width === 1280 && scheme === 'light') {
		const stops = await page.evaluate(() => 1 + [...document.querySelectorAll('summary')]
		    .filter((s) => s.checkVisibility()).length);
		for (let i = 0; i < stops; i++) {
			await page.keyboard.press('Tab');
			const at = await page.evaluate(() => {
				const e = document.activeElement, o = getComputedStyle(e);
				return { tag: e.tagName, seen: o.outlineStyle !== 'none' && parseFloat(o.outlineWidth) >= 2 };
			});
			if (!at.seen || (at.tag !== 'SUMMARY' && i > 0) || (i === 0 && at.tag !== 'A'))
				bad(`${name}: stop ${i} of the Tab key is ${at.tag}, ${at.seen ? '' : 'not '}seen`);
		}
		if (stops > 1) {
			await page.keyboard.press('Enter');
			if (!(await page.evaluate(() => document.activeElement.parentElement.open)))
				bad(`${name}: Enter does not open the details`);
		}
	}

	// All of it, also what is folded.
	await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
	if (await wide() > width)
		bad(`${name}: with everything open ${await wide()} pixels wide`);
	await page.evaluate(axe); // as a debugger does: the page's own policy forbids scripts
	const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations', 'incomplete'] }));
	for (const v of found.violations)
		for (const n of v.nodes)
			bad(`${name}: axe: ${v.id}: ${n.html.slice(0, 200)}: ${n.failureSummary.replace(/\s+/g, ' ')}`);
	if (found.passes.length < 20)
		bad(`${name}: axe looked at ${found.passes.length} things only`);

	if (width !== 1280 || scheme !== 'light') {
		await context.close();
		continue;
	}

	// What stands there, against the JSON.
	const lang = await page.evaluate(() => document.documentElement.lang);
	const seen = await page.evaluate(() => {
		const text = (e) => e.textContent.replace(/\s+/g, ' ').trim();
		const figures = [...document.querySelectorAll('[data-fact]')].map((e) => ({ path: e.dataset.fact,
			value: e.getAttribute('value'), datetime: e.getAttribute('datetime'), text: text(e) }));
		const strips = [...document.querySelectorAll('[data-days]')].map((e) => ({ path: e.dataset.days,
			days: [...e.children].map((c) => c.getAttribute('class').replace('day ', '')) }));
		const odd = [...document.querySelectorAll('[data-odd]')].map((e) => ({ path: e.dataset.odd, text: text(e) }));
		// A number that nobody answers for: in no figure, and not in a name or message of somebody's.
		const loose = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			const n = walk.currentNode;
			if (/\d/.test(n.data) && !n.parentElement.closest('[data-fact], [data-days], [data-odd], bdi, .span, small, h1'))
				loose.push(n.data);
		}
		return { figures, strips, odd, loose,
			alien: [...document.querySelectorAll('script, img, iframe, object, embed, link[rel=stylesheet], form, input, video, audio')]
			    .map((e) => e.outerHTML.slice(0, 99)),
			handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name))).length,
			parts: ['header.band h1', 'main', 'footer', '[data-fact=time]', '#jobs', '#goals', '#disk', '#runs']
			    .filter((s) => document.querySelectorAll(s).length !== 1) };
	});
	seen.figures.forEach((x) => figure(x, lang));
	seen.loose.forEach((x) => bad(`a number that is in no figure: "${x}"`));
	seen.alien.forEach((x) => bad(`does not belong on the page: ${x}`));
	seen.parts.forEach((x) => bad(`not there, or more than once: ${x}`));
	if (seen.handlers > 0)
		bad(`${seen.handlers} elements with a handler`);
	for (const s of seen.strips)
		if (JSON.stringify(s.days) !== JSON.stringify(fact(s.path)))
			bad(`${s.path}: ${s.days} on the page, ${fact(s.path)} in the JSON`);
	for (const o of seen.odd)
		if (parseInt(o.text, 10) !== fact(o.path).filter((p) => p.odd).length)
			bad(`${o.path}: "${o.text}" on the page`);
	const things = /\d+/.exec(await page.evaluate(() => document.querySelector('h1').textContent))?.[0];
	if (things !== undefined && Number(things) !== status.warnings.length + status.incidents.length)
		bad(`${things} things in the sentence, ${status.warnings.length} and ${status.incidents.length} in the JSON`);
	console.error(`${seen.figures.length} figures, ${seen.strips.length} strips, ${lang}`);
	await context.close();

	// On paper: all of it, and nothing over the edge.
	const paper = await browser.newContext({ viewport: { width: 680, height: 1000 }, colorScheme: 'light' });
	const sheet = await paper.newPage();
	await sheet.goto(url);
	await sheet.pdf({ path: `${folder}/page.pdf`, format: 'A4', printBackground: false });
	await sheet.emulateMedia({ media: 'print' });
	const clipped = await sheet.evaluate(() => [...document.querySelectorAll('body *')]
	    .filter((e) => e.checkVisibility() && !e.closest('.away, .skip, svg') &&
		(e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1))
	    .map((e) => e.outerHTML.slice(0, 99)));
	clipped.forEach((x) => bad(`over the edge of the paper: ${x}`));
	const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [`${folder}/page.pdf`]).toString())?.[1]);
	const words = execFileSync('pdftotext', ['-layout', `${folder}/page.pdf`, '-']).toString();
	const h1 = await sheet.evaluate(() => document.querySelector('h1').textContent.trim());
	if (!(pages > 0) || statSync(`${folder}/page.pdf`).size < 5000)
		bad(`the PDF has ${pages} pages`);
	if (!words.replace(/\s+/g, ' ').includes(h1.split(' ').slice(0, 3).join(' ')))
		bad(`the PDF does not say "${h1}"`);
	await paper.close();
}
await browser.close();
process.exit(wrong > 0 ? 1 : 0);
