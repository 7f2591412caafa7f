import { resource } from 'edge-get-or-create/service'
import { users } from './schema'

/** The tables that are served, each under its SQL name. */
export const resources = [resource(users)]
