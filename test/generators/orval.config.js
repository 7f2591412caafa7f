const { ORIGIN = 'http://localhost:8787' } = process.env

export default Object.fromEntries(
	Object.entries({ rows: '/openapi.json', arrays: '/openapi.json?arrays' }).map(([name, path]) => [
		name,
		{
			input: `${ORIGIN}${path}`,
			output: { target: `generated/orval/${name}.ts`, client: 'fetch', baseUrl: ORIGIN },
		},
	]),
)
