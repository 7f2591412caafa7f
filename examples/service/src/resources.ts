import { resource } from 'edge-get-or-create/service'
import { users } from './schema.ts'

export const resources = [resource(users)]
