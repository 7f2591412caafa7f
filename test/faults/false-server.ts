import * as v from 'valibot'
import type { Fault } from './proxy.ts'

// What somebody says in the database's stead, so that nothing of what was asked has come to pass.

export function says(status: number, body: string, location?: string): Fault {
	return { kind: 'answer', status, body: () => body, ...(location === undefined ? {} : { location }) }
}

/** The answer to a pipeline whose batch could not be begun. */
export function refusing(code: string, message: string): Fault {
	return answering(() => ({ type: 'error', error: { code, message } }))
}

/** The answer to one whose first statement, BEGIN, went wrong, so that the others were left out. */
export function beginning(code: string, message: string): Fault {
	return answering(({ steps }) => {
		const [, ...rest] = steps.map(() => null)
		const result = { step_results: [null, ...rest], step_errors: [{ code, message }, ...rest] }
		return { type: 'ok', response: { type: 'batch', result } }
	})
}

const pipeline = v.object({
	requests: v.array(
		v.object({ type: v.string(), batch: v.optional(v.object({ steps: v.array(v.unknown()) })) }),
	),
})

function answering(toBatch: (batch: { steps: unknown[] }) => object): Fault {
	return {
		kind: 'answer',
		status: 200,
		body: (asked) => {
			const { requests } = v.parse(pipeline, JSON.parse(asked))
			const results = requests.map(({ type, batch }) =>
				batch ? toBatch(batch) : { type: 'ok', response: { type } },
			)
			return JSON.stringify({ baton: null, base_url: null, results })
		},
	}
}
