import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Names of tables that mean something else in a URL, a pattern of routes, a name of a component or an object. */
export const NAMES = [
	'e-shop v2',
	'stream',
	'streams',
	'größe',
	'größe'.normalize('NFD'),
	'🦊',
	'a/b',
	'docs/scalar.js',
	'problems/conflict',
	'Docs',
	'100%',
	'%41',
	'%2e%2e',
	'what?',
	'#1',
	'a:b',
	':table',
	'*',
	'{id}',
	'a.b',
	'...',
	'.hidden',
	'a,b',
	'a+b',
	'a;b',
	'a&b=c',
	'a\\b',
	'a_20_b',
	'a b',
	"it's",
	'say "hi"',
	' ',
	'\t',
	'constructor',
	'toString',
	'__proto__',
	'service',
]

export function namedTable(name: string) {
	return sqliteTable(name, { id: integer().primaryKey(), name: text().notNull().unique() })
}
