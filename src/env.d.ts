import type * as main from './index'
import type { Bindings } from './service/settings'

declare global {
	/**
	 * What the Worker of this repository is bound to: all that the service may read, whether wrangler.toml has it or not.
	 * What you bind beside that is yours to add here.
	 */
	interface Env extends Readonly<Bindings> {
		readonly TURSO_DATABASE_URL: string
		readonly TURSO_AUTH_TOKEN: string
		readonly API_TOKENS: string
	}

	namespace Cloudflare {
		interface Env extends globalThis.Env {}
		interface GlobalProps {
			mainModule: typeof main
		}
	}
}
