import { type Schema, schemaOf } from './database-schema.ts'
import { type Doubt, isStopped, judge, type Step } from './judgement.ts'
import { clientOf, type Database, type Migration, notedIn, readMigrations } from './migrations.ts'
import { StartError } from './server.ts'

// A database that had tables before it had Drizzle's journal, or whose journal has gaps, is taken over: what is there is
// noted as applied, and what is missing is added.

export const BASELINE = 'npm run db:migrate -- --baseline'

export interface BaselineOptions {
	/** The last migration to be taken over: all, unless told. */
	until?: string | undefined
	folder?: string
}

export interface Baseline {
	/** How many migrations are noted now that were not. */
	noted: number
	/** The tables, columns and so on that were missing. */
	added: string[]
	/** How many are behind the last that was to be taken over. */
	left: number
}

/** As Drizzle's migrator has it. */
const MAKE_JOURNAL = `CREATE TABLE IF NOT EXISTS "__drizzle_migrations" (
			id SERIAL PRIMARY KEY,
			hash text NOT NULL,
			created_at numeric
		)`

/** And once, though two may do this at the same time. */
const NOTE = `INSERT INTO __drizzle_migrations ("hash", "created_at")
	SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM __drizzle_migrations WHERE created_at = ?2)`

/** All in one transaction: twice is as good as once. @throws StartError where nothing was changed, with what to do. */
export async function takeOver(
	database: Database,
	{ until, folder }: BaselineOptions = {},
): Promise<Baseline> {
	const all = readMigrations(folder)
	const missing = unnoted(all, await notedIn(database))
	const last = until === undefined ? all.length - 1 : all.findIndex(({ name }) => name === until)
	if (last === -1 && until !== undefined) {
		throw new StartError(
			`there is no migration ${until}, only ${all.map(({ name }) => name).join(', ') || 'none'}`,
		)
	}
	const asked = missing.filter((migration) => all.indexOf(migration) <= last)
	const { steps, doubt } = await judge(all, asked, await schemaIn(database))
	if (doubt) throw new StartError(refusalOf(doubt, asked))
	const lacking = steps.filter(({ isThere }) => !isThere)
	if (asked.length > 0) await apply(database, asked, lacking)
	const added = lacking.flatMap(({ makes }) => {
		const tables = makes.filter(({ kind }) => kind === 'table')
		return (tables.length > 0 ? tables : makes).map(({ kind, name }) => `${kind} ${name}`)
	})
	return { noted: asked.length, added, left: missing.length - asked.length }
}

/** Why nothing less would do for this database, in words; nothing where `npm run db:migrate` does. Changes nothing. */
export async function whyBaseline(database: Database, folder?: string): Promise<string | undefined> {
	const all = readMigrations(folder)
	const noted = await notedIn(database)
	const missing = unnoted(all, noted)
	if (missing.length === 0) return undefined
	const schema = await schemaIn(database)
	const { steps } = await judge(all, missing, schema)
	if (steps.some((step) => isStopped(step, schema))) {
		return `The database has what migrations make that it has no note of: "${BASELINE}" notes them, and adds only what is missing.`
	}
	return missing.some(({ createdAt }) => createdAt < Math.max(...noted))
		? `A migration is missing that is older than the last: only "${BASELINE}" does not pass it over.`
		: undefined
}

/** Drizzle itself looks at the last note alone. */
function unnoted(all: readonly Migration[], noted: ReadonlySet<number>): Migration[] {
	return all.filter(({ createdAt }) => !noted.has(createdAt))
}

async function schemaIn(database: Database): Promise<Schema> {
	const client = clientOf(database)
	return await schemaOf(async (sql) => (await client.execute(sql)).rows)
}

async function apply(
	database: Database,
	migrations: readonly Migration[],
	steps: readonly Step[],
): Promise<void> {
	const sent = [
		{ sql: MAKE_JOURNAL },
		...migrations.flatMap((migration) => [
			...steps.filter((step) => step.migration === migration),
			{ sql: NOTE, args: [migration.hash, migration.createdAt] },
		]),
	]
	try {
		await clientOf(database).migrate(sent)
	} catch (error) {
		const step = sent[Number(Reflect.get(Object(error), 'statementIndex'))]
		const { message: reason } =
			error instanceof Error && error.cause instanceof Error ? error.cause : new Error(String(error))
		const where = step && 'migration' in step ? `${step.migration.name}, statement ${step.statement}: ` : ''
		throw new StartError(`${where}${reason}${twinsIn(reason)}`)
	}
}

/** How to find the rows that a unique index can't be made over. */
function twinsIn(reason: string): string {
	const [, columns, table] = /UNIQUE constraint failed: (([^.]+)\..+)$/.exec(reason) ?? []
	return columns === undefined
		? ''
		: `. Rows share what is to be unique: SELECT ${columns} FROM ${table} GROUP BY ${columns} HAVING count(*) > 1`
}

function refusalOf({ migration, statement, why, isUnseen }: Doubt, asked: readonly Migration[]): string {
	const refusal = `${migration.name}, statement ${statement}: ${why}.`
	if (!isUnseen) return refusal
	const before = asked[asked.indexOf(migration) - 1]
	const first = before ? `"${BASELINE}=${before.name}" and then ` : ''
	return `${refusal} If the migration was never applied, ${first}"npm run db:migrate" does it. If it was, let one take the place of all: delete drizzle/ and run "npm run db:generate".`
}
