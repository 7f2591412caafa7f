import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, check, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import type { Kind } from './kind.ts'

/** What rows of some kinds refer to. Its rows are made with it. */
export const kindParents = sqliteTable('kind_parents', { code: text().primaryKey() })
export const PARENTS = ['p', 'q']

const IDS = [1, 2, 3, 4, 5]
const DEFERRED = 'DEFERRABLE INITIALLY DEFERRED'

function treeBySlug(name: string) {
	const tree = sqliteTable(name, {
		id: integer().primaryKey(),
		slug: text().notNull().unique(),
		parent: text().references((): AnySQLiteColumn => tree.slug),
		v: integer(),
	})
	return tree
}

function child(name: string) {
	return sqliteTable(name, {
		id: integer().primaryKey(),
		number: text().notNull().unique(),
		parent: text().references(() => kindParents.code),
		seat: integer().unique(),
	})
}

const treeValues = { id: IDS, slug: ['s', 't', 'u'], parent: [null, 's', 't', 'u'], v: [null, 1] }
const childValues = {
	id: IDS,
	number: ['1', '2', '3'],
	parent: [null, 'p', 'q', 'nowhere'],
	seat: [null, 1, 2],
}

/** Kinds whose rows refer to others. */
export const kindsOfReferences: Kind[] = [
	{
		name: 'tree_by_slug',
		table: treeBySlug,
		values: treeValues,
		needs: ['slug'],
		by: [['slug'], ['slug', 'parent'], ['id']],
		madeUp: { id: 'id' },
		apart: ['slug', 'parent'],
	},
	{
		name: 'tree_by_id',
		table: (name) => {
			const tree = sqliteTable(name, {
				id: integer().primaryKey(),
				slug: text().notNull().unique(),
				parentId: integer().references((): AnySQLiteColumn => tree.id),
			})
			return tree
		},
		values: { id: IDS, slug: ['s', 't', 'u', 'w'], parentId: [null, 1, 2, 3, 4] },
		needs: ['slug'],
		by: [['slug'], ['slug', 'parentId'], ['id']],
		madeUp: { id: 'id', parentId: 'id' },
		apart: ['slug'],
	},
	{
		name: 'tree_by_primary',
		table: (name) => {
			const tree = sqliteTable(
				name,
				{
					slug: text().primaryKey(),
					parent: text()
						.notNull()
						.references((): AnySQLiteColumn => tree.slug),
					place: integer().notNull().default(1),
				},
				(table) => [unique().on(table.parent, table.place)],
			)
			return tree
		},
		values: { slug: ['s', 't', 'u'], parent: ['s', 't', 'u'], place: [1, 2] },
		needs: ['slug', 'parent'],
		by: [['slug'], ['parent', 'place'], ['slug', 'parent']],
		apart: ['slug', 'parent'],
	},
	{
		name: 'tree_that_cascades',
		table: (name) => {
			const tree = sqliteTable(name, {
				id: integer().primaryKey(),
				slug: text().notNull().unique(),
				parent: text().references((): AnySQLiteColumn => tree.slug, { onUpdate: 'cascade' }),
				twin: text()
					.unique()
					.references((): AnySQLiteColumn => tree.slug, { onUpdate: 'set null' }),
			})
			return tree
		},
		values: {
			id: IDS,
			slug: ['s', 't', 'u'],
			parent: [null, 's', 't'],
			twin: [null, 's', 't'],
		},
		needs: ['slug'],
		by: [['slug'], ['id'], ['slug', 'parent']],
		madeUp: { id: 'id' },
		apart: ['slug', 'parent', 'twin'],
	},
	{
		name: 'tree_deferred',
		table: treeBySlug,
		create: (name) => `CREATE TABLE ${name} (
			id INTEGER PRIMARY KEY NOT NULL,
			slug TEXT NOT NULL UNIQUE,
			parent TEXT REFERENCES ${name} (slug) ${DEFERRED},
			v INTEGER
		);`,
		values: treeValues,
		needs: ['slug'],
		by: [['slug'], ['slug', 'parent'], ['id']],
		madeUp: { id: 'id' },
		apart: ['slug', 'parent'],
	},
	{
		name: 'child',
		table: child,
		values: childValues,
		needs: ['number'],
		by: [['number'], ['number', 'parent'], ['id']],
		madeUp: { id: 'id' },
		apart: ['number', 'seat'],
	},
	{
		name: 'child_deferred',
		table: child,
		create: (name) => `CREATE TABLE ${name} (
			id INTEGER PRIMARY KEY NOT NULL,
			number TEXT NOT NULL UNIQUE,
			parent TEXT REFERENCES kind_parents (code) ${DEFERRED},
			seat INTEGER UNIQUE
		);`,
		values: childValues,
		needs: ['number'],
		by: [['number'], ['number', 'parent'], ['id']],
		madeUp: { id: 'id' },
		apart: ['number', 'seat'],
	},
	{
		name: 'child_with_everything',
		table: (name) => {
			const mixed = sqliteTable(
				name,
				{
					id: integer().primaryKey({ autoIncrement: true }),
					scope: text().notNull().default('x'),
					slug: text().notNull(),
					email: text().unique(),
					owner: text()
						.notNull()
						.default('p')
						.references(() => kindParents.code),
					before: integer().references((): AnySQLiteColumn => mixed.id),
					low: integer().notNull().default(0),
				},
				(table) => [
					unique().on(table.scope, table.slug),
					check(`${name}_low_is_below_three`, sql`${table.low} < 3`),
				],
			)
			return mixed
		},
		values: {
			id: IDS,
			scope: ['x', 'y'],
			slug: ['s', 't', 'u'],
			email: [null, 'e', 'f'],
			owner: ['p', 'q', 'nobody'],
			before: [null, 1, 2, 3],
			low: [0, 1, 3],
		},
		needs: ['slug'],
		by: [['scope', 'slug'], ['id'], ['scope', 'slug', 'low']],
		madeUp: { id: 'id', before: 'id' },
		apart: ['slug', 'email'],
	},
]
