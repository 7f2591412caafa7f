import type { DatabaseSync } from 'node:sqlite'
import { isAutomatic, schemaOf, type Thing } from './database-schema.ts'

/** Nothing, or at least blanks and comments. */
const BLANK = /^(\s|;|--.*|\/\*[^]*?\*\/)*$/

/**
 * Runs a statement in a database that has what the statements before it make. What it makes is so not read from its
 * text, but seen. Returns in words why that can't be told, where it does anything else.
 */
export async function madeBy(memory: DatabaseSync, sql: string): Promise<readonly Thing[] | string> {
	const query = (each: string) => memory.prepare(each).all()
	const before = await schemaOf(query)
	try {
		// Of several statements only the first is prepared.
		const { sourceSQL } = memory.prepare(sql)
		if (!BLANK.test(sql.slice(sourceSQL.length))) return 'is more than one statement'
		memory.exec(sql)
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error)
		return `can't be tried in SQLite (${reason}): a mistake in src/schema.ts, or SQL that libSQL alone knows`
	}
	const after = await schemaOf(query)
	const made = [...after].flatMap(([id, thing]) => (before.has(id) || isAutomatic(thing) ? [] : [thing]))
	const isAllElseThere = [...before].every(([id, { form }]) => after.get(id)?.form === form)
	return made.length > 0 && isAllElseThere
		? made
		: 'does something else than make a table, a column or an index, which leaves no trace that could be looked for'
}
