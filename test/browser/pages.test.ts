import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type Child, startChild } from '../../scripts/child.ts'
import { answers, freePort, listen } from '../../scripts/server.ts'

// `npm run test:browser`: what a person sees, in a real browser, from the service that `npm run dev` starts.
// CHROMIUM names the browser; SCREENSHOTS a folder for pictures, if there is one to look at them.

const root = join(import.meta.dirname, '../..')
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'
const QUIET = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
]
const SCREENS = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } }
const PATHS = ['/', '/problems', '/problems/conflict', '/docs', '/race']
/** What is done on a page, and takes long, is done on two screens: between them they have each width and each colour. */
const IN_USE = ['wide light', 'narrow dark']
/** A script that looks for what keeps people out. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

assert.ok(existsSync(EXECUTABLE), `No Chromium at ${EXECUTABLE}: name one with CHROMIUM=/path/to/it.`)
const dataDir = mkdtempSync(join(tmpdir(), 'edge-get-or-create-browser-'))
const port = await freePort()
const origin = `http://localhost:${port}`
/** A page of others: of one origin that may call the service, and of another that may not. */
const app = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>App</h1>'))
const appPort = await listen(app)
const allowed = `http://localhost:${appPort}`
const forbidden = `http://127.0.0.1:${appPort}`
let service: Child
let browser: Browser

before(async () => {
	service = startChild(process.execPath, [join(root, 'scripts/dev.ts')], {
		env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, CORS_ORIGINS: allowed },
	})
	service.process.stdout?.resume()
	service.process.stderr?.resume()
	browser = await chromium.launch({ executablePath: EXECUTABLE, args: QUIET })
	await answers(`${origin}/healthz`, 60_000)
})

after(async () => {
	await browser.close()
	app.close()
	await service.stop()
	rmSync(dataDir, { recursive: true, force: true })
})

for (const [screen, viewport] of Object.entries(SCREENS)) {
	for (const colorScheme of ['light', 'dark'] as const) {
		describe(`on a ${screen} ${colorScheme} screen`, () => {
			let context: BrowserContext
			before(async () => {
				context = await browser.newContext({ viewport, colorScheme })
			})
			after(async () => await context.close())

			for (const path of PATHS) {
				it(`${path} shows itself without a fault, from this origin alone, fits, and keeps nobody out`, async () => {
					const { page, faults } = await open(context, path)
					await page.getByRole('heading', { level: 1 }).first().waitFor()
					const width = await page.evaluate<number>('document.documentElement.scrollWidth')
					assert.ok(width <= viewport.width, `it is ${width} pixels wide`)
					await picture(page, `${screen}-${colorScheme}${path.replaceAll('/', '-')}`)
					const barriers = await barriersOn(page)
					await page.close()
					assert.deepEqual([...faults, ...barriers], [])
				})
			}

			if (!IN_USE.includes(`${screen} ${colorScheme}`)) return

			it('/race is run by keyboard: one caller of many makes the row, and is seen', async () => {
				const { page, faults } = await open(context, '/race')
				await page.getByLabel('Callers').fill('60')
				await page.keyboard.press('Enter')
				await page.getByText(/^Done/).waitFor({ timeout: 60_000 })
				const [own = [], selected = [], doubled = []] = await page.evaluate<number[][]>(COUNTS)
				// Created, existing, doubles, errors, rows now.
				assert.deepEqual(own, [1, 59, 0, 0, 1])
				assert.equal(await page.locator('.lane').first().locator('rect.created').count(), 1)
				assert.equal(await page.locator('.lane').first().locator('rect').count(), 60)
				for (const [made = 0, found = 0, doubles = 0, errors = 0, rows = 0] of [selected, doubled]) {
					assert.equal(made + found + doubles + errors, 60)
					assert.equal(rows, made + doubles)
				}
				const barriers = await barriersOn(page)
				await picture(page, `${screen}-${colorScheme}-race-run`, true)
				await page.close()
				assert.deepEqual([...faults, ...barriers], [])
			})

			it('/docs sends a request with the token, and shows who created the row', async () => {
				const { page, faults } = await open(context, '/docs#tag/users')
				await page.getByPlaceholder('Token').first().fill('dev-token')
				const send = page.getByRole('button', { name: /^Test Request.*post \/users\)/s }).first()
				await send.scrollIntoViewIfNeeded()
				await send.click()
				const answer = page.waitForResponse((response) => new URL(response.url()).pathname === '/users')
				await page.getByRole('button', { name: /^Send/ }).first().click()
				const response = await answer
				assert.ok([200, 201].includes(response.status()), `the answer is ${response.status()}`)
				await page.getByRole('dialog').getByText('"created"').scrollIntoViewIfNeeded()
				await picture(page, `${screen}-${colorScheme}-docs-sent`)
				await page.close()
				assert.deepEqual(faults, [])
			})
		})
	}
}

describe('the command on /', () => {
	it('is copied by a button, and that is said', async () => {
		const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
		const { page, faults } = await open(context, '/')
		await context.setOffline(true)
		const button = page.getByRole('button', { name: 'Copy' })
		await button.focus()
		await page.keyboard.press('Enter')
		await page.getByRole('status').filter({ hasText: 'Copied to the clipboard' }).waitFor()
		const copied = await page.evaluate<string>('navigator.clipboard.readText()')
		const [first = '', ...others] = copied.split('\n')
		assert.equal(first, `curl -i ${origin}/users \\`)
		assert.equal(others.length, 2)
		await context.close()
		assert.deepEqual(faults, [])
	})
})

describe('a token that is refused', () => {
	it('ends the race, and says why', async () => {
		const context = await browser.newContext()
		const { page } = await open(context, '/race')
		await page.getByLabel('Token').fill('wrong')
		await page.getByRole('button', { name: 'Go' }).click()
		await page.getByText(/^401 · A valid bearer token is needed/).waitFor()
		await context.close()
	})
})

describe('a page of another origin', () => {
	/** Asks from the page, with a token and JSON, so that the browser asks first whether it may. */
	async function askFrom(from: string, token: string): Promise<unknown> {
		const page = await browser.newPage()
		await page.goto(from)
		const answer = await page.evaluate<unknown>(`fetch('${origin}/users?by=name', {
			method: 'PUT',
			headers: { Authorization: 'Bearer ${token}', 'Content-Type': 'application/json' },
			body: JSON.stringify({ name: 'Eve', email: 'eve@example.com' }),
		}).then(
			async (response) => [response.status, (await response.json()).type ?? null, response.headers.has('x-request-id')],
			(error) => error.name,
		)`)
		await page.close()
		return answer
	}

	it('may call where CORS_ORIGINS names it, and read why it is refused', async () => {
		assert.deepEqual(await askFrom(allowed, 'dev-token'), [201, null, true])
		assert.deepEqual(await askFrom(allowed, 'wrong'), [401, '/problems/unauthorized', true])
	})

	it('may not where it is not named', async () => {
		assert.equal(await askFrom(forbidden, 'dev-token'), 'TypeError')
	})
})

/** Opens the page and notes what the console complains of (violated policies too) and what is asked of others. */
async function open(context: BrowserContext, path: string): Promise<{ page: Page; faults: string[] }> {
	const faults: string[] = []
	const page = await context.newPage()
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) faults.push(message.text())
	})
	page.on('pageerror', (error) => faults.push(error.message))
	page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`))
	page.on('request', (request) => {
		const url = new URL(request.url())
		// Other names of this very server, from which callers race.
		if (url.hostname.endsWith('.race.localhost') && url.port === String(port)) return
		if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.origin !== origin) faults.push(url.href)
	})
	await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' })
	return { page, faults }
}

/** Of each lane: the numbers that it shows, from `created` to `rows now`. */
const COUNTS = `Array.from(document.querySelectorAll('.lane'), (lane) =>
	Array.from(lane.querySelectorAll('dd'), (each) => Number(each.textContent)).slice(0, 5))`

/** What axe finds, as far as it can tell. */
async function barriersOn(page: Page): Promise<string[]> {
	await page.evaluate(AXE)
	const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
		'axe.run()',
	)
	return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

async function picture(page: Page, name: string, fullPage = false): Promise<void> {
	const folder = process.env.SCREENSHOTS
	if (!folder) return
	mkdirSync(folder, { recursive: true })
	await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
}
