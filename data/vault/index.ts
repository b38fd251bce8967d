// Door of the vault: webhook receivers with their secrets, and API keys.

export type { ApiKey, KeyIdentity, KeyRole } from './keys.ts'
export type { LabelRule, NewReceiver, Receiver, ReceiverChange } from './receivers.ts'
export { openVault, type Vault } from './vault.ts'
