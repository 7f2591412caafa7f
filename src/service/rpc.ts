import { WorkerEntrypoint } from 'cloudflare:workers'
import {
	type AskOptions,
	askMany,
	onlyOne,
	type Failed as Refused,
	type Result,
} from '../get-or-create/ask-many'
import type { Verb } from '../get-or-create/shape'
import { resources } from '../resources'
import { commit } from './commits/commit'
import type { KeepAlive } from './commits/group-commit'
import { countedProblem, notedProblem } from './http/problem-of'
import { countRow, isLogged, log, type Notes, wordOf } from './log'
import type { GetOptions, Got, Row, RowInput, TableName, Updated, UpdateOptions } from './served'
import { settingsOf } from './settings'

/** What stands in a row's place: plain data, with the fields of the error of that name (`conflicts`, `faults`, `keys`). */
export interface Failed {
	error: { name: string; message: string; [field: string]: unknown }
}

/**
 * The service for other Workers, over a service binding: no HTTP, no token, the same promises. Values are Drizzle's
 * (a `Date` is a `Date`). The single forms throw what the many forms give as `error`.
 * @example
 * // wrangler.toml of the other Worker:
 * // services = [{ binding = "ROWS", service = "edge-get-or-create", entrypoint = "GetOrCreate" }]
 * const { row, created } = await env.ROWS.getOrCreate('users', { email, name }, { by: ['email'] })
 */
export class GetOrCreate extends WorkerEntrypoint<Env> {
	readonly #keepAlive: KeepAlive = (promise) => this.ctx.waitUntil(promise)

	async getOrCreate<N extends TableName>(
		table: N,
		row: RowInput<N>,
		options: GetOptions<N> = {},
	): Promise<Got<N>> {
		return onlyOne(asErrors(await this.getOrCreateMany(table, [row], options)))
	}

	async getOrCreateMany<N extends TableName>(
		table: N,
		rows: readonly RowInput<N>[],
		options: GetOptions<N> = {},
	): Promise<(Got<N> | Failed)[]> {
		const results = await run(this.env, this.#keepAlive, table, 'get-or-create', rows, options)
		return results.map((result) =>
			'error' in result ? result : { row: result.row, created: result.created },
		)
	}

	async updateOrCreate<N extends TableName>(
		table: N,
		row: Partial<RowInput<N>>,
		options: UpdateOptions<N> = {},
	): Promise<Updated<N>> {
		return onlyOne(asErrors(await this.updateOrCreateMany(table, [row], options)))
	}

	async updateOrCreateMany<N extends TableName>(
		table: N,
		rows: readonly Partial<RowInput<N>>[],
		options: UpdateOptions<N> = {},
	): Promise<(Updated<N> | Failed)[]> {
		return await run(this.env, this.#keepAlive, table, 'update-or-create', rows, options)
	}
}

/** The type of a binding to it: the runtime's own `Service<…>` would lose which table has which columns. */
export type GetOrCreateBinding = Omit<GetOrCreate, keyof WorkerEntrypoint>

async function run<N extends TableName>(
	env: Env,
	keepAlive: KeepAlive,
	table: N,
	verb: Verb,
	rows: readonly Readonly<Record<string, unknown>>[],
	options: AskOptions,
): Promise<(Updated<N> | Failed)[]> {
	const started = Date.now()
	const notes: Notes = {}
	let isRefused = false
	const served = resources.find(({ info }) => info.name === table)
	try {
		if (!served) throw new Error(`there is no table "${table}"`)
		const { info, visible } = served
		const settings = settingsOf(env)
		return present(
			notes,
			await askMany({ info, columns: visible }, verb, rows, options, (requests) =>
				commit(settings, requests, notes, keepAlive),
			),
		)
	} catch (error) {
		isRefused = true
		notedProblem(notes, error)
		throw error
	} finally {
		if (isLogged(env, notes, isRefused)) log({ rpc: verb, table: served?.info.name }, notes, started)
	}
}

function present<N extends TableName>(notes: Notes, results: (Result | Refused)[]): (Updated<N> | Failed)[] {
	return results.map((result) => {
		if ('error' in result) {
			countedProblem(notes, result.error)
			return { error: plain(result.error) }
		}
		countRow(notes, wordOf(result))
		const { created, updated } = result
		// The row has the visible columns' Drizzle values, which is what Row<N> says, from the same definition.
		// oxlint-disable-next-line typescript/no-unsafe-type-assertion
		return { row: result.row as Row<N>, created, updated }
	})
}

/** An error's own fields. Its cause stays here: it may hold SQL and values. */
function plain(error: Error): Failed['error'] {
	const fields = Object.entries(error).filter(([field]) => field !== 'cause')
	return { ...Object.fromEntries(fields), name: error.name, message: error.message }
}

function asErrors<R>(results: (R | Failed)[]): (R | { error: Error })[] {
	return results.map((result) =>
		isFailed(result) ? { error: Object.assign(new Error(result.error.message), result.error) } : result,
	)
}

function isFailed(result: unknown): result is Failed {
	return typeof result === 'object' && result !== null && 'error' in result
}
