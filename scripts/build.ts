import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'

// `npm run build`: what the package has, in dist/lib and dist/assets.

const root = join(import.meta.dirname, '..')
const run = (...command: string[]) => execFileSync(process.execPath, command, { cwd: root, stdio: 'inherit' })

run('scripts/docs-bundle.ts')
run('node_modules/rolldown/bin/cli.mjs', '-c')
cpSync(join(root, 'template'), join(root, 'dist/lib/template'), { recursive: true })
