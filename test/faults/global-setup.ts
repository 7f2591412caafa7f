import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundle } from '../../scripts/bundle.ts'

/** The service as it is deployed, built once. */
export default async function setup(project: TestProject): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-bundle-'))
	project.provide('bundle', await bundle('src/index.ts', folder))
	rmSync(folder, { recursive: true, force: true })
}
