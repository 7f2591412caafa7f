import type { ProblemBody, Slug } from '../service/http/problem'

/** An RFC 9457 problem, as the service answers it: its `conflicts`, `errors`, `keys` and `refused` say what the slug is about. */
export type { ProblemBody, Slug }

/** Which problem it is, whatever path the service is mounted at. */
export function slugOf({ type }: ProblemBody): Slug {
	// The service has these slugs and no others.
	// oxlint-disable-next-line typescript/no-unsafe-type-assertion
	return type.slice(type.lastIndexOf('/') + 1) as Slug
}

/** The service refused the request: `problem` says why. */
export class ProblemError extends Error {
	override readonly name = 'ProblemError'
	readonly slug: Slug
	readonly status: number
	constructor(
		readonly problem: ProblemBody,
		/** In seconds, after which it may be asked again. 0 where the service didn't say. */
		readonly retryAfter: number,
	) {
		super(`${problem.title}: ${problem.detail}`)
		this.slug = slugOf(problem)
		this.status = problem.status
	}
}

/** There was no answer, or none of the service's. What was asked may be done or not. */
export class ConnectionError extends Error {
	override readonly name = 'ConnectionError'
	constructor(
		message: string,
		cause?: unknown,
		/** Of an answer that came from somebody else, or broken. */
		readonly status?: number,
		/** In seconds, where that answer said so. */
		readonly retryAfter = 0,
	) {
		super(message, { cause })
	}
}
