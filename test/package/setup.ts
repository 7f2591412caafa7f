import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { copy, makeProject, pack } from './project.ts'

export interface Packed {
	tarball: string
	/** A project outside of this repository that has installed it, with the examples and the contract's snippets. */
	project: string
}

declare module 'vitest' {
	interface ProvidedContext {
		packed: Packed
	}
}

/** The package, packed and installed once. */
export default async function setup(provider: TestProject): Promise<() => void> {
	const folder = mkdtempSync(join(tmpdir(), 'edge-get-or-create-package-'))
	const tarball = await pack(folder)
	const project = join(folder, 'project')
	await makeProject(project, tarball)
	copy('examples', project)
	copy('test/package/snippets', join(project, 'snippets'))
	provider.provide('packed', { tarball, project })
	return () => rmSync(folder, { recursive: true, force: true })
}
