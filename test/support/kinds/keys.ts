import { sql } from 'drizzle-orm'
import {
	blob,
	customType,
	integer,
	numeric,
	primaryKey,
	real,
	sqliteTable,
	text,
	unique,
	uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { Kind } from './kind.ts'

const nocase = customType<{ data: string }>({ dataType: () => 'text COLLATE NOCASE' })
const rtrim = customType<{ data: string }>({ dataType: () => 'text COLLATE RTRIM' })
const money = customType<{ data: number }>({ dataType: () => 'decimal(10,2)' })

const IDS = [1, 2, 3, 4, 5]
const FEW = [null, 1, 2]

/** Kinds that differ in what their unique keys are made of. */
export const kindsOfKeys: Kind[] = [
	{
		name: 'several_keys',
		table: (name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				a: text().notNull().unique(),
				b: text().notNull().unique(),
				c: text().unique(),
				v: integer(),
			}),
		values: { id: IDS, a: ['1', '2', '3'], b: ['1', '2', '3'], c: [null, '1', '2'], v: FEW },
		needs: ['a', 'b'],
		by: [['a'], ['b'], ['id'], ['a', 'b'], ['a', 'v'], ['b', 'c'], ['c']],
		madeUp: { id: 'id' },
		apart: ['a', 'b', 'c'],
	},
	{
		name: 'composite_keys',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					team: text().notNull(),
					person: text().notNull(),
					badge: integer().notNull(),
					role: text({ enum: ['owner', 'member'] })
						.notNull()
						.default('member'),
					touched: integer()
						.notNull()
						.default(0)
						.$onUpdateFn(() => sql`touched + 1`),
				},
				(table) => [
					unique().on(table.team, table.person),
					uniqueIndex(`${name}_badge`).on(table.badge, table.team),
				],
			),
		values: {
			id: IDS,
			team: ['t', 'u'],
			person: ['p', 'q', 'r'],
			badge: [1, 2, 3],
			role: ['owner', 'member', 'king'],
		},
		needs: ['team', 'person', 'badge'],
		by: [
			['team', 'person'],
			['badge', 'team'],
			['team', 'person', 'badge'],
			['id', 'team'],
			['team', 'person', 'role'],
		],
		madeUp: { id: 'id' },
		apart: ['team'],
	},
	{
		name: 'composite_primary',
		table: (name) =>
			sqliteTable(
				name,
				{
					country: text().notNull(),
					code: integer().notNull(),
					name: text().notNull().unique(),
					v: integer().default(1),
				},
				(table) => [primaryKey({ columns: [table.country, table.code] })],
			),
		values: { country: ['x', 'y'], code: [1, 2, 3], name: ['n', 'm', 'N'], v: FEW },
		needs: ['country', 'code', 'name'],
		by: [['country', 'code'], ['name'], ['name', 'country'], ['country', 'code', 'v']],
		apart: ['country', 'name'],
	},
	{
		name: 'nullable_primary',
		table: (name) =>
			sqliteTable(
				name,
				{ a: text(), b: integer().notNull(), slug: text().notNull().unique(), v: integer() },
				(table) => [primaryKey({ columns: [table.a, table.b] })],
			),
		values: { a: [null, 'x', 'y'], b: [1, 2], slug: ['s', 't', 'u', 'w'], v: FEW },
		needs: ['b', 'slug'],
		by: [['slug'], ['slug', 'a'], ['slug', 'b'], ['a', 'b', 'slug']],
		apart: ['a', 'slug'],
	},
	{
		name: 'without_primary',
		table: (name) =>
			sqliteTable(name, {
				slug: text().notNull().unique(),
				rank: integer().notNull().unique(),
				v: text({ mode: 'json' }).$type<unknown>(),
			}),
		values: {
			slug: ['s', 't', 'u'],
			rank: [1, 2, 3],
			v: [null, { a: 1, b: 2 }, { b: 2, a: 1 }, [1], 'x'],
		},
		needs: ['slug', 'rank'],
		by: [['slug'], ['rank'], ['slug', 'rank']],
		apart: ['slug', 'rank'],
	},
	{
		name: 'generated_key',
		table: (name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				slug: text().notNull().unique(),
				first: text().notNull(),
				last: text(),
				full: text().generatedAlwaysAs(sql`lower(first || coalesce(last, ''))`, { mode: 'virtual' }).unique(),
			}),
		values: {
			id: IDS,
			slug: ['s', 't', 'u'],
			first: ['A', 'a', 'Ab'],
			last: [null, 'b', 'c'],
		},
		needs: ['slug', 'first'],
		by: [['slug'], ['slug', 'first'], ['id']],
		madeUp: { id: 'id' },
		apart: ['slug', 'first'],
	},
	{
		name: 'generated_stored_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					slug: text().primaryKey(),
					team: text().notNull(),
					number: integer().notNull().default(1),
					half: integer().generatedAlwaysAs(sql`number / 2`, { mode: 'stored' }),
				},
				(table) => [unique().on(table.team, table.half)],
			),
		values: { slug: ['s', 't', 'u', 'w'], team: ['x', 'y'], number: [1, 2, 3, 4] },
		needs: ['slug', 'team'],
		by: [['slug'], ['slug', 'team']],
		apart: ['slug', 'team'],
	},
	{
		name: 'default_in_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					scope: text().notNull().default('x'),
					person: text().notNull(),
					v: integer().default(1),
				},
				(table) => [unique().on(table.scope, table.person)],
			),
		values: { id: IDS, scope: ['x', 'y'], person: ['p', 'q', 'r'], v: FEW },
		needs: ['person'],
		by: [['scope', 'person'], ['id'], ['scope', 'person', 'v']],
		madeUp: { id: 'id' },
		apart: ['person'],
	},
	{
		name: 'sql_default_in_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					slug: text().notNull().unique(),
					scope: text().notNull().default(sql`(lower('X'))`),
					person: text().notNull(),
					turn: integer().default(sql`(1 + 1)`).unique(),
				},
				(table) => [unique().on(table.scope, table.person)],
			),
		values: {
			id: IDS,
			slug: ['s', 't', 'u'],
			scope: ['x', 'y'],
			person: ['p', 'q', 'r'],
			turn: [null, 1, 2, 3],
		},
		needs: ['slug', 'person'],
		by: [['scope', 'person'], ['slug'], ['slug', 'person']],
		madeUp: { id: 'id' },
		apart: [],
	},
	{
		name: 'made_up_key',
		table: (name) =>
			sqliteTable(name, {
				slug: text().primaryKey(),
				token: text()
					.notNull()
					.unique()
					.$defaultFn(() => crypto.randomUUID()),
				nonce: text().notNull().unique().default(sql`(lower(hex(randomblob(8))))`),
				v: integer(),
			}),
		values: { slug: ['s', 't', 'u'], token: ['k', 'l'], nonce: ['n', 'o'], v: FEW },
		needs: ['slug'],
		by: [['slug'], ['token'], ['nonce', 'v'], ['slug', 'token']],
		madeUp: { token: 'token', nonce: 'nonce' },
		apart: ['slug', 'token', 'nonce'],
		deletedBy: 'slug',
	},
	{
		name: 'nocase_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					handle: nocase().notNull().unique(),
					team: nocase().notNull(),
					place: integer().notNull().default(1),
					bio: nocase(),
				},
				(table) => [unique().on(table.team, table.place)],
			),
		values: {
			id: IDS,
			handle: ['ada', 'ADA', 'Bob', 'bob'],
			team: ['t', 'T', 'u'],
			place: [1, 2, 3],
			bio: [null, 'b', 'B'],
		},
		needs: ['handle', 'team'],
		by: [['handle'], ['team', 'place'], ['handle', 'bio'], ['id']],
		madeUp: { id: 'id' },
		apart: ['handle', 'team'],
	},
	{
		name: 'rtrim_key',
		table: (name) =>
			sqliteTable(name, {
				code: rtrim().primaryKey(),
				other: rtrim().notNull().unique(),
				note: rtrim(),
			}),
		values: {
			code: ['a', 'a ', 'b', 'b  '],
			other: ['x', 'x ', 'y', 'y '],
			note: [null, 'n', 'n '],
		},
		needs: ['code', 'other'],
		by: [['code'], ['other'], ['code', 'note'], ['code', 'other']],
		apart: ['code', 'other'],
		deletedBy: 'code',
	},
	{
		name: 'nullable_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					slug: text().notNull().unique(),
					email: text().unique(),
					org: text(),
					badge: integer(),
				},
				(table) => [unique().on(table.org, table.badge)],
			),
		values: {
			id: IDS,
			slug: ['s', 't', 'u'],
			email: [null, 'e', 'f'],
			org: [null, 'o', 'p'],
			badge: [null, 1, 2],
		},
		needs: ['slug'],
		by: [['slug'], ['slug', 'email'], ['id'], ['slug', 'org', 'badge'], ['email']],
		madeUp: { id: 'id' },
		apart: ['slug', 'email', 'org'],
	},
	{
		name: 'decimal_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					amount: numeric().notNull().unique(),
					price: money().notNull(),
					size: numeric({ mode: 'number' }).notNull().default(1),
					big: numeric({ mode: 'bigint' }),
				},
				(table) => [unique().on(table.price, table.size)],
			),
		values: {
			id: IDS,
			amount: ['12.50', '12.5', '12', '12.0', '013'],
			price: [1, 1.5, 2],
			size: [1, 0.5],
			big: [null, '7', '007'],
		},
		needs: ['amount', 'price'],
		by: [['amount'], ['price', 'size'], ['amount', 'big'], ['id']],
		madeUp: { id: 'id' },
		apart: ['amount', 'price'],
	},
	{
		name: 'bytes_and_times',
		table: (name) =>
			sqliteTable(name, {
				hash: blob({ mode: 'buffer' }).primaryKey(),
				at: integer({ mode: 'timestamp' }).notNull().unique(),
				ratio: real().unique(),
				flag: integer({ mode: 'boolean' }).notNull().default(false),
			}),
		values: {
			hash: ['AAE=', 'AAI=', ''],
			at: ['2026-01-02T03:04:05Z', '2026-01-02T04:04:05+01:00', '2026-01-02T03:04:06Z'],
			ratio: [null, 0.1, 0.30000000000000004, 1],
			flag: [true, false],
		},
		needs: ['hash', 'at'],
		by: [['hash'], ['at'], ['hash', 'flag']],
		apart: [],
	},
	{
		name: 'autoincrement',
		table: (name) =>
			sqliteTable(name, {
				id: integer().primaryKey({ autoIncrement: true }),
				code: text().notNull().unique(),
				seat: text().notNull().unique(),
				v: integer().notNull().default(0),
			}),
		values: { id: IDS, code: ['1', '2', '3'], seat: ['1', '2', '3'], v: [0, 1] },
		needs: ['code', 'seat'],
		by: [['code'], ['seat'], ['code', 'seat'], ['id']],
		madeUp: { id: 'id' },
		apart: ['code', 'seat'],
		deletedBy: 'code',
	},
	{
		name: 'text_primary',
		table: (name) =>
			sqliteTable(name, {
				slug: text().primaryKey(),
				other: text().unique(),
				label: text().default('none'),
			}),
		values: { slug: ['a', 'A', 'b', 'c'], other: [null, '1', '2'], label: [null, 'none', 'x'] },
		needs: ['slug'],
		by: [['slug'], ['slug', 'label'], ['slug', 'other']],
		apart: ['slug', 'other'],
		deletedBy: 'slug',
	},
	{
		name: 'uuid_primary',
		table: (name) =>
			sqliteTable(name, {
				id: text()
					.primaryKey()
					.$defaultFn(() => crypto.randomUUID()),
				serial: text().notNull().unique(),
				name: text().notNull().default('unnamed'),
				revision: integer()
					.notNull()
					.default(0)
					.$onUpdateFn(() => sql`revision + 1`),
			}),
		values: { id: ['i', 'j'], serial: ['1', '2', '3'], name: ['unnamed', 'x'] },
		needs: ['serial'],
		by: [['serial'], ['id'], ['id', 'serial'], ['serial', 'name']],
		madeUp: { id: 'id' },
		apart: ['id', 'serial'],
		deletedBy: 'serial',
	},
	{
		name: 'versioned',
		table: (name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				slug: text().notNull().unique(),
				version: integer()
					.notNull()
					.default(1)
					.$onUpdateFn(() => sql`version + 1`),
				etag: text()
					.unique()
					.$onUpdateFn(() => sql`slug || '.' || version`),
				title: text(),
			}),
		values: { id: IDS, slug: ['s', 't'], version: [1, 2, 3], etag: ['s.1', 's.2', 't.1'], title: ['a', 'b'] },
		needs: ['slug'],
		by: [['slug'], ['id', 'version'], ['slug', 'version'], ['etag'], ['slug', 'etag']],
		madeUp: { id: 'id' },
		apart: ['slug', 'etag'],
	},
	{
		name: 'partial_index',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					path: text().notNull().unique(),
					title: text().notNull(),
					live: integer({ mode: 'boolean' }).notNull().default(false),
				},
				(table) => [uniqueIndex(`${name}_live`).on(table.title).where(sql`live = 1`)],
			),
		values: { id: IDS, path: ['p', 'q', 'r'], title: ['t', 'u'], live: [true, false] },
		needs: ['path', 'title'],
		by: [['path'], ['path', 'title'], ['id']],
		madeUp: { id: 'id' },
		apart: ['path', 'title'],
	},
	{
		name: 'expression_index',
		table: (name) =>
			sqliteTable(
				name,
				{
					id: integer().primaryKey(),
					path: text().notNull().unique(),
					shelf: text().notNull().default('x'),
					size: integer().notNull(),
				},
				(table) => [
					uniqueIndex(`${name}_lower`).on(sql`lower(${table.path})`),
					uniqueIndex(`${name}_tens`).on(table.shelf, sql`${table.size} / 10`),
				],
			),
		values: { id: IDS, path: ['a', 'A', 'b', 'c'], shelf: ['x', 'y'], size: [1, 10, 20, 21] },
		needs: ['path', 'size'],
		by: [['path'], ['path', 'size'], ['id']],
		madeUp: { id: 'id' },
		apart: [],
	},
	{
		name: 'hidden_key',
		table: (name) =>
			sqliteTable(name, {
				id: integer().primaryKey(),
				name: text().notNull().unique(),
				label: text(),
				folded: text().generatedAlwaysAs(sql`lower(name)`, { mode: 'stored' }).unique(),
			}),
		hidden: ['folded'],
		values: { id: IDS, name: ['a', 'A', 'b', 'B'], label: [null, 'x'] },
		needs: ['name'],
		by: [['name'], ['id'], ['name', 'label']],
		madeUp: { id: 'id' },
		apart: ['name'],
	},
	{
		name: 'hidden_default_key',
		table: (name) =>
			sqliteTable(
				name,
				{
					slug: text().primaryKey(),
					person: text().notNull(),
					tenant: text().notNull().default('only'),
				},
				(table) => [unique().on(table.tenant, table.person)],
			),
		hidden: ['tenant'],
		values: { slug: ['s', 't', 'u'], person: ['p', 'q'] },
		needs: ['slug', 'person'],
		by: [['slug'], ['slug', 'person']],
		apart: ['slug', 'person'],
		deletedBy: 'slug',
	},
]
