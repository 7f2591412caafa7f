import type { Client, InStatement, ResultSet } from '@libsql/client/http'

interface Waiting {
	statements: InStatement[]
	resolve: (results: ResultSet[]) => void
	reject: (reason: unknown) => void
}

/**
 * Lets tests that run at the same time share transactions: in a database of hundreds of tables it is the connection that
 * takes long, which reads what they all are.
 */
export class SharedClient {
	readonly #client: Pick<Client, 'batch'>
	#waiting: Waiting[] = []
	#isSending = false

	constructor(client: Pick<Client, 'batch'>) {
		this.#client = client
	}

	async execute(statement: InStatement): Promise<ResultSet | undefined> {
		return (await this.batch([statement]))[0]
	}

	async batch(statements: InStatement[]): Promise<ResultSet[]> {
		return await new Promise((resolve, reject) => {
			this.#waiting.push({ statements, resolve, reject })
			void this.#send()
		})
	}

	async #send(): Promise<void> {
		if (this.#isSending) return
		this.#isSending = true
		while (this.#waiting.length > 0) {
			await new Promise((resolve) => setTimeout(resolve, 0))
			await this.#sendTogether(this.#waiting.splice(0))
		}
		this.#isSending = false
	}

	async #sendTogether(all: readonly Waiting[]): Promise<void> {
		try {
			const statements = all.flatMap((each) => each.statements)
			const results = await this.#client.batch(statements, 'write')
			for (const { statements: own, resolve } of all) resolve(results.splice(0, own.length))
		} catch (reason) {
			const [first] = all
			if (all.length > 1) for (const each of all) await this.#sendTogether([each])
			else first?.reject(reason)
		}
	}
}
