import {
	ConnectionError,
	createClient,
	type Item,
	type ProblemBody,
	ProblemError,
	slugOf,
} from '../../client'
import type { Resources } from '../../service/served'
import type { Options } from './arguments'
import type { Row } from './row'
import { Stop, Wrong } from './stop'
import type { Judge, Verdict } from './verdict'

/** As much of a client's table as an import uses. */
interface Rows {
	get(key: Row, options: Call): Promise<object | undefined>
	getOrCreateStream(rows: Iterable<Row>, options: Call & Asked): AsyncIterable<Item<Told>>
	updateOrCreateStream(rows: Iterable<Row>, options: Call & Asked): AsyncIterable<Item<Told>>
}
interface Call {
	signal: AbortSignal
}
interface Asked {
	idempotencyKey: string
	by: string[] | undefined
	update?: string[] | undefined
}
interface Told {
	row: object
	created: boolean
	updated?: boolean
}

/** Sends rows to the service. The client sends again what was not answered, under the same Idempotency-Key. */
export function sender(options: Options): Judge {
	const rowsOf = clientOf(options)
	const { by, update, isUpdate } = options
	return async (rows, name, signal) => {
		const asked = { idempotencyKey: name, by, signal }
		const items = isUpdate
			? rowsOf.updateOrCreateStream(rows, { ...asked, update })
			: rowsOf.getOrCreateStream(rows, asked)
		const verdicts: Verdict[] = []
		try {
			for await (const item of items) verdicts.push(verdictOf(item))
		} catch (error) {
			signal.throwIfAborted()
			throw stopOf(error, options)
		}
		return verdicts
	}
}

/**
 * Asks for a row as the import will, and only reads: whoever may not, or asks by what identifies no row, is told before
 * the first row is sent. @throws Stop
 */
export async function probe(options: Options, row: Row, signal: AbortSignal): Promise<void> {
	const { by } = options
	const key = Object.fromEntries(Object.entries(row).filter(([name]) => by?.includes(name) ?? true))
	const isWhole = by?.every((name) => name in key) ?? JSON.stringify(key).length < MAX_KEY
	if (!isWhole || Object.values(key).includes(null)) return
	try {
		await clientOf(options).get(key, { signal })
	} catch (error) {
		signal.throwIfAborted()
		// That may be this row's alone.
		const isOfRow =
			error instanceof ProblemError &&
			(error.slug === 'invalid-parameter' || (error.slug === 'not-a-unique-key' && by === undefined))
		if (!isOfRow) throw stopOf(error, options)
	}
}

/** It goes into an address. */
const MAX_KEY = 4000

function clientOf({ url, token, table, timeout }: Options): Rows {
	const rows: object | undefined = createClient<Resources>({ url, token, timeout })[table]
	if (!rows) throw new Stop(`A table "${table}" can't be imported into.`)
	// Its columns were read from the service, and no type knows them.
	// oxlint-disable-next-line typescript/no-unsafe-type-assertion
	return rows as Rows
}

function verdictOf(item: Item<Told>): Verdict {
	if (item.problem) return refusalOf(item.problem)
	return item.created ? 'created' : item.updated ? 'updated' : 'existing'
}

/** @throws Stop where it is not the row's fault. */
function refusalOf(problem: ProblemBody): Wrong {
	switch (slugOf(problem)) {
		case 'database-unavailable':
		case 'database-timeout':
		case 'rate-limited':
		case 'misconfigured':
			throw new Stop(`The service could not go on: ${problem.detail}`)
		default:
			return new Wrong(reasonOf(problem))
	}
}

function reasonOf({ detail, errors, conflicts }: ProblemBody): string {
	if (errors) return errors.map((each) => `${each.pointer.slice(1)}: ${each.detail}`).join('; ')
	if (!conflicts) return detail
	const others = conflicts.map(
		({ key, differs }) => `another row has this ${key.join(', ')}, and differs in ${differs.join(', ')}`,
	)
	return others.join('; ')
}

function stopOf(error: unknown, { url }: Options): unknown {
	if (error instanceof ConnectionError) {
		return new Stop(`There was no answer from the service at ${url}: ${error.message}`)
	}
	if (!(error instanceof ProblemError)) return error
	const { slug, problem } = error
	if (slug === 'unauthorized') return new Stop(`API_TOKEN is none of the tokens of the service at ${url}.`)
	const keys = problem.keys?.map((key) => key.join(',')).join(' or ')
	return new Stop(`${problem.detail}${keys ? ` Unique keys are ${keys}.` : ''} (${slug})`)
}
