import { env } from 'cloudflare:workers'
import type { resources } from '../../src/resources'
import type { Rpc } from '../../src/service/served'

/** What vitest.config.ts binds to the tests beside the service's own bindings. */
interface TestBindings {
	/** The service as another Worker, bundled as it is deployed. */
	SERVICE: Fetcher
	ROWS: Rpc<typeof resources>
	/** Lets three requests a minute in. */
	LIMITER: RateLimit
}

export const { SERVICE, ROWS, LIMITER } = env as unknown as TestBindings
