import { DatabaseSync } from 'node:sqlite'
import { idOf, type Schema, type Thing } from './database-schema.ts'
import { madeBy } from './made-by.ts'
import type { Migration } from './migrations.ts'

/** A statement of a migration, and whether a database has all that it makes, or nothing of it. */
export interface Step {
	migration: Migration
	/** The first is 1. */
	statement: number
	sql: string
	makes: readonly Thing[]
	isThere: boolean
}

/** A statement of which nobody can say whether it was done. */
export interface Doubt {
	migration: Migration
	statement: number
	/** In words, and what to do about what the database has. */
	why: string
	/** What it does leaves no trace: only a person can know. */
	isUnseen: boolean
}

export interface Judgement {
	steps: readonly Step[]
	/** At the statement behind them. */
	doubt?: Doubt
}

const SAY_SO = 'let src/schema.ts say what is there, delete drizzle/ and run "npm run db:generate"'

/** Holds the statements of the migrations that are `asked` about, one after the other, against what a database has. */
export async function judge(
	all: readonly Migration[],
	asked: readonly Migration[],
	database: Schema,
): Promise<Judgement> {
	const steps: Step[] = []
	const memory = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
	for (const migration of all) {
		for (const [i, sql] of migration.statements.entries()) {
			const made = await madeBy(memory, sql)
			if (!asked.includes(migration)) continue
			const at = { migration, statement: i + 1 }
			if (typeof made === 'string') return { steps, doubt: { ...at, why: `it ${made}`, isUnseen: true } }
			const fault = faultIn(made, database)
			if (fault !== undefined) return { steps, doubt: { ...at, why: fault, isUnseen: false } }
			steps.push({ ...at, sql, makes: made, isThere: made.every((thing) => has(database, thing)) })
		}
	}
	return { steps }
}

/** Whether a thing of the same name would stop this statement. */
export function isStopped({ makes }: Step, database: Schema): boolean {
	return makes.some((thing) => database.has(idOf(thing)))
}

/** In words, what keeps a database from having all of it or nothing. */
function faultIn(made: readonly Thing[], database: Schema): string | undefined {
	for (const thing of made) {
		const there = database.get(idOf(thing))
		const isComparable = thing.kind !== 'table' && thing.kind !== 'column'
		if (there && isComparable && there.form !== thing.form) {
			return `the database has another ${thing.kind} of the name ${thing.name}: drop that, or ${SAY_SO}`
		}
	}
	const lacking = made.filter((thing) => !has(database, thing))
	if (lacking.length === 0 || lacking.length === made.length) return undefined
	const names = lacking.map(({ kind, table, name }) => (kind === 'column' ? `${table}.${name}` : name))
	return `the database has what it makes, but not ${names.join(', ')}: add that, or ${SAY_SO}`
}

/** Whether the database has it, be it, of an index, under another name. */
function has(database: Schema, thing: Thing): boolean {
	return (
		database.has(idOf(thing)) ||
		(thing.does !== undefined && [...database.values()].some(({ does }) => does === thing.does))
	)
}
