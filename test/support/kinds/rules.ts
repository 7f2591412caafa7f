import { sql } from 'drizzle-orm'
import { check, integer, numeric, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Kind } from './kind.ts'

const IDS = [1, 2, 3, 4, 5]

function named(name: string) {
	return sqliteTable(name, {
		id: integer().primaryKey(),
		name: text().notNull().unique(),
		other: text().unique(),
		v: integer(),
	})
}

const RAISED = { aborted: 'ABORT', failed: 'FAIL', undone: 'ROLLBACK' }

/** Kinds whose tables have rules of their own. */
export const kindsOfRules: Kind[] = [
	{
		name: 'checked',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					number: text().notNull().unique(),
					low: integer().notNull().default(0),
					high: integer().notNull().default(2),
				},
				(table) => [check(`${name}_low_below_high`, sql`${table.low} < ${table.high}`)],
			),
		values: { id: IDS, number: ['1', '2', '3'], low: [0, 1, 2], high: [0, 1, 2] },
		needs: ['number'],
		by: [['number'], ['number', 'low'], ['id']],
		madeUp: { id: 'id' },
		apart: ['number'],
	},
	{
		name: 'counted',
		table: (name) =>
			sqliteTable(
				name,
				{
					slug: text().primaryKey(),
					other: text().unique(),
					hits: integer().notNull().default(0),
					low: integer(),
					ratio: real(),
					huge: numeric({ mode: 'bigint' }),
					at: integer({ mode: 'timestamp' }),
					word: text(),
					turns: integer()
						.default(0)
						.$onUpdateFn(() => sql`turns + 1`),
					shown: text().generatedAlwaysAs(sql`slug || coalesce(low, '')`),
				},
				(table) => [
					check(`${name}_hits`, sql`${table.hits} < 4 AND ${table.hits} <> 2`),
					uniqueIndex(`${name}_shown`).on(table.shown),
				],
			),
		values: {
			slug: ['1', '2', '3'],
			other: [null, '1', '2'],
			hits: [0, 1, -1, 3],
			low: [null, 0, 1, Number.MAX_SAFE_INTEGER],
			ratio: [null, 0.1, 1e16, 1.7e308],
			huge: [null, '1', '-1', '9223372036854775807', '-9223372036854775808'],
			at: [null, '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
			word: [null, 'a', 'B', ''],
		},
		needs: ['slug'],
		by: [['slug'], ['other'], ['slug', 'word']],
		apart: ['slug', 'other'],
	},
	{
		name: 'read_as_json',
		table: (name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				slug: text().notNull().unique(),
				body: text().notNull().default('{}'),
				kind: text().generatedAlwaysAs(sql`json_extract(body, '$.kind')`, { mode: 'stored' }),
			}),
		values: { id: IDS, slug: ['s', 't', 'u'], body: ['{}', '{"kind":"x"}', 'no JSON'] },
		needs: ['slug'],
		by: [['slug'], ['slug', 'body'], ['id']],
		madeUp: { id: 'id' },
		apart: ['slug'],
	},
	{
		name: 'keyed_by_json',
		table: (name) =>
			sqliteTable(
				name,
				{
					slug: text().primaryKey(),
					body: text().notNull(),
					kind: text().generatedAlwaysAs(sql`json_extract(body, '$.kind')`, { mode: 'virtual' }).unique(),
				},
				(table) => [check(`${name}_has_size`, sql`json_extract(${table.body}, '$.size') IS NOT 3`)],
			),
		values: {
			slug: ['s', 't', 'u'],
			body: ['{}', '{"kind":"x"}', '{"kind":"x","size":1}', '{"size":3}', 'no JSON'],
		},
		needs: ['slug', 'body'],
		by: [['slug'], ['slug', 'body']],
		apart: [],
		deletedBy: 'slug',
	},
	{
		name: 'refused_inserts',
		table: named,
		triggers: (name) =>
			[
				...Object.entries(RAISED).map(
					([value, how]) =>
						`CREATE TRIGGER ${name}_${value} BEFORE INSERT ON ${name} WHEN NEW.name LIKE '%${value}' BEGIN SELECT RAISE(${how}, 'no'); END;`,
				),
				`CREATE TRIGGER ${name}_ignored BEFORE INSERT ON ${name} WHEN NEW.name LIKE '%ignored' BEGIN SELECT RAISE(IGNORE); END;`,
			].join('\n'),
		values: {
			id: IDS,
			name: ['a', 'b', 'aborted', 'failed', 'undone', 'ignored'],
			other: [null, '1', '2'],
			v: [null, 1, 2],
		},
		needs: ['name'],
		by: [['name'], ['name', 'v'], ['id']],
		madeUp: { id: 'id' },
		apart: ['name', 'other'],
	},
	{
		name: 'refused_after_inserts',
		table: named,
		triggers: (name) =>
			Object.entries(RAISED)
				.map(
					([value, how]) =>
						`CREATE TRIGGER ${name}_${value} AFTER INSERT ON ${name} WHEN NEW.name LIKE '%${value}' BEGIN SELECT RAISE(${how}, 'no'); END;`,
				)
				.join('\n'),
		values: {
			id: IDS,
			name: ['a', 'b', 'aborted', 'failed', 'undone'],
			other: [null, '1', '2'],
			v: [null, 1, 2],
		},
		needs: ['name'],
		by: [['name'], ['name', 'v'], ['id']],
		madeUp: { id: 'id' },
		apart: ['name', 'other'],
	},
	{
		name: 'refused_updates',
		table: named,
		triggers: (name) =>
			[
				...Object.values(RAISED).map(
					(how, i) =>
						`CREATE TRIGGER ${name}_${i} BEFORE UPDATE ON ${name} WHEN NEW.v = ${i + 3} BEGIN SELECT RAISE(${how}, 'no'); END;`,
				),
				`CREATE TRIGGER ${name}_ignored BEFORE UPDATE ON ${name} WHEN NEW.v = 6 BEGIN SELECT RAISE(IGNORE); END;`,
			].join('\n'),
		values: { id: IDS, name: ['a', 'b', 'c'], other: [null, '1', '2'], v: [null, 1, 2, 3, 4, 5, 6] },
		needs: ['name'],
		by: [['name'], ['name', 'other'], ['id']],
		madeUp: { id: 'id' },
		apart: ['name', 'other'],
	},
	{
		name: 'lowercased',
		table: named,
		triggers: (name) =>
			`CREATE TRIGGER ${name}_lower AFTER INSERT ON ${name} WHEN NEW.name <> lower(NEW.name) BEGIN UPDATE ${name} SET name = lower(name) WHERE id = NEW.id; END;`,
		values: { id: IDS, name: ['a', 'A', 'b', 'B'], other: [null, '1', '2'], v: [null, 1] },
		needs: ['name'],
		by: [['name'], ['name', 'other'], ['id']],
		madeUp: { id: 'id' },
		apart: ['name', 'other'],
	},
	{
		name: 'filled_by_trigger',
		table: named,
		triggers: (name) =>
			`CREATE TRIGGER ${name}_filled AFTER INSERT ON ${name} WHEN NEW.other IS NULL BEGIN UPDATE ${name} SET other = upper(name) WHERE id = NEW.id; END;`,
		values: { id: IDS, name: ['a', 'b', 'c'], other: [null, 'A', 'B'], v: [null, 1] },
		needs: ['name'],
		by: [['name'], ['name', 'other'], ['id']],
		madeUp: { id: 'id' },
		apart: ['name', 'other'],
	},
	{
		name: 'overridden',
		table: named,
		triggers: (name) =>
			[
				`CREATE TRIGGER ${name}_capped AFTER UPDATE ON ${name} WHEN NEW.v > 2 BEGIN UPDATE ${name} SET v = 2 WHERE id = NEW.id; END;`,
				`CREATE TRIGGER ${name}_cleared AFTER UPDATE OF other ON ${name} WHEN NEW.other LIKE '%cleared' BEGIN UPDATE ${name} SET other = NULL WHERE id = NEW.id; END;`,
			].join('\n'),
		values: {
			id: IDS,
			name: ['a', 'b', 'c'],
			other: [null, '1', '2', 'cleared'],
			v: [null, 1, 2, 3, 4],
		},
		needs: ['name'],
		by: [['name'], ['name', 'v'], ['id']],
		madeUp: { id: 'id' },
		apart: ['name', 'other'],
	},
]
