/** A rule of the database that a table's rows may break: those whose value is `bad`, and not those whose is `good`. */
export interface Refusal {
	title: string
	table: string
	/** What the database is told. */
	sql: readonly string[]
	good: string
	bad: string | null
	/** How many transactions may carry a row, and how many more there may be for 2,000 refused ones. */
	transactions: number
	extra: number
}

const columns = 'id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE'
const TWO = { good: 'good', bad: 'bad', transactions: 2, extra: 0 }

function raising(
	kind: 'ABORT' | 'FAIL' | 'ROLLBACK',
	table: string,
): Pick<Refusal, 'title' | 'table' | 'sql'> {
	return {
		title: `RAISE(${kind}) of a trigger`,
		table,
		sql: [
			`CREATE TABLE ${table} (${columns}, value TEXT)`,
			`CREATE TRIGGER ${table}_rule BEFORE INSERT ON ${table} WHEN NEW.value = 'bad' BEGIN SELECT RAISE(${kind}, 'no'); END`,
		],
	}
}

/** Each kind that libSQL tells apart, or fails to. The table `parents` comes before those that refer to it. */
export const REFUSALS: readonly Refusal[] = [
	{
		...TWO,
		title: 'a CHECK',
		table: 'checked',
		sql: [`CREATE TABLE checked (${columns}, value TEXT CHECK (value <> 'bad'))`],
	},
	{
		...TWO,
		title: 'NOT NULL of a column',
		table: 'filled',
		sql: [`CREATE TABLE filled (${columns}, value TEXT NOT NULL)`],
		bad: null,
	},
	{
		...TWO,
		title: 'NOT NULL of another table that a trigger writes to',
		table: 'noted',
		sql: [
			`CREATE TABLE noted (${columns}, value TEXT)`,
			`CREATE TABLE notes (text TEXT NOT NULL)`,
			`CREATE TRIGGER noted_rule AFTER INSERT ON noted BEGIN INSERT INTO notes VALUES (NULLIF(NEW.value, 'bad')); END`,
		],
	},
	{
		...TWO,
		title: 'a FOREIGN KEY',
		table: 'children',
		sql: [
			`CREATE TABLE parents (name TEXT PRIMARY KEY)`,
			`INSERT INTO parents VALUES ('good')`,
			`CREATE TABLE children (${columns}, value TEXT REFERENCES parents)`,
		],
	},
	{
		...TWO,
		title: 'a FOREIGN KEY that is judged at COMMIT',
		table: 'deferred',
		sql: [`CREATE TABLE deferred (${columns}, value TEXT REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`],
	},
	// Nobody can tell whose row it was: one more is the price.
	{
		...TWO,
		title: 'a FOREIGN KEY that the schema knows nothing of, judged at COMMIT',
		table: 'unsaid',
		sql: [`CREATE TABLE unsaid (${columns}, value TEXT REFERENCES parents DEFERRABLE INITIALLY DEFERRED)`],
		transactions: 3,
		extra: 2000,
	},
	{ ...TWO, ...raising('ABORT', 'aborting') },
	{ ...TWO, ...raising('FAIL', 'failing') },
	// It ends the transaction of whoever shares it: one more is the price.
	{ ...TWO, ...raising('ROLLBACK', 'undoing'), transactions: 3, extra: 2000 },
	{
		...TWO,
		title: 'a generated column, by an error that is no constraint',
		table: 'documents',
		sql: [
			`CREATE TABLE documents (${columns}, value TEXT, kind TEXT AS (json_extract(value, '$.kind')) STORED)`,
		],
		good: '{"kind":"good"}',
		bad: 'not json',
	},
]
