import type { Context } from 'hono'
import type { Room } from './commits/group-commit'
import type { CommitSettings } from './commits/shared-commits'
import { MisconfiguredError } from './misconfigured'
import {
	CHOSEN,
	type DatabaseAddress,
	databaseAt,
	type SettingNames,
	type Settings,
	settingsReader,
} from './settings'

/** What a service does its work with. */
export interface Backend {
	/** @throws MisconfiguredError, so that a service without secrets is closed, never open. */
	settings(env: object): Settings
	/** The database that a request is for. @throws MisconfiguredError, or whatever the app's own choice throws. */
	databaseOf(c: Context): CommitSettings | Promise<CommitSettings>
	/** The one that the bindings name, for what is asked without a request. @throws MisconfiguredError */
	ownDatabase(env: object): CommitSettings
}

export interface BackendOptions {
	/** Chooses a request's database, a tenant's own. What it throws is told as an app's own errors are. */
	database?: (c: Context) => DatabaseAddress | Promise<DatabaseAddress>
	/** Which bindings are read in the stead of those of these names. */
	settings?: SettingNames
	/** Who may call is settled by the app: API_TOKENS are not asked for. */
	hasOwnAccess: boolean
}

/** So many databases keep their group commit in an isolate; who has not been asked for longest loses it first, and starts anew. */
const MAX_DATABASES = 256

export function backendOf({ database, settings: names = {}, hasOwnAccess }: BackendOptions): Backend {
	const settings = settingsReader({ names, hasOwnAccess, hasOwnDatabase: database !== undefined })
	const own = (env: object): CommitSettings => {
		const { commits } = settings(env)
		if (!commits)
			throw new MisconfiguredError(`${names.TURSO_DATABASE_URL ?? 'TURSO_DATABASE_URL'} is not set`)
		return commits
	}
	if (!database) return { settings, databaseOf: (c) => own(c.env), ownDatabase: own }

	const room: Room = { weight: 0, queues: new Set() }
	const known = new Map<string, CommitSettings>()
	return {
		settings,
		ownDatabase: own,
		async databaseOf(c) {
			const address = await database(c)
			const { object } = settings(c.env)
			const name = `${address.url}\n${address.authToken ?? ''}`
			const found = known.get(name)
			known.delete(name)
			const commits = found ?? {
				database: databaseAt(address, CHOSEN),
				object: object?.(address.url),
				room,
			}
			known.set(name, commits)
			const [oldest] = known.keys()
			if (oldest !== undefined && known.size > MAX_DATABASES) known.delete(oldest)
			return commits
		},
	}
}
