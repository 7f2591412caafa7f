/** What /docs shows in tests of a service that has no /openapi.json. */
export const STAND_IN = {
	openapi: '3.1.0',
	info: { title: 'edge-get-or-create', version: '0.1.0', description: 'Get or create a row, with no race.' },
	servers: [{ url: '/' }],
	security: [{ token: [] }],
	tags: [{ name: 'users' }],
	paths: {
		'/users': {
			post: {
				tags: ['users'],
				summary: 'Get or create a user',
				operationId: 'getOrCreateUsers',
				requestBody: {
					required: true,
					content: {
						'application/json': {
							schema: { $ref: '#/components/schemas/UserInput' },
							example: { name: 'Alice', email: 'alice@example.com' },
						},
					},
				},
				responses: {
					'200': { description: 'It was there.' },
					'201': { description: 'It was made.' },
				},
			},
		},
	},
	components: {
		securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
		schemas: {
			UserInput: {
				type: 'object',
				required: ['name', 'email'],
				properties: { name: { type: 'string', maxLength: 50 }, email: { type: 'string', maxLength: 50 } },
			},
		},
	},
}
