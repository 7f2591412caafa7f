import type { Schema } from './column-schema'

/** As much of OpenAPI 3.1 as the document uses. */
export interface Operation {
	operationId: string
	tags: string[]
	summary: string
	description?: string
	security?: Record<string, string[]>[]
	parameters?: Parameter[]
	requestBody?: { required: boolean; content: Record<string, Media> }
	responses: Record<string, Response>
}

export interface Parameter {
	name: string
	in: 'query' | 'path' | 'header'
	required?: boolean
	description?: string
	style?: 'form' | 'simple'
	explode?: boolean
	schema: Schema
	example?: unknown
}

export interface Media {
	schema: Schema
	example?: unknown
	examples?: Record<string, { summary: string; value: unknown }>
}

export interface Response {
	description: string
	headers?: Record<string, { $ref: string }>
	content?: Record<string, Media>
}

/** Operations by method. */
export type PathItem = Partial<Record<'get' | 'put' | 'post', Operation>>
