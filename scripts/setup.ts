import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { StartError } from './server.ts'
import { deploy, type Login, logIn, putSecret, secretsOf } from './setup/cloudflare.ts'
import { chooseDatabase, tokenFor } from './setup/database.ts'
import { firstRequest } from './setup/first-request.ts'
import { agreedTo, change, type Mode, step } from './setup/steps.ts'
import { hide, reveal, say } from './setup/terminal.ts'
import type { Chosen } from './setup/turso.ts'
import { type Deployed, readDeployed, writeDatabaseUrl } from './setup/wrangler-toml.ts'

// `npm run setup`: from nothing to a Worker that answers. Every step looks first what is done already, so that all of it
// may be run again, after a failure or for no reason.

const USAGE = `Usage: npm run setup -- [--dry-run] [--yes] [--env NAME] [--database NAME] [--no-post]

  --dry-run         looks at everything, says what it would run, and changes nothing
  --yes             asks nothing: yes to everything
  --env NAME        an environment of wrangler.toml, such as staging
  --database NAME   the database's name on Turso; that of the Worker unless told
  --no-post         makes no first row

In the environment, each where you have it already: TURSO_DATABASE_URL, TURSO_AUTH_TOKEN, API_TOKENS;
CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID and TURSO_API_TOKEN where no browser can open.`

function modeIn(args: string[]): Mode | undefined {
	const { values } = parseArgs({
		args,
		options: {
			'dry-run': { type: 'boolean', default: false },
			yes: { type: 'boolean', default: false },
			'no-post': { type: 'boolean', default: false },
			env: { type: 'string' },
			database: { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	})
	if (values.help) return undefined
	return {
		env: values.env,
		database: values.database,
		yes: values.yes,
		dryRun: values['dry-run'],
		post: !values['no-post'],
	}
}

async function setup(mode: Mode): Promise<void> {
	const before = readDeployed(mode.env)
	say(`Sets up the Worker "${before.name}"${mode.dryRun ? ', as a dry run: nothing is changed' : ''}.`)
	const login = await logIn(mode, before)
	const known = await secretsOf(mode, login)
	const database = await chooseDatabase(mode, before)
	await agreeToMove(mode, before, database)
	// A token for another database is none for this one.
	const isKept = known.has('TURSO_AUTH_TOKEN') && !isMoved(before, database)
	const authToken = await tokenFor(mode, database, isKept ? 'migrations' : 'worker')
	// What reads migrations takes longer to load than all else.
	const { migrate } = await import('./setup/tables.ts')
	await migrate(mode, { url: database.url, authToken })
	const apiToken = await putSecrets(mode, login, known, isKept ? undefined : (authToken ?? ''))
	await putVars(mode, before, database)
	step(
		'Deploy',
		'Builds the Worker and puts it, with its vars and its Cron Trigger, on the network of Cloudflare.',
	)
	const origin = await deploy(mode, login)
	if (origin === undefined && !mode.dryRun) {
		return say('   It has no address of its own: ask its /healthz by the route that leads to it.')
	}
	await firstRequest(mode, origin, apiToken)
	say(
		mode.dryRun
			? '\nNothing was changed.'
			: `\nDone: ${origin}/docs shows every request. Run it again whenever you like.`,
	)
}

function isMoved({ databaseUrl }: Deployed, { url }: Chosen): boolean {
	return databaseUrl !== undefined && url !== databaseUrl
}

async function agreeToMove(mode: Mode, before: Deployed, database: Chosen): Promise<void> {
	if (!isMoved(before, database)) return
	say(
		`   wrangler.toml has another: ${before.databaseUrl}. No rows are taken along, and from the new token until the`,
	)
	say('   deploy has ended the Worker that runs can reach neither.')
	if (!(await agreedTo(mode, 'Shall the Worker move?'))) throw new StartError('Nothing was changed.')
}

/** Returns a token of callers, where one is known. The database's is undefined where it is kept. */
async function putSecrets(
	mode: Mode,
	login: Login,
	known: ReadonlySet<string>,
	databaseToken: string | undefined,
): Promise<string | undefined> {
	step('Secrets', 'API_TOKENS are what callers send, TURSO_AUTH_TOKEN what the Worker sends to the database.')
	if (databaseToken === undefined) say('   TURSO_AUTH_TOKEN is there, and kept')
	else await putSecret(mode, login, 'TURSO_AUTH_TOKEN', databaseToken)
	const given = process.env.API_TOKENS || undefined
	const [first] = tokensIn(given)
	if (known.has('API_TOKENS')) {
		say('   API_TOKENS is there, and kept ("npx wrangler secret put API_TOKENS" replaces it)')
		return first
	}
	if (given !== undefined) {
		await putSecret(mode, login, 'API_TOKENS', given)
		return first
	}
	const made = randomBytes(32).toString('base64url')
	hide(made)
	await putSecret(mode, login, 'API_TOKENS', made)
	if (!mode.dryRun) {
		say(
			'   The token that was made for your callers. It is shown this once, and nowhere kept but at Cloudflare:',
		)
		reveal(made)
	}
	return made
}

/** @throws StartError where the service would refuse them. */
function tokensIn(list = ''): string[] {
	const tokens = list.split(',').flatMap((token) => token.trim() || [])
	for (const token of tokens) hide(token)
	if (tokens.every((token) => /^[\w.~+/-]+=*$/.test(token))) return tokens
	throw new StartError(
		'API_TOKENS may have letters, digits and -._~+/ in its tokens, with commas between them.',
	)
}

async function putVars(mode: Mode, { databaseUrl }: Deployed, { url }: Chosen): Promise<void> {
	step('Vars', 'wrangler.toml says where the database is, as every deploy needs it: commit that line.')
	if (url !== undefined && url === databaseUrl) return say('   there already')
	const address = url ?? '(the address of the new database)'
	await change(mode, `TURSO_DATABASE_URL = "${address}" into wrangler.toml`, async () => {
		writeDatabaseUrl(mode.env, address)
		await Promise.resolve()
	})
}

try {
	const mode = modeIn(process.argv.slice(2))
	if (mode) await setup(mode)
	else say(USAGE)
} catch (error) {
	if (error instanceof StartError) say(`\n${error.message}`)
	else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
		say(USAGE)
	else throw error
	process.exitCode = 1
}
