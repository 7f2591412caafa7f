import type { ColumnInfo } from '../../get-or-create/table'
import type { Resource } from '../resource'

/** The table of which a row may stand in the place of a column's value. */
export type ParentOf = (column: ColumnInfo) => Resource | undefined

/** What the document is about besides the tables. */
export interface View {
	/** Where the service is mounted; empty where it is a Worker of its own. */
	prefix: string
	/** The app settles who may call: what it asks for and answers is not for this document to say. */
	hasOwnAccess: boolean
	/** POST and PUT are described as what they are to an array, for clients that are generated: to each its own types. */
	isOfArrays: boolean
	parentOf: ParentOf
}

/** A Worker of its own. */
export const VIEW: View = { prefix: '', hasOwnAccess: false, isOfArrays: false, parentOf: () => undefined }
