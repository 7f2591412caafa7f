import { type DatabaseSettings, databaseSettings } from '../database/client'
import type { GroupCommitObject } from './commits/group-commit-object'
import type { CommitSettings } from './commits/shared-commits'

/** What the Worker was configured with, parsed. Nobody else reads the bindings. */
export interface Settings extends CommitSettings {
	/** How long a request waits for the database, in milliseconds, retries included. */
	timeout: number
	/** The bearer tokens that callers may use, in bytes. */
	tokens: Uint8Array[]
	/** The origins whose pages may call. None: no CORS. */
	corsOrigins: string[]
	/** The share of successful requests that have a line in the log, from 0 to 1. */
	logSuccesses: number
	/** Limits each token's requests, where it is bound. */
	rateLimit: RateLimit | undefined
}

/** A setting that is missing or makes no sense. The message names it and is for the log, never for a caller. */
export class MisconfiguredError extends Error {
	override readonly name = 'MisconfiguredError'
}

const parsed = new WeakMap<object, Settings>()

/**
 * The settings of these bindings, parsed once per isolate.
 * @throws MisconfiguredError, so that a service without secrets is closed, never open.
 */
export function settingsOf(env: Env): Settings {
	const known = parsed.get(env)
	if (known) return known
	const settings = parse(env)
	parsed.set(env, settings)
	return settings
}

/** Bindings that wrangler.toml has in comments only. */
interface OptionalBindings {
	GROUP_COMMIT?: DurableObjectNamespace<GroupCommitObject>
	GROUP_COMMIT_LOCATION?: string
	GROUP_COMMIT_SHARDS?: string
	RATE_LIMIT?: RateLimit
}

/** The bindings are typed as if each were always there; one that was never set is not. */
function parse(env: Partial<Env> & OptionalBindings): Settings {
	return {
		database: database(env.TURSO_DATABASE_URL, env.TURSO_AUTH_TOKEN),
		object: object(env),
		timeout: timeout(env.DATABASE_TIMEOUT_MS),
		tokens: tokens(env.API_TOKENS),
		corsOrigins: corsOrigins(env.CORS_ORIGINS),
		logSuccesses: share(env.LOG_SUCCESSES),
		rateLimit: env.RATE_LIMIT,
	}
}

function database(url: string | undefined, authToken: string | undefined): DatabaseSettings {
	if (!url) throw new MisconfiguredError('TURSO_DATABASE_URL is not set')
	const settings = databaseAt(url, authToken || undefined)
	// An error about a header may quote it: a token that can't be in one is found here.
	if (/[^\x20-\x7e]/.test(settings.headers['Authorization'] ?? '')) {
		throw new MisconfiguredError('TURSO_AUTH_TOKEN has characters that no token has, such as a line break')
	}
	return settings
}

function databaseAt(url: string, authToken: string | undefined): DatabaseSettings {
	try {
		return databaseSettings(url, authToken)
	} catch {
		throw new MisconfiguredError('TURSO_DATABASE_URL must start with libsql://, https:// or http://')
	}
}

/** A shard for this isolate: each keeps to one, so that its batches meet those of others. */
function object({
	GROUP_COMMIT: namespace,
	GROUP_COMMIT_LOCATION: location,
	GROUP_COMMIT_SHARDS: shards,
}: OptionalBindings): Settings['object'] {
	if (!namespace) return undefined
	const count = shards ? wholeNumber(shards, 'GROUP_COMMIT_SHARDS must be a whole number above 0') : 1
	const locationHint = LOCATIONS.find((known) => known === location)
	if (location && !locationHint) {
		throw new MisconfiguredError(`GROUP_COMMIT_LOCATION must be one of ${LOCATIONS.join(', ')}`)
	}
	const id = namespace.idFromName(String(Math.floor(Math.random() * count)))
	return () => namespace.get(id, locationHint ? { locationHint } : {})
}

/** https://developers.cloudflare.com/durable-objects/reference/data-location/#supported-locations */
const LOCATIONS = [
	'wnam',
	'enam',
	'sam',
	'weur',
	'eeur',
	'apac',
	'oc',
	'afr',
	'me',
] as const satisfies DurableObjectLocationHint[]

/** Above the 5 s after which libSQL takes the write lock from who holds it and has gone. */
const DEFAULT_TIMEOUT_MS = 6000
const MIN_TIMEOUT_MS = 100
const MAX_TIMEOUT_MS = 120_000

function timeout(value: string | undefined): number {
	if (!value) return DEFAULT_TIMEOUT_MS
	const otherwise = `DATABASE_TIMEOUT_MS must be a whole number of milliseconds, from ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS}`
	const timeoutMs = wholeNumber(value, otherwise)
	if (timeoutMs < MIN_TIMEOUT_MS || timeoutMs > MAX_TIMEOUT_MS) throw new MisconfiguredError(otherwise)
	return timeoutMs
}

function share(value: string | undefined): number {
	const parsedShare = value ? Number(value) : 1
	if (parsedShare >= 0 && parsedShare <= 1) return parsedShare
	throw new MisconfiguredError('LOG_SUCCESSES must be a number from 0 to 1')
}

function wholeNumber(text: string, otherwise: string): number {
	const value = Number(text)
	if (Number.isSafeInteger(value) && value > 0) return value
	throw new MisconfiguredError(otherwise)
}

/** RFC 6750: no other could ever be presented. */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/

function tokens(value: string | undefined): Uint8Array[] {
	const list = listed(value)
	if (list.length === 0) throw new MisconfiguredError('API_TOKENS is not set')
	if (!list.every((token) => BEARER_TOKEN.test(token))) {
		throw new MisconfiguredError('API_TOKENS may have letters, digits and -._~+/ in its tokens, then =')
	}
	return list.map((token) => new TextEncoder().encode(token))
}

function corsOrigins(value: string | undefined): string[] {
	const origins = listed(value)
	for (const origin of origins) {
		if (/^https?:[^*]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin) continue
		throw new MisconfiguredError('CORS_ORIGINS must list origins, as in https://app.example.com, with commas')
	}
	return origins
}

/** What stands between the commas. */
function listed(value = ''): string[] {
	return value.split(',').flatMap((item) => item.trim() || [])
}
