import * as v from 'valibot'

/** Something that a database has and that a migration may make. */
export interface Thing {
	kind: 'table' | 'column' | 'index' | 'trigger' | 'view'
	table: string
	name: string
	/** What there is to say of it, for comparison. */
	form: string
	/** Of an index over columns and all rows: the same where another one does the same. */
	does?: string
}

/** By what SQLite tells them apart. */
export type Schema = ReadonlyMap<string, Thing>

const rows = v.array(
	v.object({
		kind: v.picklist(['table', 'column', 'index', 'trigger', 'view']),
		table: v.string(),
		name: v.string(),
		form: v.string(),
	}),
)

const index = v.pipe(
	v.string(),
	v.parseJson(),
	v.object({
		unique: v.number(),
		partial: v.number(),
		origin: v.string(),
		/** In their order: the name, null where it is an expression, and the collation. */
		parts: v.array(v.tuple([v.number(), v.nullable(v.string()), v.string()])),
	}),
)

const THINGS = String.raw`
	WITH own AS (SELECT * FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'),
	stored AS (SELECT name FROM own WHERE type = 'table' AND rootpage > 0)
	SELECT type AS kind, tbl_name AS "table", name, iif(type = 'table', '', sql) AS form FROM own WHERE type <> 'index'
	UNION ALL
	SELECT 'column', stored.name, info.name, json_array(info.type, info."notnull", info.dflt_value, info.pk, info.hidden)
	FROM stored, pragma_table_xinfo(stored.name) AS info
	UNION ALL
	SELECT 'index', stored.name, list.name, json_object('unique', list."unique", 'partial', list.partial, 'origin',
		list.origin, 'parts', json_group_array(json_array(part.seqno, part.name, part.coll)))
	FROM stored, pragma_index_list(stored.name) AS list, pragma_index_xinfo(list.name) AS part
	WHERE part.key GROUP BY list.name`

/** In which each tool has a way of its own to write the same. */
const QUOTES_AND_BLANKS = /["`[\]\s]/g

/** What a database has, in whichever way it is asked. */
export async function schemaOf(query: (sql: string) => unknown): Promise<Schema> {
	const things = v.parse(rows, await query(THINGS)).map((row): Thing => {
		if (row.kind === 'index') return { ...row, ...indexOf(row.table, row.form) }
		const isText = row.kind === 'trigger' || row.kind === 'view'
		return { ...row, form: isText ? row.form.replace(QUOTES_AND_BLANKS, '').toLowerCase() : row.form }
	})
	return new Map(things.map((thing) => [idOf(thing), thing]))
}

function indexOf(table: string, description: string): Pick<Thing, 'form' | 'does'> {
	const { unique, partial, origin, parts } = v.parse(index, description)
	const columns = parts
		.toSorted(([a], [b]) => a - b)
		// One that SQLite made for a UNIQUE or a PRIMARY KEY has the collations of its columns, as one made anew would.
		.map(
			([, name, collation]) => [name?.toLowerCase() ?? null, origin === 'c' ? collation : 'BINARY'] as const,
		)
	// A unique index holds in whichever order its columns stand.
	if (unique) columns.sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
	const form = [table.toLowerCase(), unique, partial, columns.map(([name]) => name)]
	return {
		form: JSON.stringify(form),
		...(partial || columns.some(([name]) => name === null)
			? {}
			: { does: JSON.stringify([...form, columns]) }),
	}
}

export function idOf({ kind, table, name }: Pick<Thing, 'kind' | 'table' | 'name'>): string {
	return `${kind} ${kind === 'column' ? `${table}.${name}` : name}`.toLowerCase()
}

/** Whether SQLite made it by itself, for a UNIQUE or a PRIMARY KEY of a table. */
export function isAutomatic({ kind, name }: Thing): boolean {
	return kind === 'index' && name.startsWith('sqlite_autoindex_')
}
