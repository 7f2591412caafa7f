import { createApp } from '../../src/service/app'
import { backendOf } from '../../src/service/backend'
import type { Resource } from '../../src/service/resource'

/** The app of a service of these tables, with settings from the bindings. */
export function serve(resources: readonly Resource[]) {
	return createApp(resources, backendOf({ hasOwnAccess: false }))
}
