import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, SHARING, type Stage, startStage } from '../faults/stage.ts'
import { RACED, race } from './race.ts'

let stage: Stage
beforeAll(async () => {
	stage = await startStage(await codeOf(RACED), { services: [{}, {}, SHARING] })
}, 60_000)
afterAll(() => stage.stop())

describe('callers of three processes, of which one has an object, while everything goes wrong', () => {
	it('are told what can be explained', async () => {
		const seed = Date.now() % 1_000_000
		const { violations, ...report } = await race(stage, { seed, seconds: 20, callers: 32 })
		expect(violations, `npm run race -- --seed=${seed}`).toEqual([])
		// There was something to explain.
		expect(report.created).toBeGreaterThan(100)
		expect(report.updated).toBeGreaterThan(100)
		expect(report.conflicts).toBeGreaterThan(100)
		expect(report.unknown).toBeGreaterThan(100)
		expect(report.refused).toBeGreaterThan(50)
		expect(report.undone).toBeGreaterThan(30)
		expect(report.held).toBeGreaterThan(15)
		expect(report.added).toBeGreaterThan(50)
		expect(report.replayed).toBeGreaterThan(100)
		expect(Object.keys(report.troubles).length).toBeGreaterThan(5)
	})
})
