import type { UniqueKey } from '../get-or-create/table'
import type { Resource } from './resource'

/** The keys that a caller can give a row, the primary key first: the database computes no column of them. */
export function givenKeys({ keys }: Resource): UniqueKey[] {
	return keys.filter(({ columns }) => columns.every(({ column }) => !column.generated))
}
