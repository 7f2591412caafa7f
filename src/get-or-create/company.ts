/** With whom rows share a transaction: with anyone's, with those that came out of one undone as they did, or with none. */
export type Company = 'anyone' | 'undone' | 'nobody'

/**
 * After a transaction of which nothing remains, for whatever one of those in it did. Not with who comes new, who may do it
 * again, and so from one transaction to the next; and a second time with nobody, so that there is an end to it.
 */
export function afterUndoing(company: Company): Company {
	return company === 'anyone' ? 'undone' : 'nobody'
}
