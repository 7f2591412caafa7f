import { WorkerEntrypoint } from 'cloudflare:workers'
import {
	askMany,
	type NamedTerms,
	onlyOne,
	type Failed as Refused,
	type Result,
} from '../get-or-create/ask-many'
import type { Verb } from '../get-or-create/shape'
import type { Backend } from './backend'
import { commit } from './commits/commit'
import type { KeepAlive } from './commits/group-commit'
import { countedProblem, loggedProblem } from './http/problem-of'
import { countRow, isLogged, type LogFields, log, wordOf } from './log'
import type {
	Failed,
	GetOptions,
	Got,
	Resources,
	RowInput,
	Rpc,
	TableName,
	Updated,
	UpdateOptions,
} from './served'

/** A class to be extended and exported: what other Workers bind to. */
export type Entrypoint<R extends Resources> = new (
	ctx: ExecutionContext,
	env: object,
) => WorkerEntrypoint<object> & Rpc<R>

export function entrypointOf<R extends Resources>(resources: R, backend: Backend): Entrypoint<R> {
	type Run = <N extends TableName<R>>(
		table: N,
		verb: Verb,
		rows: readonly Readonly<Record<string, unknown>>[],
		options: NamedTerms,
	) => Promise<(Updated<R, N> | Failed)[]>

	const runnerOf = (env: object, keepAlive: KeepAlive): Run => {
		return async function run(table, verb, rows, options) {
			const started = Date.now()
			const logFields: LogFields = {}
			let isRefused = false
			const served = resources.find(({ name }) => name === table)
			try {
				if (!served) throw new Error(`there is no table "${table}"`)
				const { info, visible } = served
				const { timeout } = backend.settings(env)
				const commits = backend.ownDatabase(env)
				return plainResults(
					logFields,
					await askMany({ info, columns: visible }, verb, rows, options, (requests) =>
						commit({ commits, timeout }, requests, logFields, keepAlive),
					),
				)
			} catch (error) {
				isRefused = true
				loggedProblem(logFields, error)
				throw error
			} finally {
				if (isLogged(() => backend.settings(env), logFields, isRefused))
					log({ rpc: verb, table: served?.info.name }, logFields, started)
			}
		}
	}

	return class extends WorkerEntrypoint<object> implements Rpc<R> {
		readonly #run: Run

		constructor(ctx: ExecutionContext, env: object) {
			super(ctx, env)
			this.#run = runnerOf(env, (promise) => ctx.waitUntil(promise))
		}

		async getOrCreate<N extends TableName<R>>(
			table: N,
			row: RowInput<R, N>,
			options: GetOptions<R, N> = {},
		): Promise<Got<R, N>> {
			return onlyOne(asErrors(await this.getOrCreateMany(table, [row], options)))
		}

		async getOrCreateMany<N extends TableName<R>>(
			table: N,
			rows: readonly RowInput<R, N>[],
			options: GetOptions<R, N> = {},
		): Promise<(Got<R, N> | Failed)[]> {
			const results = await this.#run(table, 'get-or-create', rows, options)
			return results.map((result) => {
				if ('error' in result) return result
				const { row, created, replayed } = result
				return { row, created, replayed }
			})
		}

		async updateOrCreate<N extends TableName<R>>(
			table: N,
			row: Partial<RowInput<R, N>>,
			options: UpdateOptions<R, N> = {},
		): Promise<Updated<R, N>> {
			return onlyOne(asErrors(await this.updateOrCreateMany(table, [row], options)))
		}

		async updateOrCreateMany<N extends TableName<R>>(
			table: N,
			rows: readonly Partial<RowInput<R, N>>[],
			options: UpdateOptions<R, N> = {},
		): Promise<(Updated<R, N> | Failed)[]> {
			return await this.#run(table, 'update-or-create', rows, options)
		}
	}

	function plainResults<N extends TableName<R>>(
		logFields: LogFields,
		results: (Result | Refused)[],
	): (Updated<R, N> | Failed)[] {
		return results.map((result) => {
			if ('error' in result) {
				countedProblem(logFields, result.error)
				return { error: plain(result.error) }
			}
			countRow(logFields, wordOf(result))
			const { row, created, updated, replayed = false } = result
			// The row has the visible columns' Drizzle values, which is what Row<R, N> says, from the same definition.
			// oxlint-disable-next-line typescript/no-unsafe-type-assertion
			return { row: row as Updated<R, N>['row'], created, updated, replayed }
		})
	}
}

/** An error's own fields. Its cause stays here: it may hold SQL and values. */
function plain(error: Error): Failed['error'] {
	const fields = Object.entries(error).filter(([field]) => field !== 'cause')
	return { ...Object.fromEntries(fields), name: error.name, message: error.message }
}

function asErrors<T>(results: (T | Failed)[]): (T | { error: Error })[] {
	return results.map((result) =>
		isFailed(result) ? { error: Object.assign(new Error(result.error.message), result.error) } : result,
	)
}

function isFailed(result: unknown): result is Failed {
	return typeof result === 'object' && result !== null && 'error' in result
}
