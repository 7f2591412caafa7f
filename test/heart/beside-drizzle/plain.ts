import { createClient } from '@libsql/client/http'
import { and, eq, getTableColumns } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql/http'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { jsonOf } from './json'
import { SharedClient } from './shared-client'
import { copyStored, type Stored, selectStored, storedIn, tableSql } from './stored'
import type { Subject, Values } from './subject'

/** The oracle: what plain Drizzle makes of the same, in the twin of the table that is served. */
export class PlainDrizzle {
	readonly url: string
	readonly #client
	readonly #db

	constructor(url: string) {
		this.url = url
		this.#client = new SharedClient(createClient({ url, concurrency: -1 }))
		this.#db = drizzle(this.#client as never)
	}

	/** @throws as Drizzle does, for instance where a key is taken. */
	async insert(subject: Subject, ...rows: readonly Values[]): Promise<void> {
		for (const row of rows) {
			await this.#db.insert(subject.plain).values(underTwins(subject, row))
		}
	}

	async update(subject: Subject, key: Values, change: Values): Promise<void> {
		const conditions = Object.entries(key).map(([property, value]) =>
			eq(twinOf(subject, property).column, value),
		)
		await this.#db
			.update(subject.plain)
			.set(underTwins(subject, change))
			.where(and(...conditions))
	}

	/** All rows, as JSON, under the properties of the table that is served. */
	async select(subject: Subject): Promise<Values[]> {
		const rows: Values[] = await this.#db.select().from(subject.plain)
		const twins = Object.keys(getTableColumns(subject.served)).map(
			(property) => [property, twinOf(subject, property).property] as const,
		)
		return rows.map((row) =>
			Object.fromEntries(twins.map(([property, twin]) => [property, jsonOf(row[twin])])),
		)
	}

	/** Inserts into both tables, as another program would have. */
	async insertBoth(subject: Subject, ...rows: readonly Values[]): Promise<void> {
		await this.insert(subject, ...rows)
		await this.#client.execute(copyStored(subject.plain, subject.served))
	}

	/** All rows of each table, at one moment. */
	async stored(...tables: readonly SQLiteTable[]): Promise<Stored[][]> {
		const results = await this.#client.batch(tables.map(selectStored))
		return tables.map((table, i) => storedIn(table, results[i]?.rows ?? []))
	}

	/** Nothing is left in either table. */
	async empty({ served, plain }: Subject): Promise<void> {
		await this.#client.batch([`DELETE FROM ${tableSql(served)}`, `DELETE FROM ${tableSql(plain)}`])
	}
}

function underTwins(subject: Subject, values: Values): Values {
	return Object.fromEntries(
		Object.entries(values).map(([property, value]) => [twinOf(subject, property).property, value]),
	)
}

/** The same column of the plain table, which may have it under another property. */
function twinOf({ served, plain }: Subject, property: string): { property: string; column: SQLiteColumn } {
	const name = columnsOf(served).find(([each]) => each === property)?.[1].name
	const twin = columnsOf(plain).find(([, column]) => column.name === name)
	if (!twin) throw new Error(`there is no column for ${property}`)
	return { property: twin[0], column: twin[1] }
}

function columnsOf(table: SQLiteTable): [string, SQLiteColumn][] {
	return Object.entries<SQLiteColumn>(getTableColumns(table))
}
