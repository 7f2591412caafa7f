import { createClient } from '@libsql/client/http'
import { getTableName } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { inject } from 'vitest'
import { resources as own } from '../../src/resources'
import { type Resource, resource } from '../../src/service/resource'
import { serve } from './app'
import { askApp, linesOf } from './ask'
import { exampleKinds } from './example-kinds'
import * as exampleTables from './example-tables'
import * as keyTables from './key-tables'
import { twinNames } from './kinds'
import * as schema from './schema'

const { customKeys, hiddenKeys, typedKeys, ...plain } = exampleTables
const { longKeys, ...keyed } = keyTables

/** Every table of the tests, but those without a key. */
export const served: Resource[] = [
	...own,
	...[schema, keyed, plain, customKeys, typedKeys].flatMap((group) =>
		Object.values<SQLiteTable>(group).flatMap((table) => servedAs(table)),
	),
	...servedAs(hiddenKeys, ['tenant']),
	...servedAs(longKeys, ['secret']),
	...exampleKinds.flatMap((kind) => servedAs(kind.table(twinNames(kind)[0]), kind.hidden)),
]

function servedAs(table: SQLiteTable, hidden: readonly string[] = []): Resource[] {
	try {
		return [resource<SQLiteTable, string, string>(table, { hidden })]
	} catch {
		return []
	}
}

const app = serve(served)
const url = inject('examplesUrl')
const client = createClient({ url })

export interface Answered {
	status: number
	/** Parsed; of lines, an array of them. */
	body: unknown
}

/** Asks the service over these tables, which have a database of their own. */
export async function ask(
	method: string,
	path: string,
	body?: string,
	type = 'application/json',
): Promise<Answered> {
	const response = await askApp(app, method, path, { body, type }, { TURSO_DATABASE_URL: url })
	const isLines = response.headers.get('content-type') === 'application/x-ndjson'
	return { status: response.status, body: isLines ? await linesOf(response) : await response.json() }
}

/** As it was when it was made: its ids begin anew. So is a table of which such a row holds a row. */
export async function empty(table: SQLiteTable, row: Record<string, unknown> = {}): Promise<void> {
	const held = served
		.filter((each) => each.table === table)
		.flatMap(({ visible }) => visible.filter(({ property }) => typeof row[property] === 'object'))
		.flatMap(({ refersTo }) => refersTo.map(({ name }) => name))
	const statements = [getTableName(table), ...held].flatMap((name) => [
		`DELETE FROM "${name}"`,
		`DELETE FROM sqlite_sequence WHERE name = '${name}'`,
	])
	await client.batch(statements, 'write')
}

/** Makes what rows refer to in other tables. */
export async function makeParents(
	table: SQLiteTable,
	rows: readonly Record<string, unknown>[],
): Promise<void> {
	for (const key of getTableConfig(table).foreignKeys) {
		const { columns, foreignTable, foreignColumns } = key.reference()
		const [column] = columns
		const property = served
			.flatMap(({ info }) => info.columns)
			.find((info) => info.column === column)?.property
		for (const row of foreignTable === table ? [] : rows) {
			const value = row[property ?? '']
			if (typeof value !== 'string' && typeof value !== 'number') continue
			const sql = `INSERT OR IGNORE INTO "${getTableName(foreignTable)}" ("${foreignColumns[0]?.name}") VALUES (?)`
			await client.execute({ sql, args: [value] })
		}
	}
}
