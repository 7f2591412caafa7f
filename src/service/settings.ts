import { type DatabaseSettings, databaseSettings } from '../database/client'
import type { CommitObject } from './commits/object-batch'
import type { CommitSettings } from './commits/shared-commits'
import { MisconfiguredError } from './misconfigured'

/** The bindings that a service reads, each as it is in wrangler.toml. */
export interface Bindings {
	TURSO_DATABASE_URL?: string
	TURSO_AUTH_TOKEN?: string
	API_TOKENS?: string
	DATABASE_TIMEOUT_MS?: string
	CORS_ORIGINS?: string
	LOG_SUCCESSES?: string
	/** In wrangler.toml it may be a boolean of its own. */
	RACE_PAGE?: string | boolean
	GROUP_COMMIT?: CommitNamespace
	GROUP_COMMIT_LOCATION?: string
	GROUP_COMMIT_SHARDS?: string
	RATE_LIMIT?: RateLimiter
	ASSETS?: { fetch(request: Request): Promise<Response> }
}

/** A binding that has another name than the service knows it by: `{ TURSO_DATABASE_URL: 'ROWS_DATABASE_URL' }`. */
export type SettingNames = { readonly [Name in keyof Bindings]?: string }

/** Where a database is, and the token that lets one in. */
export interface DatabaseAddress {
	url: string
	authToken?: string | undefined
}

/** The namespace of a class that extends the service's `GroupCommit`, as far as it is used. */
interface CommitNamespace {
	idFromName(name: string): object
	get(id: object, options: { locationHint?: (typeof LOCATIONS)[number] }): CommitObject
}

interface RateLimiter {
	limit(options: { key: string }): Promise<{ success: boolean }>
}

/** What the Worker was configured with, parsed. Nobody else reads the bindings. */
export interface Settings {
	/** The database of the bindings; undefined where the app chooses one for each request, and they name none. */
	commits: CommitSettings | undefined
	/** Reaches the object that merges the batches of many isolates for a database, where there is one: anew for each batch. */
	object: ((database: string) => () => CommitObject) | undefined
	/** How long a request waits for the database, in milliseconds, retries included. */
	timeout: number
	/** The bearer tokens that callers may use, in bytes. None where the app settles by itself who may call. */
	tokens: Uint8Array[]
	/** The origins whose pages may call. None: no CORS. */
	corsOrigins: string[]
	/** The share of successful requests that have a line in the log, from 0 to 1. */
	logSuccesses: number
	/** Whether there is a page that races: it writes rows, with a token of whoever looks at it. */
	racePage: boolean
	/** Limits each token's requests, where it is bound. */
	rateLimit: RateLimiter | undefined
	/** Where the scripts of /docs and /race are, where it is bound. */
	assets: Bindings['ASSETS']
}

interface Reading {
	names: SettingNames
	/** What is settled by the app itself need not be among the bindings. */
	hasOwnAccess: boolean
	hasOwnDatabase: boolean
}

/** Reads settings, of each set of bindings once in an isolate. What it gives throws MisconfiguredError. */
export function settingsReader(reading: Reading): (env: object) => Settings {
	const parsed = new WeakMap<object, Settings>()
	return (env) => {
		const known = parsed.get(env)
		if (known) return known
		const settings = parse(env, reading)
		parsed.set(env, settings)
		return settings
	}
}

/** Reads one binding, and knows what it is called. */
interface Source {
	nameOf: (setting: keyof Bindings) => string
	read: <Name extends keyof Bindings>(setting: Name) => Bindings[Name]
}

function parse(env: object, { names, hasOwnAccess, hasOwnDatabase }: Reading): Settings {
	const nameOf = (setting: keyof Bindings) => names[setting] ?? setting
	const source: Source = {
		nameOf,
		// What is bound is what wrangler.toml says: nobody can know more of it here.
		// oxlint-disable-next-line typescript/no-unsafe-return
		read: (setting) => Reflect.get(env, nameOf(setting)),
	}
	const object = objectOf(source)
	const isBound = Boolean(source.read('TURSO_DATABASE_URL'))
	return {
		commits: isBound || !hasOwnDatabase ? { database: databaseOf(source), object: object?.('') } : undefined,
		object,
		timeout: timeout(source),
		tokens: hasOwnAccess ? [] : tokens(source),
		corsOrigins: corsOrigins(source),
		logSuccesses: share(source),
		racePage: isOn(source, 'RACE_PAGE'),
		rateLimit: source.read('RATE_LIMIT'),
		assets: source.read('ASSETS'),
	}
}

function databaseOf({ read, nameOf }: Source): DatabaseSettings {
	const url = read('TURSO_DATABASE_URL')
	if (!url) throw new MisconfiguredError(`${nameOf('TURSO_DATABASE_URL')} is not set`)
	const address = { url, authToken: read('TURSO_AUTH_TOKEN') || undefined }
	return databaseAt(address, { url: nameOf('TURSO_DATABASE_URL'), authToken: nameOf('TURSO_AUTH_TOKEN') })
}

/** What the parts of an address that the app has chosen are called. */
export const CHOSEN = { url: 'the URL of a database that was chosen', authToken: 'its token' }

/** `called` is what its parts are called, should one make no sense. @throws MisconfiguredError */
export function databaseAt(
	{ url, authToken }: DatabaseAddress,
	called: { url: string; authToken: string },
): DatabaseSettings {
	const settings = settingsOr(url, authToken, `${called.url} must start with libsql://, https:// or http://`)
	// An error about a header may quote it: a token that can't be in one is found here.
	if (/[^\x20-\x7e]/.test(settings.headers['Authorization'] ?? '')) {
		throw new MisconfiguredError(`${called.authToken} has characters that no token has, such as a line break`)
	}
	return settings
}

function settingsOr(url: string, authToken: string | undefined, otherwise: string): DatabaseSettings {
	try {
		return databaseSettings(url, authToken)
	} catch {
		throw new MisconfiguredError(otherwise)
	}
}

/**
 * A shard for this isolate, among those of a database (that of the bindings has no name): each isolate keeps to one, so
 * that its batches meet those of others.
 */
function objectOf({ read, nameOf }: Source): Settings['object'] {
	const namespace = read('GROUP_COMMIT')
	if (!namespace) return undefined
	const [shards, location] = [read('GROUP_COMMIT_SHARDS'), read('GROUP_COMMIT_LOCATION')]
	const count = shards
		? wholeNumber(shards, `${nameOf('GROUP_COMMIT_SHARDS')} must be a whole number above 0`)
		: 1
	const locationHint = LOCATIONS.find((known) => known === location)
	if (location && !locationHint) {
		throw new MisconfiguredError(`${nameOf('GROUP_COMMIT_LOCATION')} must be one of ${LOCATIONS.join(', ')}`)
	}
	const shard = String(Math.floor(Math.random() * count))
	return (database) => {
		const id = namespace.idFromName(database === '' ? shard : `${shard} ${database}`)
		return () => namespace.get(id, locationHint ? { locationHint } : {})
	}
}

/** https://developers.cloudflare.com/durable-objects/reference/data-location/#supported-locations */
const LOCATIONS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const

/** Above the 5 s after which libSQL takes the write lock from who holds it and has gone. */
const DEFAULT_TIMEOUT_MS = 6000
const MIN_TIMEOUT_MS = 100
const MAX_TIMEOUT_MS = 120_000

function timeout({ read, nameOf }: Source): number {
	const value = read('DATABASE_TIMEOUT_MS')
	if (!value) return DEFAULT_TIMEOUT_MS
	const otherwise = `${nameOf('DATABASE_TIMEOUT_MS')} must be a whole number of milliseconds, from ${MIN_TIMEOUT_MS} to ${MAX_TIMEOUT_MS}`
	const timeoutMs = wholeNumber(value, otherwise)
	if (timeoutMs < MIN_TIMEOUT_MS || timeoutMs > MAX_TIMEOUT_MS) throw new MisconfiguredError(otherwise)
	return timeoutMs
}

function share({ read, nameOf }: Source): number {
	const value = read('LOG_SUCCESSES')
	const parsedShare = value ? Number(value) : 1
	if (parsedShare >= 0 && parsedShare <= 1) return parsedShare
	throw new MisconfiguredError(`${nameOf('LOG_SUCCESSES')} must be a number from 0 to 1`)
}

const SWITCH = new Map([
	...['on', 'true', '1'].map((word) => [word, true] as const),
	...['', 'off', 'false', '0'].map((word) => [word, false] as const),
])

function isOn({ read, nameOf }: Source, setting: 'RACE_PAGE'): boolean {
	const found = SWITCH.get(String(read(setting) ?? ''))
	if (found === undefined) throw new MisconfiguredError(`${nameOf(setting)} must be "on" or "off"`)
	return found
}

function wholeNumber(text: string, otherwise: string): number {
	const value = Number(text)
	if (Number.isSafeInteger(value) && value > 0) return value
	throw new MisconfiguredError(otherwise)
}

/** RFC 6750: no other could ever be presented. */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/

function tokens({ read, nameOf }: Source): Uint8Array[] {
	const list = listed(read('API_TOKENS'))
	if (list.length === 0) throw new MisconfiguredError(`${nameOf('API_TOKENS')} is not set`)
	if (!list.every((token) => BEARER_TOKEN.test(token))) {
		throw new MisconfiguredError(
			`${nameOf('API_TOKENS')} may have letters, digits and -._~+/ in its tokens, then =`,
		)
	}
	return list.map((token) => new TextEncoder().encode(token))
}

function corsOrigins({ read, nameOf }: Source): string[] {
	const origins = listed(read('CORS_ORIGINS'))
	for (const origin of origins) {
		if (/^https?:[^*]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin) continue
		throw new MisconfiguredError(
			`${nameOf('CORS_ORIGINS')} must list origins, as in https://app.example.com, with commas`,
		)
	}
	return origins
}

/** What stands between the commas. */
function listed(value = ''): string[] {
	return value.split(',').flatMap((item) => item.trim() || [])
}
