// What the dashboard says of a value, worked out once more and apart from it: by Intl where that can.
const units = { en: { s: 's', min: 'min', h: 'h' }, id: { s: 'dtk', min: 'mnt', h: 'jam' } };
const zone = process.env.TZ || 'UTC';

function decimal(text, lang) {
	return lang === 'id' ? text.replace('.', ',') : text;
}

function days(n, lang) {
	return lang === 'id' ? `${n} hari` : n === 1 ? '1 day' : `${n} days`;
}

export function elapsed(seconds, lang) {
	const u = units[lang];
	if (seconds < 9.95)
		return decimal(`${Math.max(seconds, 0).toFixed(1)} ${u.s}`, lang);
	const n = Math.round(seconds);
	const two = (a, b) => (b ? `${a} ${b}` : a);
	if (n < 60)
		return `${n} ${u.s}`;
	if (n < 3600)
		return two(`${Math.floor(n / 60)} ${u.min}`, n % 60 && `${n % 60} ${u.s}`);
	const minutes = Math.floor(n / 60) % 60, hours = Math.floor(n / 3600);
	if (n < 2 * 86400)
		return two(`${hours} ${u.h}`, minutes && `${minutes} ${u.min}`);
	const d = Math.floor(n / 86400);
	return two(days(d, lang), n < 10 * 86400 && hours % 24 && `${hours % 24} ${u.h}`);
}

export function bytes(n, lang) {
	let unit = 'B';
	for (const next of ['KiB', 'MiB', 'GiB', 'TiB']) {
		if (n < (unit === 'B' ? 1024 : 1023.5))
			break;
		n /= 1024;
		unit = next;
	}
	return decimal(`${n.toFixed(unit !== 'B' && n < 99.95 ? 1 : 0)} ${unit}`, lang);
}

export function share(part, lang) {
	const percent = Math.abs(part) * 100;
	return decimal(`${percent.toFixed(percent < 9.95 ? 1 : 0)} %`, lang);
}

// Every way in which the page may say a moment.
export function dates(t, now, lang) {
	const at = new Date(t * 1000);
	const say = (o, d = at) => new Intl.DateTimeFormat(lang === 'id' ? 'id-ID' : 'en-GB', { timeZone: zone, ...o }).format(d);
	const short = say({ month: 'short' }).replace(/^Sept$/, 'Sep');
	const clock = say({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).replace(/[:.]/, lang === 'id' ? '.' : ':');
	const day = say({ day: 'numeric' }), year = say({ year: 'numeric' });
	const zoneName = new Intl.DateTimeFormat('id-ID', { timeZone: zone, timeZoneName: 'short' }).formatToParts(at)
	    .find((p) => p.type === 'timeZoneName').value;
	const date = `${day} ${say({ month: 'long' })} ${year}`;
	const all = [date, `${day} ${short} ${year} ${clock}`,
		`${say({ weekday: 'long' })}, ${date}, ${lang === 'id' ? 'pukul ' : ''}${clock} ${zoneName}`];
	const same = (seconds) => say({ dateStyle: 'short' }) === say({ dateStyle: 'short' }, new Date(seconds * 1000));
	const names = lang === 'id' ? ['kemarin', 'hari ini', 'besok'] : ['yesterday', 'today', 'tomorrow'];
	const near = [-1, 0, 1].find((d) => same(now + d * 86400));
	if (near !== undefined)
		all.push(`${names[near + 1]} ${clock}`);
	else if (year === say({ year: 'numeric' }, new Date(now * 1000)))
		all.push(`${day} ${short} ${clock}`);
	return all;
}
