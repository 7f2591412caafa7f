import { appendFileSync } from 'node:fs'
import { Refusal, type State, stand } from './state.ts'

// Answers as wrangler 4.156 does, as far as setup and deploy ask it.

const REQUIRED = ['API_TOKENS', 'TURSO_AUTH_TOKEN']

stand('wrangler', (state, words) => {
	const [verb, second, third = ''] = words
	const name = words.includes('--env')
		? `edge-get-or-create-${words[words.indexOf('--env') + 1]}`
		: 'edge-get-or-create'
	if (verb === 'whoami') return identity(state)
	if (verb === 'login') return logIn(state)
	if (!state.cloudflare)
		throw new Error("In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN")
	const secrets = state.workers[name]
	switch (verb === 'secret' ? `secret ${second}` : verb) {
		case 'secret list':
			if (!secrets)
				throw new Error(
					`Worker "${name}" not found.\n\nIf this is a new Worker, run \`wrangler deploy\` first`,
				)
			return JSON.stringify(Object.keys(secrets).map((each) => ({ name: each, type: 'secret_text' })))
		case 'secret put':
			state.workers[name] = { ...secrets, [third]: state.calls.at(-1)?.input ?? '' }
			return `🌀 Creating the secret for the Worker "${name}"\n✨ Success! Uploaded secret ${third}`
		case 'deploy':
			return deploy(state, secrets)
		default:
			throw new Error(`Unknown command: ${words.join(' ')}`)
	}
})

function identity(state: State): string {
	if (!state.cloudflare) throw new Refusal(JSON.stringify({ loggedIn: false }))
	const accounts = [{ id: 'an-account', name: 'Ada' }]
	return JSON.stringify({ loggedIn: true, authType: 'OAuth Token', email: 'ada@example.com', accounts })
}

function logIn(state: State): string {
	state.cloudflare = true
	return 'Successfully logged in.'
}

function deploy({ origin }: State, secrets: Record<string, string> = {}): string {
	const missing = REQUIRED.filter((each) => secrets[each] === undefined)
	if (missing.length > 0)
		throw new Error(`The following required secrets have not been set: ${missing.join(', ')}`)
	const entry = { type: 'deploy', version: 1, targets: [origin], timestamp: new Date().toISOString() }
	appendFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH ?? '/dev/null', `${JSON.stringify(entry)}\n`)
	return `Deployed edge-get-or-create triggers (0.31 sec)\n  ${origin}`
}
