import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { StartError } from '../server.ts'
import { failed, type Given, lend, look, pass } from './command.ts'
import { answerTo, change, envArgs, type Mode, step } from './steps.ts'
import { say } from './terminal.ts'
import type { Deployed } from './wrangler-toml.ts'

const DEPLOY = join(import.meta.dirname, '../deploy.ts')

const identity = v.pipe(
	v.string(),
	v.parseJson(),
	v.union([
		v.object({
			loggedIn: v.literal(true),
			email: v.nullish(v.string()),
			accounts: v.array(v.object({ id: v.string(), name: v.string() })),
		}),
		v.object({ loggedIn: v.literal(false) }),
	]),
)

const secretList = v.pipe(v.string(), v.parseJson(), v.array(v.object({ name: v.string() })))

/** Who is known to wrangler, and on which account all that follows happens. */
export interface Login {
	/** What every further call of wrangler is given: without it wrangler would ask which of several accounts. */
	env: NodeJS.ProcessEnv
	isLoggedIn: boolean
}

/** @throws StartError where nobody is logged in and no one can be. */
export async function logIn(mode: Mode, { account }: Deployed): Promise<Login> {
	step('Cloudflare', 'wrangler must know your account there: it deploys the Worker and keeps its secrets.')
	let known = await whoAmI()
	if (!known.loggedIn) {
		if (mode.yes && !mode.dryRun) {
			throw new StartError(
				'Nobody is logged in to Cloudflare: set CLOUDFLARE_API_TOKEN, or run it without --yes.',
			)
		}
		await change(mode, 'npx wrangler login', async () => await lend('wrangler', ['login']))
		if (mode.dryRun) return { env: {}, isLoggedIn: false }
		known = await whoAmI()
	}
	if (!known.loggedIn) throw new StartError('Still nobody is logged in to Cloudflare. Run it again to go on.')
	say(`   logged in${known.email == null ? '' : ` as ${known.email}`}`)
	return { env: await accountIn(mode, known.accounts, account), isLoggedIn: true }
}

async function whoAmI(): Promise<v.InferOutput<typeof identity>> {
	const args = ['whoami', '--json']
	const ended = await look('wrangler', args)
	const parsed = v.safeParse(identity, ended.stdout)
	if (!parsed.success) throw failed('wrangler', args, ended)
	return parsed.output
}

async function accountIn(
	mode: Mode,
	accounts: readonly { id: string; name: string }[],
	configured: string | undefined,
): Promise<NodeJS.ProcessEnv> {
	const [first, ...others] = accounts
	if (process.env.CLOUDFLARE_ACCOUNT_ID || configured !== undefined || first === undefined) return {}
	if (others.length === 0) return { CLOUDFLARE_ACCOUNT_ID: first.id }
	for (const { id, name } of accounts) say(`   ${id}  ${name}`)
	if (mode.dryRun) return { CLOUDFLARE_ACCOUNT_ID: first.id }
	const id = await answerTo(mode, 'CLOUDFLARE_ACCOUNT_ID, one of these accounts')
	if (accounts.some((account) => account.id === id)) return { CLOUDFLARE_ACCOUNT_ID: id }
	throw new StartError(`"${id}" is none of these accounts.`)
}

/** The names of the secrets that the Worker has. One that isn't there yet has none. */
export async function secretsOf(mode: Mode, login: Login): Promise<Set<string>> {
	if (!login.isLoggedIn) return new Set()
	const args = ['secret', 'list', ...envArgs(mode)]
	const ended = await look('wrangler', args, login)
	// Anything else than a Worker that isn't there may hide secrets, which are not to be overwritten.
	if (ended.code !== 0 && /Worker ".+" .*not found/.test(ended.stderr + ended.stdout)) return new Set()
	const parsed = v.safeParse(secretList, ended.stdout)
	if (ended.code !== 0 || !parsed.success) throw failed('wrangler', args, ended)
	return new Set(parsed.output.map(({ name }) => name))
}

/** By standard input: arguments can be read by everybody on the machine. @throws StartError */
export async function putSecret(mode: Mode, login: Login, name: string, value: string): Promise<void> {
	const args = ['secret', 'put', name, ...envArgs(mode)]
	await change(mode, `npx wrangler ${args.join(' ')}   # its value by standard input`, async () => {
		await pass('wrangler', args, { ...login, input: value })
	})
}

const deployed = v.object({ type: v.literal('deploy'), targets: v.nullish(v.array(v.string())) })

/** Returns where the Worker answers: its first address, where it has one of its own. @throws StartError */
export async function deploy(mode: Mode, login: Login): Promise<string | undefined> {
	const args = envArgs(mode)
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-deploy-'))
	try {
		const file = join(folder, 'output.ndjson')
		const given: Given = { env: { ...login.env, WRANGLER_OUTPUT_FILE_PATH: file } }
		const isDone = await change(
			mode,
			['npm run deploy', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
			async () => {
				// wrangler may have a question of its own, such as the name of the subdomain.
				const code = await (process.stdin.isTTY && !mode.yes
					? lend(process.execPath, [DEPLOY, ...args], given)
					: pass(process.execPath, [DEPLOY, ...args], given).then((ended) => ended.code))
				if (code !== 0) {
					throw new StartError(
						'The Worker was not deployed. Mend that and run this again: it goes on from here.',
					)
				}
				return true
			},
		)
		return isDone ? addressIn(readFileSync(file, 'utf8')) : undefined
	} finally {
		rmSync(folder, { recursive: true, force: true })
	}
}

function addressIn(output: string): string | undefined {
	const entries = output.split('\n').flatMap((line) => {
		const entry = v.safeParse(v.pipe(v.string(), v.parseJson(), deployed), line)
		return entry.success ? [entry.output] : []
	})
	const targets = entries.flatMap((entry) => entry.targets ?? [])
	const domain = targets.find((target) => target.includes('(custom domain'))?.split(' ')[0]
	return domain === undefined ? targets.find((target) => /^https?:\/\//.test(target)) : `https://${domain}`
}
