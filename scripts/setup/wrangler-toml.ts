import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import * as v from 'valibot'
import { StartError } from '../server.ts'

const FILE = 'wrangler.toml'

const worker = {
	name: v.optional(v.string()),
	account_id: v.optional(v.string()),
	vars: v.optional(v.record(v.string(), v.unknown())),
}
const config = v.object({
	...worker,
	name: v.string(),
	env: v.optional(v.record(v.string(), v.object(worker)), {}),
})

/** What the service takes for the address of a database. */
export function isAddress(url: string): boolean {
	return /^(libsql|https?):\/\/./.test(url)
}

/** @throws StartError where it is empty, or none. */
export function checkAddress(url: string): void {
	if (isAddress(url)) return
	throw new StartError(
		url.trim() === ''
			? 'TURSO_DATABASE_URL is empty: it must be the address of a database.'
			: `TURSO_DATABASE_URL must start with libsql://, https:// or http://, and is "${url}".`,
	)
}

/** What is deployed. */
export interface Deployed {
	/** Of the Worker. */
	name: string
	/** An empty one is none. */
	databaseUrl: string | undefined
	/** The account at Cloudflare, where the file names it. */
	account: string | undefined
}

/** @throws StartError where there is no such file, or environment in it. */
export function readDeployed(env: string | undefined, file = FILE): Deployed {
	if (!existsSync(file)) throw new StartError(`There is no ${file} here: run it in the folder that has it.`)
	const top = read(file)
	// An environment has a name of its own, and inherits the account, but no vars.
	const own = env === undefined ? top : top.env[env]
	if (!own) throw new StartError(`${file} has no [env.${env}]: take the comments off it there.`)
	const url = own.vars?.['TURSO_DATABASE_URL']
	return {
		name: env === undefined ? top.name : (own.name ?? `${top.name}-${env}`),
		databaseUrl: typeof url === 'string' && url !== '' ? url : undefined,
		account: own.account_id ?? top.account_id,
	}
}

function read(file: string): v.InferOutput<typeof config> {
	try {
		return v.parse(config, parse(readFileSync(file, 'utf8')))
	} catch (error) {
		throw new StartError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`)
	}
}

/** Puts the database's address under the vars that it is read from, and leaves all else as it is. @throws StartError */
export function writeDatabaseUrl(env: string | undefined, url: string): void {
	const before = readFileSync(FILE, 'utf8')
	writeFileSync(FILE, withVar(before, env === undefined ? 'vars' : `env.${env}.vars`, url))
	if (readDeployed(env).databaseUrl === url) return
	writeFileSync(FILE, before)
	throw new StartError(
		`Put TURSO_DATABASE_URL = "${url}" under the vars in ${FILE} yourself: its form is not known here.`,
	)
}

function withVar(text: string, table: string, url: string): string {
	const lines = text.split('\n')
	const start = lines.findIndex((line) => line.trim() === `[${table}]`)
	if (start === -1) throw new StartError(`${FILE} has no [${table}]: take the comments off it there.`)
	const length = lines.slice(start + 1).findIndex((line) => /^\s*\[/.test(line))
	const end = length === -1 ? lines.length : start + 1 + length
	const at = lines.findIndex((line, i) => i > start && i < end && /^\s*TURSO_DATABASE_URL\s*=/.test(line))
	// A quoted text of JSON is one of TOML too.
	const setting = `TURSO_DATABASE_URL = ${JSON.stringify(url)}`
	return (at === -1 ? lines.toSpliced(start + 1, 0, setting) : lines.with(at, setting)).join('\n')
}
