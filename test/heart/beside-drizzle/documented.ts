import { dereference, type Schema, validate } from '@cfworker/json-schema'

export interface OpenApi {
	paths: Record<string, Record<string, Operation>>
	components: Schema
}

interface Operation {
	requestBody?: Body
	responses: Record<string, Body>
}

interface Body {
	content?: Record<string, { schema: Schema }>
}

/** What is wrong with JSON that is sent or answered, by the service's own document: nothing, as a rule. */
export interface Documented {
	sent(method: string, path: string, body: unknown): string[]
	answered(method: string, path: string, status: number, body: unknown): string[]
}

export function documentedBy({ paths, components }: OpenApi): Documented {
	const bodies = Object.values(paths)
		.flatMap((path) => Object.values(path))
		.flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
	// Schemas are looked up by where they are in a document, here in one that has nothing else.
	const lookup = dereference({ components, allOf: bodies.flatMap((body) => schemaOf(body) ?? []) })
	const faultsOf = (body: Body | undefined, value: unknown): string[] => {
		const schema = schemaOf(body)
		if (!schema) return ['is not documented']
		const { errors } = validate(value, schema, '2020-12', lookup, false)
		return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
	}
	const operation = (method: string, path: string) => paths[path]?.[method.toLowerCase()]
	return {
		sent: (method, path, body) => faultsOf(operation(method, path)?.requestBody, body),
		answered: (method, path, status, body) => faultsOf(operation(method, path)?.responses[status], body),
	}
}

function schemaOf(body: Body | undefined): Schema | undefined {
	return body?.content?.['application/json']?.schema
}
