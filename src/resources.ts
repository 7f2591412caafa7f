import { accounts, users } from './schema'
import { resource } from './service/resource'

/** The tables that are served, each under its SQL name. A hidden column is neither accepted nor returned. */
export const resources = [resource(users), resource(accounts, { hidden: ['password'] })]
