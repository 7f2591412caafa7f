import { describe, expect, it } from 'vitest'
import { resources } from '../../src/resources'
import { serve } from '../support/app'

describe('the routes', () => {
	it("suit Hono's fastest router, which gives up for all paths where two patterns of one kind overlap", () => {
		const { router } = serve(resources)
		router.match('POST', '/users')
		expect(router.name).toBe('SmartRouter + RegExpRouter')
	})
})
