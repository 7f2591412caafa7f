import { env } from 'cloudflare:workers'

/** The tests of a file ask another database than the one of the tables that most tests share. */
export function useDatabase(url: string): void {
	Object.assign(env, { TURSO_DATABASE_URL: url })
}
