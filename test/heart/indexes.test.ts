import { env } from 'cloudflare:workers'
import { createClient } from '@libsql/client/http'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, inject, it } from 'vitest'
import type { Manner } from '../../src/get-or-create/conditions'
import { overItems } from '../../src/get-or-create/items'
import { type Ask, rowRequest } from '../../src/get-or-create/row-request'
import { wholeTable } from '../../src/get-or-create/seen-table'
import { statementsOf } from '../../src/get-or-create/statements'
import { rowCodecOf } from '../../src/service/http/row'
import { resource } from '../../src/service/resource'
import { kinds, twinsOf } from '../support/kinds'
import type { Json, Kind } from '../support/kinds/kind'
import { SET } from '../support/manner'
import { useDatabase } from '../support/use-database'
import { served } from './oracle/served'

useDatabase(inject('allKindsUrl'))

const client = createClient({ url: env.TURSO_DATABASE_URL })
/** What fits into an answer. */
const BATCH = 500

const SETS: Manner[] = [SET, { ...SET, isFollowed: true, isInOrder: true }]

/** How many rows share a statement, and in which manners: as many as stand in it, or more. */
const CASES: [count: number, manners: Manner[]][] = [
	[1, [{ ...SET, rows: 'one' }]],
	[3, SETS],
	[100, SETS],
]

describe.each([
	['tables of every kind', kinds],
	['tables of public projects', served],
])('every statement about %s', (_, all) => {
	it.each(CASES)('finds rows by an index, however they are asked for, %d at once', async (count, manners) => {
		const statements = all.flatMap((kind) => statementsAbout(kind, count, manners))
		expect(statements.length).toBeGreaterThan(all.length)
		const scans: object[] = []
		for (let at = 0; at < statements.length; at += BATCH) {
			const some = statements.slice(at, at + BATCH)
			const explained = some.map(({ sql, args }) => ({ sql: `EXPLAIN QUERY PLAN ${sql}`, args: [...args] }))
			for (const [place, { rows }] of (await client.batch(explained, 'read')).entries()) {
				const lines = rows.map(({ detail }) => String(detail)).filter((line) => isScan(line))
				if (lines.length > 0) scans.push({ about: some[place]?.about, lines })
			}
		}
		expect(scans).toEqual([])
	})
})

/** Of tables, which go by other names in our SQL: not of those that the database itself goes through, for foreign keys. */
function isScan(line: string): boolean {
	return /^SCAN (found|held|parent|note|idempotency_keys)\b/.test(line)
}

function statementsAbout(
	kind: Kind,
	count: number,
	manners: readonly Manner[],
): { about: string; sql: string; args: readonly string[] }[] {
	const { info } = resource<SQLiteTable, string>(twinsOf(kind).together, {
		hidden: kind.hidden ?? [],
	})
	const { row } = rowCodecOf(wholeTable(info)).parse(exampleOf(kind))
	return kind.by.flatMap((names) => {
		const by = info.columns.filter(({ property }) => names.includes(property))
		const asked = Object.fromEntries(names.map((name) => [name, row[name]]))
		const key = { key: 'k', position: 0, request: 'row' as const }
		const asks: Ask[] = [
			{ verb: 'get', by, row: asked },
			{ verb: 'get-or-create', by, row },
			{ verb: 'update-or-create', by, row },
			{ verb: 'get-or-create', by, row, key },
			{ verb: 'update-or-create', by, row, key },
		]
		return asks.flatMap((ask) => {
			const { shape, json } = rowRequest(info, ask)
			return manners.flatMap((manner) =>
				statementsOf(shape, manner).steps.map(({ step, sql }) => ({
					about: `${kind.name} by ${names.join()}, ${ask.verb}: ${step}`,
					...overItems(sql, Array(count).fill(json), 'a try'),
				})),
			)
		})
	})
}

/** A row that has a value in every column. */
function exampleOf({ values }: Kind): Record<string, Json> {
	return Object.fromEntries(
		Object.entries(values).map(([property, choices]) => [
			property,
			choices.find((choice) => choice !== null) ?? null,
		]),
	)
}
