import { Validator } from '@seriousme/openapi-schema-validator'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { openApiDocument } from '../../src/service/openapi'
import { resource } from '../../src/service/resource'
import { serve } from '../support/app'
import * as exampleTables from '../support/example-tables'
import * as schema from '../support/schema'
import { NAMES, namedTable } from '../support/table-names'

// The validator compiles code from schemas, which the Workers runtime forbids.

describe('the OpenAPI document', () => {
	it('is valid OpenAPI 3.1, whole and without a token', async () => {
		const response = await serve(resources).request('/openapi.json')
		expect(response.headers.get('cache-control')).toBe('public, max-age=300')
		const validator = new Validator()
		expect(await validator.validate(JSON.parse(await response.text()))).toEqual({ valid: true })
		expect(validator.version).toBe('3.1')
	})

	it('is valid for tables of every kind and name', async () => {
		const refused: object[] = [schema.keyless]
		const { customKeys, typedKeys, ...others } = exampleTables
		const groups: Record<string, SQLiteTable>[] = [schema, customKeys, typedKeys, others]
		const tables = groups.flatMap(Object.values<SQLiteTable>).filter((table) => !refused.includes(table))
		const named = NAMES.map((name) => resource(namedTable(name)))
		const served = [...tables.map((table) => resource(table)), ...named]
		for (const isOfArrays of [false, true]) {
			const document = openApiDocument(served, { isOfArrays })
			const result = await new Validator().validate(JSON.parse(JSON.stringify(document)))
			expect(result).toEqual({ valid: true })
		}
	}, 30_000)

	it('refers to nothing that is not there', () => {
		const { components, paths } = openApiDocument(resources)
		const references = JSON.stringify({ components, paths }).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)
		for (const [, kind = '', name = ''] of references) expect(components).toHaveProperty([kind, name])
	})

	it('has no component that nothing refers to', () => {
		const document = openApiDocument(resources)
		const text = JSON.stringify(document)
		for (const kind of ['schemas', 'headers'] as const) {
			for (const name of Object.keys(document.components[kind])) {
				expect(text).toContain(`"#/components/${kind}/${name}"`)
			}
		}
	})
})
