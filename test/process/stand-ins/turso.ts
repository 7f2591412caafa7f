import { stand } from './state.ts'

// Answers as the command line of Turso does, as far as setup asks it.

stand('turso', (state, words) => {
	const [first = '', second = '', third = '', fourth = ''] = words
	if (first === '--version') return 'turso version v1.0.20'
	if (first === 'auth' && second === 'login') {
		state.turso = true
		return '✔  Success!'
	}
	if (!state.turso)
		throw new Error(
			'You are not logged in, please login with turso auth login before running other commands.',
		)
	if (first === 'auth' && second === 'whoami') return 'ada'
	switch (`${first} ${second}`) {
		case 'db show': {
			const url = state.databases[third]
			if (url === undefined)
				throw new Error(`database ${third} not found. List known databases using turso db list`)
			return url
		}
		case 'db create':
			if (state.databases[third] !== undefined) {
				throw new Error(`could not create database ${third}: database with name ${third} already exists`)
			}
			state.databases[third] = state.databaseUrl
			return `Created database ${third} at group default in 1.2s.`
		case 'db tokens':
			if (state.databases[fourth] === undefined) throw new Error(`database ${fourth} not found.`)
			return state.databaseToken
		default:
			throw new Error(`unknown command "${words.join(' ')}" for "turso"`)
	}
})
