import { classify, DatabaseError } from '../database/failure'
import { type Batch, type Rows, saidError, send, type Unit, type UnitResult } from '../database/send'
import { TOLD } from './conditions'
import { quote, quoteText } from './quote'
import type { TableInfo } from './table'

// That the database can decide a race is said by the Drizzle table; the proof is the database's own. One unit looks for
// it in the first transaction that asks for a table, in the same round trip, and fails where it isn't there, so that
// the units behind it are left out.

/** What is known of a table in a database. */
export interface Proof {
	at: number
	/** A trigger may change a row as it is made. */
	hasInsertTriggers: boolean
	/** To try to insert a row that is there does something all the same: fires a trigger, uses up an id, breaks a CHECK. */
	isTrialFelt: boolean
	/** Two updates of a row may be otherwise than the one that does what both do: a trigger, a CHECK or a generated column sees each. */
	isSumFelt: boolean
	/** Statements do what they say, and nothing else: no trigger runs. */
	hasNoTriggers: boolean
	/** A foreign key may be judged at COMMIT. */
	mayDefer: boolean
}

/** For how long a proof holds: an index may be dropped. What is lacking is looked for each time, so that a repair counts at once. */
const HOLDS_MS = 10_000

/** The proofs that an isolate has of one database. */
export class Proofs {
	readonly #known = new Map<string, Proof>()

	of({ name }: TableInfo): Proof | undefined {
		const proof = this.#known.get(name)
		return proof && Date.now() - proof.at < HOLDS_MS ? proof : undefined
	}

	/** After a table was found otherwise than it was. */
	forget({ name }: TableInfo): void {
		this.#known.delete(name)
	}

	/** Reads what a guard found. @returns what the table lacks, to be told to whoever asks for it. */
	note(table: TableInfo, result: UnitResult | undefined): DatabaseError | undefined {
		if (result?.kind === 'done') {
			const [, triggers, rules, watchers, any, deferring] = result.rows[0]?.[0] ?? []
			const hasInsertTriggers = triggers !== 0
			this.#known.set(table.name, {
				at: Date.now(),
				hasInsertTriggers,
				isTrialFelt: hasInsertTriggers || rules !== 0,
				isSumFelt: watchers !== 0,
				hasNoTriggers: any === 0,
				mayDefer: deferring !== 0,
			})
			return undefined
		}
		this.forget(table)
		return lackOf(table, result?.kind === 'failed' ? result.why[0] : undefined)
	}
}

/**
 * Proves what a service of these tables needs: that each is what its schema says and, in the mode `write`, that rows can
 * be written. Takes the write lock and gives it back; leaves nothing behind. @throws DatabaseError
 */
export async function prove(
	batch: Batch,
	tables: readonly TableInfo[],
	mode: 'write' | 'read',
	deadline: number,
): Promise<void> {
	const units = [...tables.map(guardOf), ...(mode === 'write' ? [WRITE_PROBE] : [])]
	const { results } = await send(batch, () => units, mode, deadline)
	const proofs = new Proofs()
	for (const [i, table] of tables.entries()) {
		const lack = proofs.note(table, results[i])
		if (lack) throw lack
	}
	const probe = mode === 'write' ? results.at(-1) : undefined
	if (probe?.kind === 'failed' && probe.at === 0) throw classify(saidError(probe.error))
}

/** Writes as much as a row may need, of the notes of keys, and then fails ("malformed JSON") so that it is undone. */
const WRITE_PROBE: Unit = {
	statements: [
		{
			sql: `INSERT INTO idempotency_keys (scope, key, position, fingerprint, attempt, outcome, noted_at)
				VALUES ('', 'health', 0, hex(zeroblob(16384)), '', 'found', 0) ON CONFLICT DO NOTHING`,
			args: [],
		},
		{ sql: `SELECT json('undone' || changes())`, args: [] },
	],
}

const guards = new WeakMap<TableInfo, Unit>()

/** Fails ("integer overflow") where the table in the database is not what the Drizzle table says. */
export function guardOf(table: TableInfo): Unit {
	const known = guards.get(table)
	if (known) return known
	const args = [
		JSON.stringify(table.keys.map(({ columns }) => columns.map(({ name }) => name))),
		JSON.stringify(table.columns.map(({ name }) => name)),
	]
	const lacks = lackingOf(table)
	const triggers = `SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ${quoteText(table.name)} COLLATE NOCASE AND sql LIKE '%insert%'`
	const rules = `SELECT 1 FROM sqlite_schema WHERE name = ${quoteText(table.name)} COLLATE NOCASE AND (sql LIKE '%autoincrement%' OR sql LIKE '%check%')`
	const watchers = `SELECT 1 FROM sqlite_schema WHERE tbl_name = ${quoteText(table.name)} COLLATE NOCASE AND (type = 'trigger' OR type = 'table' AND (sql LIKE '%check%' OR sql LIKE '% as %(%'))`
	const any = `SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ${quoteText(table.name)} COLLATE NOCASE`
	const deferring = `SELECT 1 FROM sqlite_schema WHERE name = ${quoteText(table.name)} COLLATE NOCASE AND sql LIKE '%deferred%'`
	// One that the schema doesn't know may be over what is added to.
	const indexed = table.keys.filter(({ columns }) => !columns.some(({ isRowId }) => isRowId))
	const others = `(SELECT count(*) FROM pragma_index_list(${quoteText(table.name)}) AS list WHERE list."unique") > ${indexed.length}`
	const told = [
		`abs(CASE WHEN EXISTS (${lacks}) THEN -9223372036854775808 ELSE 1 END)`,
		`EXISTS (${triggers})`,
		`EXISTS (${rules})`,
		`EXISTS (${watchers}) OR ${others}`,
		`EXISTS (${any})`,
		`EXISTS (${deferring})`,
	]
	const guard: Unit = {
		statements: [
			{
				sql: `SELECT ${told.map((each) => `${each} AS ${TOLD}`).join(', ')}`,
				args,
			},
		],
		why: [{ sql: lacks, args }],
	}
	guards.set(table, guard)
	return guard
}

/**
 * What is lacking: a line for each key without a unique index over all rows and nothing but its columns (an INTEGER
 * PRIMARY KEY has none and needs none), for each column that is not there, for each that must be given and that nobody
 * knows of, and for each of the primary key where rows are told apart by a rowid that they don't have. ?1 has the columns of the keys, ?2 all columns. https://www.sqlite.org/pragma.html#pragma_index_list
 */
function lackingOf({ name, columns, identity }: TableInfo): string {
	const table = quoteText(name)
	const isByRowId = identity.some((column) => !columns.includes(column))
	const inKey = (column: string) =>
		`EXISTS (SELECT 1 FROM json_each(key.value) AS part WHERE part.value = ${column} COLLATE NOCASE)`
	return [
		`SELECT 'key', key.value FROM json_each(?1) AS key WHERE NOT EXISTS (SELECT 1 FROM pragma_index_list(${table}) AS list`,
		`WHERE list."unique" AND NOT list.partial AND NOT EXISTS (SELECT 1 FROM pragma_index_info(list.name) AS info`,
		`WHERE info.name IS NULL OR NOT ${inKey('info.name')})) AND NOT EXISTS (SELECT 1 FROM pragma_table_info(${table}) AS own`,
		`WHERE own.pk = 1 AND upper(own.type) = 'INTEGER' AND ${inKey('own.name')}`,
		`AND (SELECT count(*) FROM pragma_table_info(${table}) WHERE pk > 0) = 1)`,
		`UNION ALL SELECT 'column', col.value FROM json_each(?2) AS col WHERE NOT EXISTS`,
		`(SELECT 1 FROM pragma_table_xinfo(${table}) AS own WHERE own.name = col.value COLLATE NOCASE)`,
		`UNION ALL SELECT 'required', own.name FROM pragma_table_xinfo(${table}) AS own WHERE own."notnull"`,
		`AND own.dflt_value IS NULL AND own.hidden = 0 AND NOT EXISTS`,
		`(SELECT 1 FROM json_each(?2) AS col WHERE col.value = own.name COLLATE NOCASE)`,
		...(isByRowId
			? [
					`UNION ALL SELECT 'rowid', own.name FROM pragma_table_xinfo(${table}) AS own WHERE own.pk > 0`,
					`AND EXISTS (SELECT 1 FROM pragma_table_list(${table}) WHERE wr)`,
				]
			: []),
	].join(' ')
}

/** In words for the log, with what mends it. */
function lackOf({ name, columns }: TableInfo, why: Rows = []): DatabaseError {
	const found = (kind: string) =>
		why.flatMap(([each, subject]) => (each === kind && typeof subject === 'string' ? [subject] : []))
	const missing = found('column')
	if (missing.length === columns.length) {
		return new DatabaseError('unmigrated', `no such table: ${name}`)
	}
	// Without its columns there can be no key either.
	if (missing.length > 0) {
		return new DatabaseError('unmigrated', `${name} has no column ${missing.join(', ')}`)
	}
	const rowIdless = found('rowid')
	const faults = [
		...found('key').map((key) => keyFault(name, key)),
		...found('required').map((column) => unknownColumn(`${name}.${column}`)),
		...(rowIdless.length > 0
			? [
					`${name} is WITHOUT ROWID, where no key is null: add .notNull() to ${rowIdless.join(', ')} in the schema`,
				]
			: []),
	]
	return new DatabaseError('unproven', faults.join('; ') || `${name} is not what the schema says`)
}

export function unknownColumn(column: string): string {
	return `${column} is NOT NULL without a default, and not in the schema: give it a default, or add it there`
}

function keyFault(name: string, key: string): string {
	const parsed: unknown = JSON.parse(key)
	const columns = Array.isArray(parsed) ? parsed.map(String) : []
	const index = quote([name, ...columns, 'unique'].join('_'))
	return `${name} has no unique index over ${columns.join(', ')}: run "npm run db:migrate", or CREATE UNIQUE INDEX ${index} ON ${quote(name)} (${columns.map(quote).join(', ')})`
}
