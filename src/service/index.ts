export { createService, type Service, type ServiceOptions } from './create-service'
export { type Resource, type ResourceOptions, resource, withCasing } from './resource'
export type {
	Failed,
	GetOptions,
	GivenRow,
	Got,
	Held,
	Row,
	RowInput,
	Rpc,
	TableName,
	Updated,
	UpdateOptions,
} from './served'
export type { Bindings, DatabaseAddress, SettingNames } from './settings'
