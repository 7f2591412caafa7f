import type { TestProject } from 'vitest/node'
import { codeOf } from './faults/stage.ts'

/** The service as it is deployed, built once. */
export default async function setup(project: TestProject): Promise<void> {
	project.provide('bundle', await codeOf())
}
