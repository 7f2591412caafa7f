import { Validator } from '@cfworker/json-schema'
import type { Options } from './arguments'
import { Wrong } from './stop'
import type { Table } from './table'
import type { Judge } from './verdict'

/** What `--dry-run` can't tell. */
export const UNCHECKED =
	'Not checked, for the database alone can tell: values that other rows hold, be it in this file; foreign keys, CHECKs and triggers.'

/** Holds rows against the service's own description of them, and writes nothing. */
export function checker({ schema, required }: Table, { by = [] }: Pick<Options, 'by'>): Judge {
	// Of the others the schema says it.
	const needed = by.filter((name) => !required.includes(name))
	const validator = new Validator({ ...schema }, '2020-12', false)
	return (rows) => {
		const verdicts = rows.map((row) => {
			const missing = needed
				.filter((name) => !Object.hasOwn(row, name))
				.map((name) => `${name}: is missing, by which it is asked for`)
			const { errors } = validator.validate(row)
			const absent = required.filter((name) => !Object.hasOwn(row, name)).map((name) => `${name}: is missing`)
			// What is wrong inside is also wrong with what it is in; what the row itself lacks is told above.
			const faults = errors
				.filter(
					({ keyword, instanceLocation }) =>
						keyword !== 'properties' && !(keyword === 'required' && instanceLocation === '#'),
				)
				.map(({ instanceLocation, error }) => `${instanceLocation.slice(2)}: ${error}`.replace(/^: /, ''))
			const all = [...absent, ...missing, ...faults]
			return all.length > 0 ? new Wrong(all.join('; ')) : ('right' as const)
		})
		return Promise.resolve(verdicts)
	}
}
