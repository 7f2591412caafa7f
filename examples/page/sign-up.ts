// A page that uses the client: `fetch` and types, nothing else.
import { createClient, ProblemError } from 'edge-get-or-create/client'
import type { resources } from '../service/src/resources.ts'

/** Signs a person up at the service, and says what became of it. */
export async function signUp(url: string, token: string, name: string, email: string): Promise<string> {
	const api = createClient<typeof resources>({ url, token })
	try {
		const { row, created } = await api.users.getOrCreate({ name, email })
		return created ? `Welcome, ${row.name}: you are number ${row.id}.` : `You are here already, ${row.name}.`
	} catch (error) {
		if (error instanceof ProblemError) return error.problem.detail
		throw error
	}
}
