export type { Fetch } from './attempt'
export type {
	Atomic,
	CallOptions,
	Created,
	Failed,
	GetOptions,
	Item,
	Single,
	Source,
	TableClient,
	Updated,
	UpdateOptions,
} from './calls'
export { type Client, type ClientOptions, createClient } from './create-client'
export type { Given, Json, JsonInput, JsonKey, JsonReference, JsonRow, JsonRows } from './json'
export { ConnectionError, type ProblemBody, ProblemError, type Slug, slugOf } from './problem-error'
export { rpc } from './rpc'
