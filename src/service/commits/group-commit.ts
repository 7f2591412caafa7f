import { DatabaseError } from '../../database/failure'
import type { Company } from '../../get-or-create/company'

/** How long leadership lasts unless renewed, and how often everyone who waits shows that it is still there. */
const LEASE_MS = 250
const RENEW_MS = 50

/** With less time than this left an answer would come too late. */
const LAST_CHANCE_MS = 20

/** How many transactions may be on their way: see `#mayLead`. */
const MAX_FLIGHTS = 16
const MS_PER_FLIGHT = 3
/** When one of them is taken for lost, at the soonest and by the distance, and of how many that is believed. */
const OVERDUE_MS = 500
const OVERDUE_DISTANCES = 10
const MAX_OVERDUE = 16

/** What became of a job: its result, or that it has to go once more, as it is now. */
export type Sent<Result> = { result: Result } | 'again'

export interface GroupCommitOptions<Job, Result> {
	/**
	 * Sends jobs in one transaction. It must settle, by the deadline (in epoch milliseconds) at the latest. A rejection
	 * with the failure `limited` means that the request which leads may send no more, and nothing was sent.
	 */
	send: (jobs: Job[], deadline: number) => Promise<Sent<Result>[]>
	/** What a job weighs against the two limits below; it may change while the job waits to go once more. */
	sizeOf: (job: Job) => number
	/** With which jobs it may share a transaction; as its size it may change. */
	companyOf: (job: Job) => Company
	/** The weight of a transaction: a single job may exceed it. */
	maxBatch: number
	/** Up to this weight a job is small: it rides along with the next transaction, however much bulk waits before it. */
	small: number
	/** The weight of all that may wait. More is refused at once. */
	maxQueue: number
	/** Of several group commits that wait in the same memory. */
	room?: Room | undefined
}

/** What waits for several databases. One of them may take as much of what there is room for as it leaves to the others. */
export interface Room {
	weight: number
	/** Those with somebody who waits. */
	queues: Set<{ dropGone(now: number): void }>
}

/** Keeps the runtime from ending what a request started when its caller leaves: `waitUntil`. */
export type KeepAlive = (promise: Promise<unknown>) => void

interface Ticket<Job, Result> {
	job: Job
	size: number
	deadline: number
	/** When its request last showed that it is alive. */
	seen: number
	queued: boolean
	sent: boolean
	/** Its request can send: it has not run out of calls. */
	canLead: boolean
	settled: { result: Result } | { error: DatabaseError } | undefined
	wake: () => void
}

interface Flight {
	started: number
	lease: number
}

/**
 * Group commit: libSQL has one writer and syncs on every commit, so callers share transactions. While one is on its
 * way, whatever arrives waits, and leaves together in the next; nobody waits when nothing is on its way.
 *
 * In Workers a request's I/O ends with the request, and a promise that a cancelled request was to settle never
 * settles. So only plain data crosses between requests; the sending is kept alive in the request that leads;
 * leadership is a lease that its holder renews; and everyone who waits has a timer of its own, takes over where the
 * lease has lapsed, and leaves at its own deadline with an honest "unknown".
 */
export class GroupCommit<Job, Result> {
	readonly #options: GroupCommitOptions<Job, Result>
	#queue: Ticket<Job, Result>[] = []
	#queued = 0
	#flights = new Set<Flight>()
	/** The shortest round trip lately, in milliseconds: how far the database is. */
	#distance: number | undefined

	constructor(options: GroupCommitOptions<Job, Result>) {
		this.#options = options
	}

	/**
	 * The job's result, from a transaction that it may share.
	 * @throws DatabaseError: `rejected` where too much waits already, `unknown` at the deadline (epoch milliseconds).
	 */
	async submit(job: Job, deadline: number, keepAlive: KeepAlive): Promise<Result> {
		const size = this.#options.sizeOf(job)
		if (this.#isFull(size)) {
			throw new DatabaseError('rejected', 'too many callers wait')
		}
		const ticket: Ticket<Job, Result> = {
			job,
			size,
			deadline,
			seen: 0,
			queued: false,
			sent: false,
			canLead: true,
			settled: undefined,
			wake: () => undefined,
		}
		for (;;) {
			if (ticket.settled) {
				if ('error' in ticket.settled) throw ticket.settled.error
				return ticket.settled.result
			}
			const now = Date.now()
			ticket.seen = now
			if (now >= deadline) {
				const reason = ticket.sent
					? 'no answer in time'
					: 'no turn in time: earlier transactions got no answer'
				this.#remove([ticket])
				throw new DatabaseError('unknown', reason)
			}
			// The first time round; and again where it was taken for gone, after the isolate had stood still.
			if (!ticket.queued && !ticket.sent) this.#enqueue(ticket)
			if (ticket.canLead) {
				if (this.#queue.length > 0 && this.#mayLead(now)) keepAlive(this.#lead(now, ticket))
			} else if (ticket.queued && this.#flights.size === 0 && !this.#queue.some(({ canLead }) => canLead)) {
				this.#remove([ticket])
				throw new DatabaseError('limited', 'no request that waits may call any more')
			}
			await wakeOr(ticket, Math.min(RENEW_MS, deadline - now))
		}
	}

	#isFull(size: number): boolean {
		const { maxQueue, room } = this.#options
		const wouldExceed = () => this.#queued > 0 && this.#queued + size > maxQueue - (room?.weight ?? 0)
		if (!wouldExceed()) return false
		if (!room) return true
		// Where nobody asks any more nobody has dropped those who left.
		for (const queue of room.queues) queue.dropGone(Date.now())
		return wouldExceed()
	}

	/** A caller that has not been seen for a lease has left. */
	dropGone(now: number): void {
		this.#remove(this.#queue.filter(({ seen }) => now - seen > LEASE_MS))
	}

	#weigh(difference: number): void {
		this.#queued += difference
		const { room } = this.#options
		if (!room) return
		room.weight += difference
		if (this.#queued > 0) room.queues.add(this)
		else room.queues.delete(this)
	}

	/** Sends what waits, in the context of the request that calls it, the leader's. Never rejects. */
	async #lead(now: number, leader: Ticket<Job, Result>): Promise<void> {
		const batch = this.#take(now)
		if (batch.length === 0) return
		const flight: Flight = { started: now, lease: now + LEASE_MS }
		this.#flights.add(flight)
		const renewal = setInterval(() => (flight.lease = Date.now() + LEASE_MS), RENEW_MS)
		try {
			const deadline = Math.max(...batch.map((ticket) => ticket.deadline))
			const results = await this.#options.send(
				batch.map(({ job }) => job),
				deadline,
			)
			batch.forEach((ticket, i) => {
				const sent = results[i]
				if (sent === 'again') this.#enqueue(ticket)
				else ticket.settled = sent ?? { error: new DatabaseError('broken', 'no result') }
			})
			if (batch.length === 1) this.#measure(Date.now() - flight.started)
		} catch (error) {
			// Anything else is a fault of ours.
			const failure = error instanceof DatabaseError ? error : new DatabaseError('broken', error)
			if (failure.failure === 'limited') {
				// The leader's own limit, which is no fault of theirs: the next in line leads.
				leader.canLead = false
				for (const ticket of batch.toReversed()) this.#enqueue(ticket, 'first')
			} else for (const ticket of batch) ticket.settled = { error: failure }
		} finally {
			clearInterval(renewal)
			this.#flights.delete(flight)
			// Whoever is first in line leads next, in a request of its own; should it be gone, the others' timers see to it.
			this.#queue.find(({ canLead }) => canLead)?.wake()
			for (const ticket of batch) ticket.wake()
		}
	}

	/**
	 * The next batch: who waits longest goes first, and what is small with them; who has left is dropped.
	 */
	#take(now: number): Ticket<Job, Result>[] {
		this.dropGone(now)
		let size = 0
		let riding = 0
		// Who has no time left for an answer is not sent, and so knows that nothing was done.
		const inTime = this.#queue.filter(({ deadline }) => deadline - now >= LAST_CHANCE_MS)
		const [first] = inTime
		const { companyOf, maxBatch, small } = this.#options
		const company = first && companyOf(first.job)
		const batch = inTime.filter((ticket) => {
			if (ticket !== first && (company === 'nobody' || companyOf(ticket.job) !== company)) return false
			if (ticket === first || size + ticket.size <= maxBatch) {
				size += ticket.size
				return true
			}
			if (ticket.size > small || riding + ticket.size > maxBatch) return false
			riding += ticket.size
			return true
		})
		this.#remove(batch)
		for (const ticket of batch) ticket.sent = true
		return batch
	}

	#enqueue(ticket: Ticket<Job, Result>, place: 'first' | 'last' = 'last'): void {
		ticket.queued = true
		ticket.sent = false
		ticket.size = this.#options.sizeOf(ticket.job)
		if (place === 'last') this.#queue.push(ticket)
		else this.#queue.unshift(ticket)
		this.#weigh(ticket.size)
	}

	#remove(tickets: Ticket<Job, Result>[]): void {
		for (const ticket of tickets) {
			if (ticket.queued) this.#weigh(-ticket.size)
			ticket.queued = false
		}
		this.#queue = this.#queue.filter(({ queued }) => queued)
	}

	/**
	 * Beside the database one transaction on its way shares best. Far from it one alone would make the next caller wait
	 * for two round trips: there is one more for each 3 ms of distance, and at most sixteen. Measured at 0, 5, 20 and
	 * 80 ms: one at once halves the rate from 20 ms on, and eight are too few at 80 ms. One whose answer is long overdue
	 * is lost more likely than late, and must not stop all others until its deadline; but where they all are, the
	 * database is slow, and more of them would not help it.
	 */
	#mayLead(now: number): boolean {
		const distance = this.#distance ?? 0
		const overdue = now - Math.max(OVERDUE_MS, OVERDUE_DISTANCES * distance)
		let lost = 0
		for (const flight of this.#flights) {
			// Its leader was cancelled, whatever the runtime promised: those it carried will leave at their deadlines.
			if (flight.lease < now) this.#flights.delete(flight)
			else if (flight.started < overdue) lost++
		}
		const counted = this.#flights.size - Math.min(lost, MAX_OVERDUE)
		return counted < Math.min(MAX_FLIGHTS, 1 + Math.floor(distance / MS_PER_FLIGHT))
	}

	/** Of lone callers' round trips, since those of many are work more than distance. A shorter one counts at once, a longer one little by little. */
	#measure(duration: number): void {
		const known = this.#distance ?? duration
		this.#distance = duration < known ? duration : known + (duration - known) / 50
	}
}

/**
 * Waits for another request's word, or for a time: a timer of its own also keeps the runtime from taking it for hung.
 * Promise.withResolvers, and not `new Promise`: the runtime marks a promise with the request that made it, to resume
 * it there, and V8's optimizing compiler, once this code is hot, makes a `new Promise` without that mark. Its waiter
 * would then go on in the leader's request, and fail ("Cannot perform I/O on behalf of a different request").
 */
async function wakeOr(ticket: { wake: () => void }, ms: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>()
	ticket.wake = resolve
	const timer = setTimeout(resolve, ms)
	await promise
	clearTimeout(timer)
}
