#!/usr/bin/env node
import { importRows } from './import'
import { init } from './init'

// `npx edge-get-or-create`: what the package has for the command line.

const USAGE = `Usage: npx edge-get-or-create init            the files of a new Worker, into this folder
       npx edge-get-or-create import --help  rows from a file into a table of a service`

const [command, ...args] = process.argv.slice(2)
if (command === 'import') {
	// It may stand in the middle of an input.
	process.exit(await importRows(args))
} else if (command === 'init' && args.length === 0) {
	init()
} else {
	console.error(USAGE)
	process.exitCode = 1
}
