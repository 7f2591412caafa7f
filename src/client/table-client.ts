import type { Ways } from '../get-or-create/ways'
import type { Resources, TableName } from '../service/served'
import { ask, type Limits } from './ask'
import { type Connection, isObject, type Question } from './attempt'
import type { Atomic, CallOptions, Created, Item, Single, Source, TableClient, Updated } from './calls'
import { type JsonRow, jsonOf, queryOf } from './json'
import { ProblemError } from './problem-error'
import { goAtOnce } from './read-ahead'
import { now } from './signals'
import { streamed } from './stream'

interface Service extends Connection {
	/** How long a call may take, in milliseconds, unless it says otherwise. */
	timeout: number
}

/** Those of any call, with columns of any table. */
interface Options extends CallOptions, Ways<string>, Atomic {
	by?: readonly string[] | undefined
	idempotencyKey?: string | false | undefined
}

type Write = 'POST' | 'PUT'

/** The client of the table at this URL. */
export function tableClient<R extends Resources, N extends TableName<R>>(
	service: Service,
	url: string,
): TableClient<R, N> {
	const limitsOf = ({ signal, timeout = service.timeout }: CallOptions): Limits => ({
		deadline: now() + timeout,
		signal,
	})

	async function get(key: object, options: CallOptions = {}): Promise<JsonRow<R, N> | undefined> {
		const question: Question<JsonRow<R, N>> = {
			method: 'GET',
			url: withQuery(url, queryOf(key)),
			isAnswer: (json): json is JsonRow<R, N> => isObject(json),
		}
		try {
			return (await ask(service, question, limitsOf(options))).json
		} catch (error) {
			if (error instanceof ProblemError && error.slug === 'not-found') return undefined
			throw error
		}
	}

	async function one<T extends object>(method: Write, row: object, options: Options): Promise<Single<T>> {
		const question: Question<T> = {
			method,
			url: withQuery(url, queryOfOptions(options)),
			body: jsonOf(row),
			key: keysOf(options)(0),
			isAnswer: (json): json is T => isObject(json) && 'row' in json,
		}
		const { json, replayed } = await ask(service, question, limitsOf(options))
		return { ...json, replayed }
	}

	function stream<T, Row>(
		method: Write,
		rows: Source<Row>,
		encode: (row: Row) => string,
		options: Options,
		limits?: Limits,
	): AsyncIterableIterator<Item<T>> {
		const target = withQuery(url, queryOfOptions(options))
		const keyOf = keysOf(options)
		return streamed<Row, Item<T>>(rows, {
			encode,
			isEager: limits === undefined && !options.idempotencyKey,
			signal: options.signal,
			async ask(texts, number, signal) {
				const question: Question<Item<T>[]> = {
					method,
					url: target,
					body: `[${texts.join()}]`,
					key: keyOf(number),
					isAnswer: (json): json is Item<T>[] => Array.isArray(json) && json.length === texts.length,
				}
				try {
					return (await ask(service, question, { ...(limits ?? limitsOf(options)), signal })).json
				} catch (error) {
					// Of a row that is too large on its own the others know nothing.
					if (texts.length > 1 || !(error instanceof ProblemError)) throw error
					if (error.slug !== 'payload-too-large') throw error
					return [{ problem: error.problem }]
				}
			},
		})
	}

	async function many<T>(method: Write, rows: Iterable<object>, options: Options): Promise<Item<T>[]> {
		const limits = limitsOf(options)
		// All of them before the first is sent: who gives them may change them meanwhile.
		const texts = Array.from(rows, jsonOf)
		if (options.atomic && !goAtOnce(texts)) {
			throw new RangeError(`${texts.length} rows can't be atomic: they are more than go in one request`)
		}
		const items: Item<T>[] = []
		for await (const item of stream<T, string>(method, texts, (text) => text, options, limits))
			items.push(item)
		return items
	}

	return {
		get,
		getOrCreate: async (row, options = {}) => await one<Created<JsonRow<R, N>, R>>('POST', row, options),
		getOrCreateMany: async (rows, options = {}) =>
			await many<Created<JsonRow<R, N>, R>>('POST', rows, options),
		getOrCreateStream: (rows, options = {}) =>
			stream<Created<JsonRow<R, N>, R>, object>('POST', rows, jsonOf, options),
		updateOrCreate: async (row, options = {}) => await one<Updated<JsonRow<R, N>, R>>('PUT', row, options),
		updateOrCreateMany: async (rows, options = {}) =>
			await many<Updated<JsonRow<R, N>, R>>('PUT', rows, options),
		updateOrCreateStream: (rows, options = {}) =>
			stream<Updated<JsonRow<R, N>, R>, object>('PUT', rows, jsonOf, options),
	}
}

/** What of a call's options is not the service's to know. */
const OWN = ['signal', 'timeout', 'idempotencyKey']

function queryOfOptions(options: Options): Record<string, string> {
	return Object.fromEntries(
		Object.entries(options).flatMap(([name, value]) =>
			value && !OWN.includes(name) ? [[name, String(value)]] : [],
		),
	)
}

function withQuery(url: string, query: Record<string, string>): string {
	const text = String(new URLSearchParams(query))
	return text === '' ? url : `${url}?${text}`
}

/** The Idempotency-Key of each request of a call, by its number. */
function keysOf({ idempotencyKey = randomKey() }: Options): (number: number) => string | undefined {
	if (idempotencyKey === false) return () => undefined
	return (number) => (number === 0 ? idempotencyKey : `${idempotencyKey} #${number}`)
}

/** Not crypto.randomUUID, which pages have only over HTTPS. */
function randomKey(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16))
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
