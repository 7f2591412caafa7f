import type { RaceTable } from '../service/pages/race-table'
import { type Entrant, selectThenInsert, service } from './entrants'
import { Lane } from './lane'
import { Refused, run } from './run'
import { type Kind, rowOf, runnersOf } from './runners'
import { places, send } from './send'

// The script of /race: reads the form, lets each entrant run, one after the other, and says how it ended.

const KINDS: readonly Kind[] = ['one', 'few', 'new']

/** Measured: of a hundred that are asked at once, the Worker itself tells of a fifth of the time at most. */
const PROXY = ' Most of the time goes into the proxy of wrangler dev: what is deployed has none.'

const form = found('#race', HTMLFormElement)
const said = found('#said', HTMLElement)
const template = found('#lane', HTMLTemplateElement)
const lanes = found('#lanes', HTMLElement)
const { prefix = '', tables: list = '[]', beside, hosts: count = '0' } = form.dataset
/** Written by this very service. */
const listed: RaceTable[] = JSON.parse(list)
const tables = listed.map((table) => ({ ...table, path: `${prefix}${table.path}` }))
/** `npm run dev` has select-then-insert at `beside`, and so many other names for itself. */
const hosts = Array.from(
	{ length: Number(count) },
	(_, index) => `http://${index}.race.localhost:${location.port}`,
)

const entrants = [
	service,
	...(beside === undefined ? [] : [selectThenInsert(beside, true), selectThenInsert(beside, false)]),
].map((entrant) => ({ entrant, lane: new Lane(lanes, template, entrant.title, entrant.what) }))

let isRunning = false

form.addEventListener('input', show)
form.addEventListener('submit', (event) => {
	event.preventDefault()
	if (!isRunning) void raceAll()
})
show()

function found<E extends Element>(selector: string, type: new () => E): E {
	const element = document.querySelector(selector)
	if (element instanceof type) return element
	throw new Error(`the page has no ${selector}`)
}

interface Choice {
	table: RaceTable
	callers: number
	kind: Kind
	token: string | undefined
}

function chosen(): Choice | undefined {
	const data = new FormData(form)
	const table = tables.find(({ name }) => name === data.get('table'))
	const kind = KINDS.find((each) => each === data.get('kind'))
	const token = data.get('token')
	if (!table || !kind) return undefined
	return {
		table,
		kind,
		callers: Number(data.get('callers')),
		token: typeof token === 'string' ? token : undefined,
	}
}

/** Shows what would be asked. */
function show(): void {
	const choice = chosen()
	if (!choice) return
	const { table } = choice
	found('#asked', HTMLElement).textContent =
		`POST ${table.path}?by=${table.by.join()} ${JSON.stringify(rowOf(table, 0x5eed5eed))}`
}

async function raceAll(): Promise<void> {
	const choice = chosen()
	if (!choice) return
	isRunning = true
	form.classList.add('running')
	try {
		let atOnce = 0
		for (const { entrant, lane } of entrants) {
			said.textContent = `${entrant.title}: ${choice.callers} callers …`
			atOnce = await race(entrant, lane, choice)
		}
		said.textContent = `Done, with ${atOnce} of ${choice.callers} requests on their way at once.${hosts.length > 0 ? PROXY : ''}`
	} catch (error) {
		if (!(error instanceof Refused)) throw error
		said.textContent = error.message
	} finally {
		isRunning = false
		form.classList.remove('running')
	}
}

/** Each has rows of its own: who comes second would only find them. Returns how many requests were on their way at once. */
async function race(entrant: Entrant, lane: Lane, { table, callers, kind, token }: Choice): Promise<number> {
	const runners = runnersOf(table, callers, kind)
	const path = entrant.path(table)
	lane.begin(callers)
	const from = await places(callers, hosts, path, token)
	await run(
		runners,
		from,
		async (row, place) => entrant.read(await send(place + path, token, { json: row })),
		(shot) => lane.add(shot),
	)
	lane.end(await entrant.count(table, runners.rows, token), runners.rows.length)
	if (entrant.isLucky && kind !== 'new' && lane.isFaultless)
		lane.say('That was luck: nobody came in between. Go again.')
	return from.length
}
