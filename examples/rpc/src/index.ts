// A Worker that calls the one in ../service by RPC: no HTTP, no token, Drizzle's values and the tables' types.
import { rpc } from 'edge-get-or-create/client'
import type { resources } from '../../service/src/resources.ts'

export default {
	async fetch(request, env) {
		const name = new URL(request.url).searchParams.get('name') ?? 'Alice'
		const rows = rpc<typeof resources>(env.ROWS)
		const { row, created } = await rows.getOrCreate('users', { name, email: `${name}@example.com` })
		return Response.json({ hello: row.name, id: row.id, isNew: created })
	},
} satisfies ExportedHandler<Env>
