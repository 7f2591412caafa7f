import type { Schema } from './column-schema'

/** A value that the schema describes: its own example where it has one, else the plainest there is. */
export function schemaExample(schema: Schema): unknown {
	if (schema.const !== undefined) return schema.const
	if (schema.examples) return schema.examples[0]
	const [type] = [schema.type].flat()
	if (type === 'object') {
		const properties = Object.entries(schema.properties ?? {})
		return Object.fromEntries(properties.map(([name, each]) => [name, schemaExample(each)]))
	}
	if (type === 'array') return schema.items ? [schemaExample(schema.items)] : []
	return type === 'integer' || type === 'number' ? 1 : type === 'boolean' ? true : '…'
}
