import { getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { resource } from '../../../src/service/resource'
import { serve } from '../../support/app'
import { askApp, linesOf } from '../../support/ask'
import { type Documented, documentedBy, type OpenApi } from './documented'
import type { Subject } from './subject'

export interface Answer {
	status: number
	location: string | null
	replayed: string | null
	body: unknown
}

export interface Asked {
	/** As JSON, or text that is sent as it is. */
	body?: unknown
	idempotencyKey?: string
}

/** The service over the tables of all subjects. Of one that it refuses, every request throws the reason. */
export class Service {
	readonly #app
	readonly #settings: object
	readonly #refusals = new Map<SQLiteTable, unknown>()
	#documented: Promise<Documented> | undefined

	/** With other settings than the tests have, where such are given. */
	constructor(subjects: readonly Subject[], settings: object = {}) {
		this.#settings = settings
		this.#app = serve(
			subjects.flatMap(({ served }) => {
				try {
					return [resource(served)]
				} catch (reason) {
					this.#refusals.set(served, reason)
					return []
				}
			}),
		)
	}

	/** `rest` is what follows the table's path. */
	async ask(
		subject: Subject,
		method: string,
		rest: string,
		{ body, idempotencyKey }: Asked = {},
	): Promise<Answer> {
		this.#requireServed(subject)
		const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
		return await this.#answer(method, `${pathOf(subject)}${rest}`, { body: text, idempotencyKey })
	}

	/** A path out of an answer. */
	async follow(location: string | null): Promise<Answer> {
		return await this.#answer('GET', location ?? 'nowhere', {})
	}

	/** What comes back for lines, each a row or text that is sent as it is. */
	async stream(
		subject: Subject,
		method: string,
		rest: string,
		lines: readonly unknown[],
	): Promise<unknown[]> {
		this.#requireServed(subject)
		const body = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
		const sent = { body, type: 'application/x-ndjson' }
		return await linesOf(await askApp(this.#app, method, `${pathOf(subject)}${rest}`, sent, this.#settings))
	}

	/** What the service's own document says of requests and answers about a table. */
	async documented(subject: Subject): Promise<Documented> {
		this.#requireServed(subject)
		this.#documented ??= this.#answer('GET', '/openapi.json', {}).then(({ body }) =>
			documentedBy(body as OpenApi),
		)
		return await this.#documented
	}

	async #answer(method: string, path: string, sent: Parameters<typeof askApp>[3]): Promise<Answer> {
		const response = await askApp(this.#app, method, path, sent, this.#settings)
		return {
			status: response.status,
			location: response.headers.get('location'),
			replayed: response.headers.get('idempotency-replayed'),
			body: await response.json(),
		}
	}

	#requireServed({ served }: Subject): void {
		const reason = this.#refusals.get(served)
		if (reason !== undefined) throw reason
	}
}

export function pathOf({ served }: Subject): string {
	return `/${encodeURIComponent(getTableName(served))}`
}

/** As a list parameter, or nothing. */
export function byQuery(by: readonly string[]): string {
	return `?by=${by.map(encodeURIComponent).join()}`
}
