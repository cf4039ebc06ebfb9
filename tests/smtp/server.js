// A mail server for scenarios: node server.js DIR, with NODE_PATH where smtp-server is.
// DIR has cert.pem and key.pem; it writes DIR/ports (starttls plain smtps, on one line) and, for
// each mail taken, DIR/mail.N (as it came) and DIR/envelope.N (JSON). DIR/said holds one line for
// each login that was tried: how, the account, and whether the line was encrypted.
//   starttls  wants a login, after STARTTLS: password "benar & salah"
//   plain     offers no STARTTLS; takes mail without a login
//   smtps     TLS from the first byte, the same login
// Recipients: no@ is refused (550), later@ put off (451), rude@ refused with odd bytes, full@ is
// refused once its text is there (552), slow@ is never answered.
const fs = require("fs");
const { SMTPServer } = require("smtp-server");
const dir = process.argv[2];
let taken = 0;

function refusal(code, words) {
	return Object.assign(new Error(words), { responseCode: code });
}

function serve(kind, options) {
	return new Promise((resolve) => {
		const server = new SMTPServer({
			...options,
			logger: false,
			banner: "ready",
			disableReverseLookup: true,
			key: fs.readFileSync(`${dir}/key.pem`),
			cert: fs.readFileSync(`${dir}/cert.pem`),
			onAuth(auth, session, done) {
				const fine = auth.password === "benar & salah";
				fs.appendFileSync(`${dir}/said`,
				    `${kind} ${auth.username} ${fine} ${session.secure}\n`);
				done(fine ? null : refusal(535, `5.7.8 no: ${auth.password} \x1b[31mred`),
				    fine ? { user: auth.username } : undefined);
			},
			onRcptTo(address, session, done) {
				const name = address.address.split("@")[0];
				if (name === "no")
					return done(refusal(550, "5.1.1 nobody of that name"));
				if (name === "later")
					return done(refusal(451, "4.7.1 greylisted"));
				if (name === "rude")
					return done(refusal(550, "\x1b[2J\x07\x9b31m\xff" + "x".repeat(3000)));
				if (name !== "slow")
					done();
			},
			onData(stream, session, done) {
				const parts = [];
				stream.on("data", (part) => parts.push(part));
				stream.on("end", () => {
					const to = session.envelope.rcptTo.map((one) => one.address);
					if (to[0].startsWith("full@"))
						return done(refusal(552, "5.2.2 mailbox full"));
					taken++;
					fs.writeFileSync(`${dir}/mail.${taken}`, Buffer.concat(parts));
					fs.writeFileSync(`${dir}/envelope.${taken}`, JSON.stringify({
						kind, to, from: session.envelope.mailFrom.address,
						user: session.user || null, secure: session.secure,
					}));
					done(null, `kept as ${taken}`);
				});
			},
		});
		server.on("error", () => {});
		server.listen(0, "127.0.0.1", () => resolve(server.server.address().port));
	});
}

(async () => {
	const ports = [
		await serve("starttls", { authOptional: false }),
		await serve("plain", { hideSTARTTLS: true, authOptional: true, allowInsecureAuth: true }),
		await serve("smtps", { secure: true, authOptional: false }),
	];
	fs.writeFileSync(`${dir}/ports.new`, ports.join(" ") + "\n");
	fs.renameSync(`${dir}/ports.new`, `${dir}/ports`);
})();
