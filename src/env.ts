import { type DatabaseSettings, databaseSettings } from './database/client'

/** What the Worker was configured with, parsed. Nobody else reads the bindings. */
export interface Settings {
	database: DatabaseSettings
	/** How long a request waits for the database, in milliseconds, retries included. */
	timeout: number
	/** The bearer tokens that callers may use, in bytes. */
	tokens: Uint8Array[]
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

/** The bindings are typed as if each were always there; one that was never set is not. */
function parse(env: Partial<Env>): Settings {
	return {
		database: database(env.TURSO_DATABASE_URL, env.TURSO_AUTH_TOKEN),
		timeout: timeout(env.DATABASE_TIMEOUT_MS),
		tokens: tokens(env.API_TOKENS),
	}
}

function database(url: string | undefined, authToken: string | undefined): DatabaseSettings {
	if (!url) throw new MisconfiguredError('TURSO_DATABASE_URL is not set')
	try {
		return databaseSettings(url, authToken || undefined)
	} catch {
		throw new MisconfiguredError('TURSO_DATABASE_URL must start with libsql://, https:// or http://')
	}
}

const DEFAULT_TIMEOUT_MS = 5000

function timeout(value: string | undefined): number {
	if (!value) return DEFAULT_TIMEOUT_MS
	const ms = Number(value)
	if (Number.isSafeInteger(ms) && ms > 0) return ms
	throw new MisconfiguredError('DATABASE_TIMEOUT_MS must be a whole number of milliseconds')
}

function tokens(value: string | undefined): Uint8Array[] {
	const list = (value ?? '').split(',').flatMap((token) => token.trim() || [])
	if (list.length === 0) throw new MisconfiguredError('API_TOKENS is not set')
	return list.map((token) => new TextEncoder().encode(token))
}
