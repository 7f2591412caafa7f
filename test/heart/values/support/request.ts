import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { inject } from 'vitest'
import { resource } from '../../../../src/service/resource'
import { serve } from '../../../support/app'
import { askApp } from '../../../support/ask'
import { valueTables } from './tables'

const url = inject('valuesUrl')
const app = serve(Object.values(valueTables).map((table) => resource(table)))

export interface Reply {
	status: number
	location: string | null
	replayed: boolean
	body: unknown
}

export interface Request {
	/** JSON as it is sent: no reader between has rounded its numbers. */
	text?: string
	key?: string
	type?: string
}

/** Asks the service over the tables of values. */
export async function request(
	method: string,
	path: string,
	{ text, key, type = 'application/json' }: Request = {},
): Promise<Reply> {
	const sent = { body: text, type, idempotencyKey: key }
	const response = await askApp(app, method, path, sent, { TURSO_DATABASE_URL: url })
	const answer = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
		await response.arrayBuffer(),
	)
	const lines = () => answer.trim().split('\n').map(parse)
	return {
		status: response.status,
		location: response.headers.get('location'),
		replayed: response.headers.get('idempotency-replayed') === 'true',
		body: response.headers.get('content-type') === 'application/x-ndjson' ? lines() : parse(answer),
	}
}

function parse(text: string): unknown {
	return JSON.parse(text)
}

/** An object as JSON, of properties that are JSON already. */
export function objectText(properties: Record<string, string>): string {
	return `{${Object.entries(properties)
		.map(([name, value]) => `${JSON.stringify(name)}:${value}`)
		.join()}}`
}

/** Drizzle itself, with integers as wide as SQLite's. */
export function wideDatabase() {
	return drizzle({ connection: { url, concurrency: -1, intMode: 'bigint' } })
}

/** A value as SQLite has it: a double by itself, an integer by its digits, text and bytes in hexadecimal. */
export interface Stored {
	type: string
	value: unknown
}

/** What a column holds in each row, in the order of another, as SQLite itself tells it: a double by its own bytes. */
export async function stored(table: SQLiteTable, where = sql`true`, order = 'name'): Promise<Stored[]> {
	const { name } = getTableConfig(table)
	const value = sql`value`
	const rows = await wideDatabase().all<{ type: string; hex: string; text: string; double: number | null }>(
		sql`SELECT typeof(${value}) AS type, hex(${value}) AS hex, CAST(${value} AS TEXT) AS text,
			CASE typeof(${value}) WHEN 'real' THEN ${value} END AS double
			FROM ${sql.identifier(name)} WHERE ${where} ORDER BY ${sql.identifier(order)}`,
	)
	return rows.map(({ type, hex, text, double }) => ({
		type,
		value: type === 'real' ? double : type === 'integer' ? text : hex,
	}))
}
