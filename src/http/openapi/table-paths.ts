import { listed, type UniqueKey } from '../../get-or-create/table'
import { tablePath } from '../path'
import type { Slug } from '../problem'
import type { Resource } from '../resource'
import { valueSchema } from './column-schema'
import { exampleAnswer, exampleKey, exampleValue, isExampleKey } from './examples'
import { headers } from './headers'
import type { Operation, Parameter, PathItem } from './operation'
import { keyList } from './parameters'
import { problemResponses } from './problem-schemas'
import { componentName, rowRef } from './row-schemas'
import { TABLE_PROBLEMS, writeOperation } from './write-operation'

/** The operations of one table. */
export function tablePaths(resource: Resource): Record<string, PathItem> {
	const { info, keys } = resource
	const path = tablePath(info.name)
	const key = keys.find((candidate) => candidate === info.primaryKey)
	return {
		[path]: {
			get: findOperation(resource),
			post: writeOperation(resource, 'post'),
			put: writeOperation(resource, 'put'),
		},
		...(key ? { [`${path}/{id}`]: { get: readOperation(resource, key) } } : {}),
	}
}

function findOperation(resource: Resource): Operation {
	const { info, visible, keys } = resource
	const asked = exampleKey(resource)
	return {
		operationId: `find-${componentName(info.name)}`,
		summary: `Get the row of ${info.name} with a unique key`,
		description: `The filter must hold one of the unique keys: ${keyList(keys)}. Every column given must match.`,
		parameters: visible.map((column): Parameter => {
			const example = asked.includes(column) ? { example: exampleValue(column, 0) } : {}
			return { name: column.property, in: 'query', schema: valueSchema(column), ...example }
		}),
		...answerOf(resource, ['not-a-unique-key']),
	}
}

function readOperation(resource: Resource, key: UniqueKey): Operation {
	const { info } = resource
	const { columns } = key
	const [column, ...more] = columns
	const values = columns.map((member) => exampleValue(member, 0))
	const texts = columns.map(({ codec }, place) => encodeURIComponent(codec.presentText(values[place])))
	const isAlone = column !== undefined && more.length === 0
	const id: Parameter = {
		name: 'id',
		in: 'path',
		required: true,
		schema: isAlone ? valueSchema(column) : { type: 'string' },
		// What nobody gives is made up, otherwise for each row.
		...(isExampleKey(resource, key) ? { example: isAlone ? values[0] : texts.join() } : {}),
	}
	return {
		operationId: `read-${componentName(info.name)}`,
		summary: `Get the row of ${info.name} with a primary key`,
		parameters: [
			{
				...id,
				description: `The primary key: ${listed(columns)}${more.length > 0 ? ', with commas between' : ''}.`,
			},
		],
		...answerOf(resource, []),
	}
}

function answerOf(resource: Resource, slugs: Slug[]): Pick<Operation, 'tags' | 'responses'> {
	return {
		tags: [resource.info.name],
		responses: {
			200: {
				description: 'The row, bare.',
				headers: headers('Server-Timing'),
				content: {
					'application/json': { schema: rowRef(resource, 'Row'), example: exampleAnswer(resource, 0) },
				},
			},
			...problemResponses(['not-found', 'invalid-parameter', ...slugs, ...TABLE_PROBLEMS], ['Server-Timing']),
		},
	}
}
