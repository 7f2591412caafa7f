import { REFUSED, rowOf, type Work } from './work.ts'

/** What a request sends; the connection adds the rest. Text is ASCII. */
export interface Sending {
	method: 'GET' | 'POST' | 'PUT'
	path: string
	type?: string
	body?: string
}

const JSON_TYPE = 'application/json'

/** A function from the keys of one request's rows to that request. `fresh` makes one that no row has yet, by place. */
export type Builder = (keys: readonly string[], work: Work, fresh: (place: number) => string) => Sending

export function get(path: string): Builder {
	return () => ({ method: 'GET', path })
}

/** One row as a JSON object. */
export function postRow(path: string): Builder {
	return ([key = '']) => ({ method: 'POST', path, type: JSON_TYPE, body: rowOf(key) })
}

/** A counter as a JSON object. */
export function sendCounter(method: 'POST' | 'PUT', path: string): Builder {
	return ([key = '']) => ({ method, path, type: JSON_TYPE, body: `{"slug":"${key}","views":1}` })
}

export function postArray(path: string): Builder {
	return (keys) => ({ method: 'POST', path, type: JSON_TYPE, body: `[${keys.map(rowOf).join()}]` })
}

/** The rows of these keys get names that none has had: a unique column is set. */
export function putNames(path: string): Builder {
	return (keys, _, fresh) => {
		const rows = keys.map((key, place) => `{"name":"${fresh(place)}","email":"${key}@example.com"}`)
		return { method: 'PUT', path, type: JSON_TYPE, body: `[${rows.join()}]` }
	}
}

/** Accounts, of which the database refuses so many, evenly spread. */
export function postRefused(path: string, count: number): Builder {
	return (keys) => {
		const step = keys.length / count
		const accounts = keys.map((key, place) => `{"username":"${place % step === 0 ? REFUSED : ''}${key}"}`)
		return { method: 'POST', path, type: JSON_TYPE, body: `[${accounts.join()}]` }
	}
}

export function postLines(path: string): Builder {
	return (keys) => ({
		method: 'POST',
		path,
		type: 'application/x-ndjson',
		body: `${keys.map(rowOf).join('\n')}\n`,
	})
}

/** The cheapest statement that does the work of one row: an INSERT or a SELECT, never both. */
export const pipelineRow: Builder = ([key = ''], work) =>
	work === 'new'
		? pipeline('INSERT INTO users (name, email) VALUES (?1, ?2)', key, `${key}@example.com`)
		: pipeline('SELECT id, name, email FROM users WHERE email = ?1', `${key}@example.com`)

/** The same for many rows. They travel as one parameter, which is faster than one for each value. */
export const pipelineRows: Builder = (keys, work) => {
	const rows = `[${keys.map((key) => `["${key}","${key}@example.com"]`).join()}]`
	return work === 'new'
		? pipeline(
				`INSERT INTO users (name, email) SELECT value ->> 0, value ->> 1 FROM json_each(?1) WHERE true`,
				rows,
			)
		: pipeline(
				`SELECT users.id, name, email FROM json_each(?1) AS item CROSS JOIN users ON email = item.value ->> 1`,
				rows,
			)
}

function pipeline(sql: string, ...values: string[]): Sending {
	const stmt = { sql, args: values.map((value) => ({ type: 'text', value })) }
	const body = JSON.stringify({ requests: [{ type: 'execute', stmt }, { type: 'close' }] })
	return { method: 'POST', path: '/v2/pipeline', type: JSON_TYPE, body }
}
