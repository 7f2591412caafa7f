import { twinsOf } from '../../support/kinds'
import type { Kind } from '../../support/kinds/kind'
import { realKinds } from '../../support/real-tables'
import { appOf } from './app'

/** Real tables that the service takes, and how many it refuses at start. */
export const served = realKinds.filter(isServed)
export const refused = realKinds.length - served.length

function isServed(kind: Kind): boolean {
	try {
		appOf([twinsOf(kind)])
		return true
	} catch {
		return false
	}
}
