import { resource } from '../../../src/service/resource'
import { serve } from '../../support/app'
import type { Twins } from '../../support/kinds'
import type { App } from './send'

/** The service over both tables of each. */
export function appOf(twins: readonly Twins[]): App {
	return serve(
		twins.flatMap(({ kind: { hidden = [] }, together, single }) =>
			[together, single].map((table) => resource<typeof table, string>(table, { hidden })),
		),
	)
}
