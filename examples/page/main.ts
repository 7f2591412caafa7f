import { signUp } from './sign-up.ts'

const form = document.querySelector('form')
const output = document.querySelector('output')
form?.addEventListener('submit', async (event) => {
	event.preventDefault()
	const field = (name: string) => String(new FormData(form).get(name))
	const said = await signUp(field('url'), field('token'), field('name'), field('email'))
	if (output) output.textContent = said
})
