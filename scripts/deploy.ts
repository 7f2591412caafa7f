import { parseArgs } from 'node:util'
import { StartError } from './server.ts'
import { lend } from './setup/command.ts'
import { checkAddress, readDeployed } from './setup/wrangler-toml.ts'

// `npm run deploy`: wrangler deploy, with whatever arguments, unless the Worker would know of no database.

const args = process.argv.slice(2)

/** Where the Worker that these arguments deploy would look for its database. @throws StartError where nowhere. */
function databaseUrl(): string {
	const { values } = parseArgs({
		args,
		strict: false,
		options: {
			env: { type: 'string', short: 'e' },
			config: { type: 'string', short: 'c' },
			var: { type: 'string', multiple: true },
		},
	})
	const env = typeof values.env === 'string' && values.env !== '' ? values.env : undefined
	const config = typeof values.config === 'string' ? values.config : undefined
	const given = (values.var ?? []).map(String).find((each) => each.startsWith('TURSO_DATABASE_URL:'))
	const url =
		given === undefined ? readDeployed(env, config).databaseUrl : given.slice(given.indexOf(':') + 1)
	if (url === undefined || url === '') {
		const table = env === undefined ? '[vars]' : `[env.${env}.vars]`
		throw new StartError(
			`TURSO_DATABASE_URL is empty under ${table} in wrangler.toml: the Worker would know of no database. "npm run setup" fills it in.`,
		)
	}
	checkAddress(url)
	return url
}

try {
	console.log(`Deploys a Worker whose database is ${databaseUrl()}`)
	process.exitCode = await lend('wrangler', ['deploy', ...args])
} catch (error) {
	if (!(error instanceof StartError)) throw error
	console.error(error.message)
	process.exitCode = 1
}
