import { type ColumnInfo, listed, type UniqueKey } from '../../get-or-create/table'
import { NO_SEGMENTS, tablePath } from '../http/path'
import type { Slug } from '../http/problem'
import type { Resource } from '../resource'
import { arrayOperation } from './array-operation'
import { parameterSchema } from './column-schema'
import { type Examples, examplesOf } from './examples'
import { headers } from './headers'
import type { Operation, Parameter, PathItem } from './operation'
import { keyList } from './parameters'
import { problemResponses } from './problem-schemas'
import { componentName, rowRef } from './row-schemas'
import type { View } from './view'
import { tableProblems, writeOperation } from './write-operation'

/** The operations of one table. */
export function tablePaths(resource: Resource, view: View): Record<string, PathItem> {
	const { info, keys } = resource
	const path = tablePath(info.name)
	const key = keys.find((candidate) => candidate === info.primaryKey)
	const examples = examplesOf(resource, view.parentOf)
	const write = view.isOfArrays ? arrayOperation : writeOperation
	return {
		[path]: {
			get: findOperation(resource, examples, view),
			post: write(resource, 'post', examples, view),
			put: write(resource, 'put', examples, view),
		},
		...(key ? { [`${path}/{id}`]: { get: readOperation(resource, key, examples, view) } } : {}),
	}
}

function findOperation(resource: Resource, examples: Examples, view: View): Operation {
	const { info, visible, keys } = resource
	return {
		operationId: `find-${componentName(info.name)}`,
		summary: `Get the row of ${info.name} with a unique key`,
		description: `The filter must hold one of the unique keys: ${keyList(keys)}. Every column given must match.`,
		parameters: visible.map((column): Parameter => {
			const [value] = examples.key.includes(column) ? valuesOf([column], examples) : []
			const example = value === undefined ? {} : { example: value }
			return { name: column.property, in: 'query', schema: parameterSchema(column), ...example }
		}),
		...answerOf(resource, examples, ['not-a-unique-key', ...tableProblems(view)]),
	}
}

function readOperation(
	resource: Resource,
	{ columns }: UniqueKey,
	examples: Examples,
	view: View,
): Operation {
	const { info } = resource
	const [column, ...more] = columns
	const isOne = column !== undefined && more.length === 0
	const example = segmentOf(valuesOf(columns, examples))
	return {
		operationId: `read-${componentName(info.name)}`,
		summary: `Get the row of ${info.name} with a primary key`,
		parameters: [
			{
				name: 'id',
				in: 'path',
				required: true,
				description: `The primary key: ${listed(columns)}${isOne ? '' : ', with commas between'}.`,
				schema: isOne ? parameterSchema(column) : { type: 'string' },
				...(example === undefined ? {} : { example }),
			},
		],
		...answerOf(resource, examples, tableProblems(view)),
	}
}

/** As it is before a client encodes it, commas and all. */
function segmentOf([only, ...more]: unknown[]): unknown {
	if (more.length === 0) return NO_SEGMENTS.includes(only) ? undefined : only
	const values = [only, ...more].map(String)
	return values.some((value) => value.includes(',')) ? undefined : values.join()
}

/** The values of these columns in the first row, as a path or a query has them; none where that is not known before. */
function valuesOf(
	columns: readonly ColumnInfo[],
	{ given, sent, answered, references }: Examples,
): unknown[] {
	const [row] = answered
	if (!row || !columns.every((column) => given.includes(column) || column.isRowId)) return []
	const values: Record<string, unknown> = { ...row, ...sent[0] }
	for (const { property } of references[0] ?? []) values[property] = row[property]
	return columns.map(({ property, codec }) => {
		const value = values[property]
		return typeof value === 'object' ? codec.presentText(value) : value
	})
}

function answerOf(
	resource: Resource,
	{ answered: [row] }: Examples,
	slugs: Slug[],
): Pick<Operation, 'tags' | 'responses'> {
	return {
		tags: [resource.info.name],
		responses: {
			200: {
				description: 'The row, bare.',
				headers: headers('Server-Timing'),
				content: {
					'application/json': { schema: rowRef(resource, 'Row'), ...(row ? { example: row } : {}) },
				},
			},
			...problemResponses(['not-found', 'invalid-parameter', ...slugs], ['Server-Timing']),
		},
	}
}
